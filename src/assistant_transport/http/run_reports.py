"""Logs and counts each run when it ends, and keeps the process's gauges."""

import asyncio
import logging
from functools import cache
from typing import Any

from assistant_transport.conf import on_change, quotas_by_name, settings
from assistant_transport.http import registry
from assistant_transport.runs import Head, Run, Status
from assistant_transport.telemetry import context, counts
from assistant_transport.transcript import Usage

logger = logging.getLogger(__name__)

_GAUGE_SECONDS = 1.0
_OUTCOMES = (Status.DONE, Status.ERROR, Status.CANCELLED, Status.INTERRUPTED)


def bind(head: Head) -> None:
    """Adds the run and its thread, as digests, to the request's log lines from here on."""
    context.bind(run=context.digest(head.id))
    if head.thread is not None:
        context.bind(thread=context.digest(head.owner, head.thread))


def ended(run: Run, usage: Usage, counted_by: str) -> None:
    """Logs and counts a run that has ended; `counted_by` is the name of its caller's API key, or empty."""
    seconds = run.seconds
    key = _key_label(counted_by)
    _ended(run.status, key).inc()
    counts.metrics.run_seconds.observe(seconds)
    counts.metrics.frames.inc(run.frames)
    counts.metrics.written_bytes.inc(run.feed.size)
    tokens = {name: count for name, count in usage._asdict().items() if count is not None}
    for name, count in tokens.items():
        _took(name.removesuffix("_tokens"), key).inc(count)
    if not tokens:
        _unknown_usage().inc()
    if not logger.isEnabledFor(logging.INFO):
        return
    line = {
        "assistant": registry.assistant_name(),
        "outcome": run.status.value,
        "first_byte_ms": round(run.first_frame_seconds * 1000, 1),
        "duration_ms": round(seconds * 1000, 1),
        "frames": run.frames,
        "bytes": run.feed.size,
        **tokens,
    }
    if run.exceeded:
        failed(run.exceeded)
        line["reason"] = run.exceeded
    taken = f"{sum(tokens.values())} tokens" if tokens else "tokens unknown,"
    why = f" ({run.exceeded})" if run.exceeded else ""
    text = f"run {run.status}{why}: {run.frames} frames, {taken} in {line['duration_ms']} ms"
    logger.info(text, extra=line)


def _key_label(counted_by: str) -> str:
    """`counted_by` if the settings name it, else `other`: a CALLER may know too many names for a label."""
    return counted_by if not counted_by or counted_by in _key_names() else "other"


@cache
def _key_names() -> frozenset[str]:
    return frozenset({name for name, _ in settings.API_KEYS} | set(quotas_by_name(settings.KEY_QUOTAS)))


on_change(_key_names.cache_clear)


@cache
def _ended(outcome: Status, key: str) -> Any:
    """The counter of these labels, cached: looking it up takes longer than counting."""
    return counts.metrics.runs.labels(registry.assistant_name(), outcome, key)


@cache
def _took(kind: str, key: str) -> Any:
    return counts.metrics.tokens.labels(registry.assistant_name(), kind, key)


@cache
def _unknown_usage() -> Any:
    return counts.metrics.unknown_usage.labels(registry.assistant_name())


def failed(reason: str) -> None:
    """Counts a reply that its assistant gave up."""
    counts.metrics.reply_failures.labels(registry.assistant_name(), reason).inc()


def resumed() -> None:
    """Counts a client that came back to a run."""
    counts.metrics.resumes.inc()


async def keep_gauges() -> None:
    """Sets the gauges every second, forever: their values also change in signal handlers and for each token."""
    for outcome in _OUTCOMES:
        for key in _key_names() or {""}:
            _ended(outcome, key)  # at 0, since Prometheus sees no increase from a series that is not there yet
    counts.metrics.workers.set(1)
    counts.metrics.run_capacity.set(settings.MAX_CONCURRENT_RUNS)
    runs = registry.runs()
    while True:
        counts.metrics.active_runs.set(runs.active)
        counts.metrics.draining.set(runs.draining)
        counts.metrics.log_degraded.set(runs.log.problem is not None)
        counts.metrics.log_lag_seconds.set(runs.log.lag)
        await asyncio.sleep(_GAUGE_SECONDS)
