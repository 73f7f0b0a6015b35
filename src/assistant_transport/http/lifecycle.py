"""What a process does before its first request, after its last, and in between."""

import asyncio

from assistant_transport import SERVICE, __version__
from assistant_transport.conf import settings
from assistant_transport.http import registry, run_reports
from assistant_transport.telemetry import counts, sentry

_tasks: set[asyncio.Task[None]] = set()
_starting = asyncio.Lock()


async def start() -> None:
    """Makes the process ready, unless it is. A server without a lifespan leaves that to the first request.

    Raises:
        AssistantNotFoundError: ASSISTANT names nothing that can answer.
    """
    async with _starting:
        if registry.started:
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
        registry.started = True


def _serve_metrics() -> None:
    from assistant_transport.telemetry import exposition

    counts.enable()
    if not exposition.is_shared():  # else gunicorn's master serves them
        exposition.serve(settings.METRICS_HOST, settings.METRICS_PORT)


async def stop() -> None:
    """Lets go of what `start` has taken."""
    for task in _tasks:
        task.cancel()
    await registry.runs().log.close()
    sentry.flush()


class Drain:
    """Has the server wait for the runs of this process (serving.drain.Drain)."""

    def begin(self) -> None:
        registry.runs().draining = True

    async def drain(self) -> None:
        await registry.runs().drain(settings.DRAIN_SECONDS)
