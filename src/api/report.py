"""What operators learn of the runs: a line and the counts of each, and the gauges of the whole process."""

import asyncio
import logging

from django.conf import settings

from api import process
from runs import Head, Run, Status
from telemetry import context, metrics
from transcript import Usage

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
    assistant = process.assistant_name()
    seconds = run.seconds
    metrics.runs.labels(assistant, run.status).inc()
    metrics.run_seconds.observe(seconds)
    metrics.frames.inc(run.frames)
    metrics.written_bytes.inc(run.feed.size)
    for kind, count in zip(("input", "output"), usage, strict=True):
        metrics.tokens.labels(assistant, kind).inc(count)
    line = {
        "assistant": assistant,
        "outcome": run.status.value,
        "first_byte_ms": round(run.first_frame_seconds * 1000, 1),
        "duration_ms": round(seconds * 1000, 1),
        "frames": run.frames,
        "bytes": run.feed.size,
        **usage._asdict(),
    }
    text = "run %(outcome)s: %(frames)s frames, %(input_tokens)s + %(output_tokens)s tokens in %(duration_ms)s ms"
    logger.info(text, line, extra=line)


def resumed() -> None:
    """Counts a client that came back to a run."""
    metrics.resumes.inc()


async def keep_gauges() -> None:
    """Says how this process is, for ever. Not where it changes: that may be in a signal handler, or for each token."""
    for outcome in _OUTCOMES:
        metrics.runs.labels(process.assistant_name(), outcome)  # at 0, or the first one's increase goes unseen
    metrics.workers.set(1)
    metrics.run_capacity.set(settings.MAX_CONCURRENT_RUNS)
    runs = process.runs()
    while True:
        metrics.active_runs.set(runs.active)
        metrics.draining.set(runs.draining)
        metrics.log_degraded.set(runs.log.degraded)
        metrics.log_lag_seconds.set(runs.log.lag)
        await asyncio.sleep(_GAUGE_SECONDS)
