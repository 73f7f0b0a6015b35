"""Starting and stopping: error reports, the assistant, metrics, the log of runs."""

import asyncio
import gc

from assistant_transport import SERVICE, __version__, approvals
from assistant_transport.conf import settings
from assistant_transport.http import registry, run_reports
from assistant_transport.telemetry import counts, sentry

_tasks: set[asyncio.Task[None]] = set()
_starting = asyncio.Lock()


async def start() -> None:
    """Gets the process ready, once. The lifespan calls it; without one, the first request of a caller does.

    Raises:
        AssistantNotFoundError: ASSISTANT names nothing that can answer.
    """
    if registry.started:
        return
    async with _starting:
        if registry.started:  # by another request, while this one waited
            return
        sentry.start(
            settings.SENTRY_DSN,
            release=f"{SERVICE}@{__version__}",
            environment=settings.SENTRY_ENVIRONMENT,
            sample_rate=settings.SENTRY_SAMPLE_RATE,
            traces_sample_rate=settings.SENTRY_TRACES_SAMPLE_RATE,
        )
        registry.assistant()
        if settings.METRICS_PORT:
            _serve_metrics()
        await registry.runs().log.open()
        if settings.METRICS_PORT:
            _tasks.add(asyncio.create_task(run_reports.keep_gauges()))
        # What is loaded by now stays. To search it for garbage again and again took a quarter of a token's CPU time.
        gc.collect()
        gc.freeze()
        registry.started = True


def _serve_metrics() -> None:
    from assistant_transport.telemetry import exposition

    counts.enable()
    if not exposition.is_shared():  # else gunicorn's master serves them
        exposition.serve(settings.METRICS_HOST, settings.METRICS_PORT)


async def stop() -> None:
    """Stops what `start` has started."""
    for task in _tasks:
        task.cancel()
    await registry.runs().log.close()
    if store := registry.thread_store():
        await store.close()
    await approvals.close()
    sentry.flush()


def closing_headers() -> list[tuple[bytes, bytes]]:
    """While this process stops: what makes the next request go to another one."""
    return [(b"connection", b"close")] if registry.stopping else []


class Drain:
    """Lets a server that stops wait for this process's runs; implements serving.drain.Drain."""

    def begin(self) -> None:
        registry.stopping = True
        registry.runs().draining = not settings.DRAIN_NOTICE_SECONDS

    async def drain(self) -> None:
        await asyncio.sleep(settings.DRAIN_NOTICE_SECONDS)
        await registry.runs().drain(settings.DRAIN_SECONDS)
