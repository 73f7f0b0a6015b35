"""The metrics, once `enable` was called. Until then they count nothing, and prometheus_client is not imported."""

from typing import Any


class _Nothing:
    """Stands for every metric while none are kept."""

    def __getattr__(self, name: str) -> "_Nothing":
        return self

    def __call__(self, *labels_or_value: object) -> "_Nothing":
        return self


metrics: Any = _Nothing()
"""The module telemetry.metrics, or what counts nothing in its place."""


def enable() -> None:
    """Counts from here on."""
    global metrics
    from assistant_transport.telemetry import metrics as kept

    metrics = kept
