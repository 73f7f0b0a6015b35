"""The metrics if `enable` was called, else a stand-in, so that prometheus_client is imported only where it is used."""

from typing import Any


class _Nothing:
    """Takes the place of every metric and does nothing."""

    def __getattr__(self, name: str) -> "_Nothing":
        return self

    def __call__(self, *labels_or_value: object) -> "_Nothing":
        return self


metrics: Any = _Nothing()
"""The module telemetry.metrics, or the stand-in."""


def enable() -> None:
    """Counts from now on."""
    global metrics
    from assistant_transport.telemetry import metrics as kept

    metrics = kept
