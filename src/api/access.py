"""The outermost layer: gives each request its id, and writes and counts a line when its answer has ended."""

import logging
from collections.abc import Awaitable, Container
from functools import cache
from time import perf_counter

from prometheus_client import Counter

from api.asgi import Application, Message, Receive, Scope, Send
from telemetry import context, metrics, sentry

logger = logging.getLogger(__name__)

REQUEST_ID = "X-Request-ID"
_NAME = REQUEST_ID.lower().encode()
_CLIENT_LEFT = 499  # before there was an answer; nginx calls it so


class Access:
    """Answers with `app`, and says so.

    Args:
        routes: the paths that are logged by name. Any other may hold anything, and is logged as `other`.
    """

    def __init__(self, app: Application, routes: Container[str]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        given = next((value for name, value in scope["headers"] if name == _NAME), b"")
        header = (_NAME, context.begin(given.decode("latin-1")).encode())
        route = scope["path"] if scope["path"] in self._routes else "other"
        status = _CLIENT_LEFT
        size = 0
        first_byte: float | None = None
        whole = False

        def watched(message: Message) -> Awaitable[None]:  # no coroutine of its own: it is called for each frame
            nonlocal status, size, first_byte, whole
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], header]}
            else:
                size += len(message.get("body", b""))
                if first_byte is None and size:
                    first_byte = perf_counter() - began
                whole = not message.get("more_body", False)
            return send(message)

        try:
            with sentry.request(f"{scope['method']} {route}"):
                await self._app(scope, receive, watched)
        except Exception:
            status = 500
            raise
        finally:
            _answered(route, status).inc()
            if first_byte is not None and status == 200 and "run" in context.fields():
                metrics.first_byte_seconds.observe(first_byte)
            level = _level(route, status)
            if logger.isEnabledFor(level):
                line = {
                    "method": scope["method"],
                    "route": route,
                    "status": status,
                    "whole": whole,
                    "first_byte_ms": None if first_byte is None else round(first_byte * 1000, 1),
                    "duration_ms": round((perf_counter() - began) * 1000, 1),
                    "bytes": size,
                }
                text = f"{line['method']} {route} {status}: {size} bytes in {line['duration_ms']} ms"
                logger.log(level, text, extra=line)


@cache
def _answered(route: str, status: int) -> Counter:
    """The counter, for it takes longer to find than to count."""
    return metrics.requests.labels(route, status)


def _level(route: str, status: int) -> int:
    if status >= 500:
        return logging.WARNING
    return logging.DEBUG if route.startswith("/health") else logging.INFO
