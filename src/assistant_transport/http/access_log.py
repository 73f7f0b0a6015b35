"""The outermost layer: gives each request an id; logs and counts it when its response has ended."""

import logging
from collections.abc import Awaitable
from functools import cache
from time import perf_counter
from typing import Any

from assistant_transport.http import lifecycle
from assistant_transport.http.asgi_types import Application, Message, Receive, Scope, Send
from assistant_transport.telemetry import context, counts, sentry

logger = logging.getLogger(__name__)


_NAME = b"x-request-id"
_CLIENT_LEFT = 499  # before there was a response; the number is nginx's


class AccessLog:
    """Passes requests on to `app` and logs them."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def answer(self, route: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one HTTP request. Its `route` is logged in place of its path, which may contain anything."""
        given = next((value for name, value in scope["headers"] if name == _NAME), b"")
        header = (_NAME, context.begin(given.decode("latin-1")).encode())
        answer = _Answer(scope["method"], route)

        def watched(message: Message) -> Awaitable[None]:  # not async: it is called for each frame
            answer.note(message)
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], header, *lifecycle.closing_headers()]}
            return send(message)

        try:
            with sentry.request(f"{answer.method} {answer.route}"):
                await self._app(scope, receive, watched)
        except Exception:
            answer.status = 500
            raise
        finally:
            answer.report()


class _Answer:
    """What is logged of one request."""

    def __init__(self, method: str, route: str) -> None:
        self.method = method
        self.route = route
        self.status = _CLIENT_LEFT
        self._began = perf_counter()
        self._first_byte: float | None = None
        self._bytes = 0
        self._whole = False

    def note(self, message: Message) -> None:
        """Records a message of the response that is about to be sent."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self._bytes += len(message.get("body", b""))
        if self._first_byte is None and self._bytes:
            self._first_byte = perf_counter() - self._began
        self._whole = not message.get("more_body", False)

    def report(self) -> None:
        """Counts the request and writes its log line."""
        _answered(self.route, self.status).inc()
        if self._first_byte is not None and self.status == 200 and "run" in context.fields():
            counts.metrics.first_byte_seconds.observe(self._first_byte)
        level = _level(self.route, self.status)
        if not logger.isEnabledFor(level):
            return
        line = {
            "method": self.method,
            "route": self.route,
            "status": self.status,
            "whole": self._whole,
            "first_byte_ms": None if self._first_byte is None else round(self._first_byte * 1000, 1),
            "duration_ms": round((perf_counter() - self._began) * 1000, 1),
            "bytes": self._bytes,
        }
        text = f"{self.method} {self.route} {self.status}: {self._bytes} bytes in {line['duration_ms']} ms"
        logger.log(level, text, extra=line)


@cache
def _answered(route: str, status: int) -> Any:
    """The counter of these labels, cached: looking it up takes longer than counting."""
    return counts.metrics.requests.labels(route, status)


def _level(route: str, status: int) -> int:
    if status >= 500:
        return logging.WARNING
    return logging.DEBUG if route.startswith("/health") else logging.INFO
