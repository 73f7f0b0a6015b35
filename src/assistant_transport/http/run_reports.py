"""What operators learn of the runs: a line and the counts of each, and the gauges of the whole process."""

import asyncio
import logging
from functools import cache
from typing import Any

from assistant_transport.conf import settings
from assistant_transport.http import registry
from assistant_transport.runs import Head, Run, Status
from assistant_transport.telemetry import context, counts
from assistant_transport.transcript import Usage

logger = logging.getLogger(__name__)

_GAUGE_SECONDS = 1.0
_OUTCOMES = (Status.DONE, Status.ERROR, Status.CANCELLED, Status.INTERRUPTED)


def bind(head: Head) -> None:
    """Names the run, and its thread, in every line of the request from here on; neither in clear."""
    context.bind(run=context.digest(head.id))
    if head.thread is not None:
        context.bind(thread=context.digest(head.owner, head.thread))


def ended(run: Run, usage: Usage) -> None:
    """Writes and counts a run that has ended."""
    seconds = run.seconds
    _ended(run.status).inc()
    counts.metrics.run_seconds.observe(seconds)
    counts.metrics.frames.inc(run.frames)
    counts.metrics.written_bytes.inc(run.feed.size)
    tokens = {name: count for name, count in usage._asdict().items() if count is not None}
    for name, count in tokens.items():
        _took(name.removesuffix("_tokens")).inc(count)
    if not tokens:
        _unknown_usage().inc()
    line = {
        "assistant": registry.assistant_name(),
        "outcome": run.status.value,
        "first_byte_ms": round(run.first_frame_seconds * 1000, 1),
        "duration_ms": round(seconds * 1000, 1),
        "frames": run.frames,
        "bytes": run.feed.size,
        **tokens,
    }
    taken = f"{sum(tokens.values())} tokens" if tokens else "tokens unknown,"
    text = f"run {run.status}: {run.frames} frames, {taken} in {line['duration_ms']} ms"
    logger.info(text, extra=line)


@cache
def _ended(outcome: Status) -> Any:
    """The counter, for it takes longer to find than to count."""
    return counts.metrics.runs.labels(registry.assistant_name(), outcome)


@cache
def _took(kind: str) -> Any:
    return counts.metrics.tokens.labels(registry.assistant_name(), kind)


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
    """Says how this process is, for ever. Not where it changes: that may be in a signal handler, or for each token."""
    for outcome in _OUTCOMES:
        _ended(outcome)  # at 0, or the first one's increase goes unseen
    counts.metrics.workers.set(1)
    counts.metrics.run_capacity.set(settings.MAX_CONCURRENT_RUNS)
    runs = registry.runs()
    while True:
        counts.metrics.active_runs.set(runs.active)
        counts.metrics.draining.set(runs.draining)
        counts.metrics.log_degraded.set(runs.log.degraded)
        counts.metrics.log_lag_seconds.set(runs.log.lag)
        await asyncio.sleep(_GAUGE_SECONDS)
