"""A project's ASGI application, with extra handling of requests to the app's own routes."""

from collections.abc import Awaitable
from functools import lru_cache

from django.conf import settings as django_settings
from django.core.handlers.asgi import get_script_prefix
from django.urls import Resolver404, ResolverMatch, resolve

from assistant_transport.conf import settings
from assistant_transport.http import lifecycle
from assistant_transport.http.access_log import AccessLog
from assistant_transport.http.asgi_types import Application, Message, Receive, Scope, Send
from assistant_transport.http.body_limit import BodyLimit
from assistant_transport.http.handler import MATCH, shorten
from assistant_transport.urls import ROUTES, app_name

BODY_SECONDS = 60.0  # for the largest one over a slow line

_ENDINGS = tuple(ROUTES)
_WITHIN = "/threads/"  # a thread's name follows


class Served:
    """Serves `application`: logs, and bounds the bodies of, requests to the app's routes, or `everything`."""

    def __init__(self, application: Application, *, everything: bool) -> None:
        self._application = application
        self._own = _logged(shorten(application))
        self._others = _logged(application)
        self._everything = everything

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self._application(scope, receive, send)
        if match := own_match(scope):
            scope[MATCH] = match
            return self._own.answer(f"/{match.url_name}", scope, receive, send)
        if self._everything:
            return self._others.answer("other", scope, receive, send)
        return self._application(scope, receive, _closing(send))


def _logged(application: Application) -> AccessLog:
    return AccessLog(BodyLimit(application, settings.MAX_BODY_BYTES, BODY_SECONDS))


def own_match(scope: Scope) -> ResolverMatch | None:
    """Which of the app's routes a request is for, under any prefix; None for the project's own."""
    path: str = scope["path"]
    if not path.endswith(_ENDINGS) and _WITHIN not in path:
        return None
    return _match(path.removeprefix(get_script_prefix(scope)), django_settings.ROOT_URLCONF)


@lru_cache(maxsize=64)  # few paths end so, except those of somebody who guesses
def _match(path: str, urls: str) -> ResolverMatch | None:
    try:
        match = resolve(path, urls)
    except Resolver404:
        return None
    return match if app_name in match.app_names else None


def _closing(send: Send) -> Send:
    def closing(message: Message) -> Awaitable[None]:  # not async: it is called for each frame
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *lifecycle.closing_headers()]}
        return send(message)

    return closing
