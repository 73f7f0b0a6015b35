"""The ASGI application that gunicorn, uvicorn and runserver serve."""

import asyncio
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant_backend.settings")

import django
from django.core.cache import close_caches
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import reset_urlconf
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries

from assistant_backend.urls import urlpatterns
from assistant_transport import SERVICE, __version__
from assistant_transport.conf import settings
from assistant_transport.http import database, registry, run_reports
from assistant_transport.http.access_log import AccessLog
from assistant_transport.http.asgi_types import Receive, Scope, Send
from assistant_transport.http.body_limit import BodyLimit
from assistant_transport.http.lifespan import Lifespan
from assistant_transport.serving import drain
from assistant_transport.telemetry import counts, sentry

_tasks: set[asyncio.Task[None]] = set()

BODY_SECONDS = 60.0  # for the largest one over a slow line


async def _startup() -> None:
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
    if not exposition.is_shared():
        exposition.serve(settings.METRICS_HOST, settings.METRICS_PORT)


async def _shutdown() -> None:
    for task in _tasks:
        task.cancel()
    await registry.runs().log.close()
    sentry.flush()


class _Drain:
    """Has the server wait for the runs of this process."""

    def begin(self) -> None:
        registry.runs().draining = True

    async def drain(self) -> None:
        await registry.runs().drain(settings.DRAIN_SECONDS)


class Handler(ASGIHandler):
    """Django's handler without a thread of its own for every request, which only a database needs.

    asgiref starts two threads for each ThreadSensitiveContext; without it, one serves the whole process.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.handle(scope, receive, send)


django.setup(set_prefix=False)
django_application = ASGIHandler() if database.is_configured() else Handler()

if not database.is_configured():
    # A synchronous receiver costs every request a hop to a thread; these have nothing to do here.
    request_started.disconnect(reset_queries)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    request_finished.disconnect(close_caches)
    request_finished.disconnect(reset_urlconf)

_routes = {f"/{pattern.pattern}" for pattern in urlpatterns}
_limited = BodyLimit(django_application, settings.MAX_BODY_BYTES, BODY_SECONDS)

application = Lifespan(
    AccessLog(_limited, _routes), startup=_startup, shutdown=_shutdown, state={drain.STATE_KEY: _Drain()}
)
