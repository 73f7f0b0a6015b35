"""The pending calls of this process: in Valkey where runs are, else in memory."""

from functools import cache

from assistant_transport.approvals.kept import PendingCalls, Status
from assistant_transport.approvals.memory import MemoryPendingCalls
from assistant_transport.conf import on_change, settings
from assistant_transport.telemetry import counts


@cache
def pending_calls() -> PendingCalls:
    if not settings.REDIS_URL:
        return MemoryPendingCalls(settings.APPROVAL_TTL_SECONDS)
    from assistant_transport.approvals.valkey import ValkeyPendingCalls

    return ValkeyPendingCalls(settings.REDIS_URL, settings.RUN_LOG_PREFIX, settings.APPROVAL_TTL_SECONDS)


async def close() -> None:
    """Closes the store's connections, if it was ever used."""
    if pending_calls.cache_info().currsize:
        await pending_calls().disconnect()


def count(tool: str, decision: Status) -> None:
    """Counts a decision in the metrics."""
    counts.metrics.approvals.labels(tool, decision.value).inc()


on_change(pending_calls.cache_clear)
