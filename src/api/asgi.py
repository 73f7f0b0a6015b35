"""What an ASGI server needs and Django leaves out: the lifespan, and a bound on bodies while they arrive."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Step = Callable[[], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

logger = logging.getLogger(__name__)


class Lifespan:
    """Answers the server's lifespan events, on which Django raises; everything else is `app`'s.

    Args:
        startup: awaited before the first request; an exception keeps the server from starting.
        shutdown: awaited after the last response has ended.
    """

    def __init__(self, app: Application, startup: Step, shutdown: Step) -> None:
        self._app = app
        self._startup = startup
        self._shutdown = shutdown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        await receive()
        try:
            await self._startup()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._shutdown()
        await send({"type": "lifespan.shutdown.complete"})


class BodyLimit:
    """Cuts off a body of more than `limit` bytes, which Django would first spool whole.

    The application then finds an empty body and `scope["body_too_large"]`, so that the answer has the manners
    (CORS, error shape) of every other.
    """

    def __init__(self, app: Application, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        scope["body_too_large"] = length.isdigit() and int(length) > self._limit
        received = 0
        ended = False

        async def bounded() -> Message:
            nonlocal received, ended
            while not scope["body_too_large"]:
                message = await receive()
                received += len(message.get("body", b""))
                if received <= self._limit:
                    return message
                scope["body_too_large"] = True
            if not ended:
                ended = True
                return {"type": "http.request", "body": b"", "more_body": False}
            while (message := await receive())["type"] == "http.request":
                pass  # the rest of what was too large
            return message

        await self._app(scope, bounded, send)
