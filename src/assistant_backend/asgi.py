"""The ASGI application that gunicorn, uvicorn and runserver serve."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant_backend.settings")

import django
from django.conf import settings
from django.core.cache import close_caches
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import reset_urlconf
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries

import assistant_backend
from api import database, process
from api.asgi import BodyLimit, Lifespan, Receive, Scope, Send
from telemetry import sentry

BODY_SECONDS = 60.0  # for the largest one over a slow line


async def _startup() -> None:
    sentry.start(settings.SENTRY_DSN, release=assistant_backend.__version__)
    process.assistant()
    await process.runs().log.open()
    process.started = True


async def _shutdown() -> None:
    await process.runs().log.close()
    sentry.flush()


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

_bounded = BodyLimit(django_application, settings.MAX_BODY_BYTES, BODY_SECONDS)
application = Lifespan(_bounded, startup=_startup, shutdown=_shutdown)
