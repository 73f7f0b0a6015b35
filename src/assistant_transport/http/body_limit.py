"""Limits the size of a request's body while it arrives; Django would store it completely first."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from django.http import HttpRequest

from assistant_transport.http.asgi_types import Application, Message, Receive, Scope, Send
from assistant_transport.runs import Timer, timers

# A body up to this many times the limit is read and discarded, since most clients read no response before they have
# sent everything. The rest of a larger one is not read.
_DISCARDED = 2
_REFUSED = "assistant_transport.body_refused"


def refused(request: HttpRequest) -> int | None:
    """413 or 408 if BodyLimit has cut off the request's body, None if it is complete."""
    scope: Scope = getattr(request, "scope", {})
    return scope.get(_REFUSED)


class BodyLimit:
    """Cuts off a body of more than `limit` bytes, or one that takes more than `seconds` to arrive.

    The application then gets an empty body, and the reason from `refused`. It answers itself, since a response from
    here would lack what the project's middleware adds, such as CORS headers.
    """

    def __init__(self, app: Application, limit: int, seconds: float) -> None:
        self._app = app
        self._limit = limit
        self._seconds = seconds

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        length = int(declared) if declared.isdigit() else 0
        scope[_REFUSED] = 413 if length > self._limit else None
        deadline = _Deadline(self._seconds)
        received = 0
        ended = length > _DISCARDED * self._limit
        dropped = False

        async def bounded() -> Message:
            nonlocal received, ended, dropped
            while not ended:
                try:
                    message = await deadline.wait_for(receive)
                except TimeoutError:
                    scope[_REFUSED], ended = 408, True
                    break
                received += len(message.get("body", b""))
                if received > self._limit:
                    scope[_REFUSED] = 413
                ended = not message.get("more_body", False) or received > _DISCARDED * self._limit
                if ended:
                    deadline.met()
                if not scope[_REFUSED] or message["type"] != "http.request":
                    return message
            if scope[_REFUSED] and not dropped:
                dropped = True
                return {"type": "http.request", "body": b"", "more_body": False}
            while (message := await receive())["type"] == "http.request":
                pass  # the rest of what was refused
            return message

        return self._app(scope, bounded, send)


class _Deadline:
    """Ends the waiting for messages `seconds` after it began, unless it is met. asyncio.timeout took 10 µs more."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._passed = False
        self._waiting: asyncio.Task[Any] | None = None
        self._timer: Timer | None = None

    async def wait_for(self, receive: Receive) -> Message:
        """The next message. Raises TimeoutError."""
        if self._timer is None:
            self._timer = timers().after(self._seconds, self._pass)
        if self._passed:
            raise TimeoutError
        self._waiting = waiting = asyncio.current_task()
        try:
            return await receive()
        except asyncio.CancelledError:
            if self._passed and waiting is not None and waiting.uncancel() == 0:
                raise TimeoutError from None
            raise
        finally:
            self._waiting = None

    def _pass(self) -> None:
        self._passed = True
        if self._waiting is not None:
            self._waiting.cancel()

    def met(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
