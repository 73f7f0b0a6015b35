"""What an ASGI server needs and Django leaves out: the lifespan, and a bound on bodies while they arrive."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Step = Callable[[], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# A body of up to so many times the limit is read to its end and dropped: most clients read no answer before they
# have sent all. A larger one is left unread.
_DRAINED = 2


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
    """Cuts off a body of more than `limit` bytes, which Django would first spool whole, or of more than `seconds`.

    The application then finds an empty body and `scope["body_refused"]`, 413 or 408, so that the answer has the
    manners (CORS, error shape) of every other.
    """

    def __init__(self, app: Application, limit: int, seconds: float) -> None:
        self._app = app
        self._limit = limit
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        length = int(declared) if declared.isdigit() else 0
        scope["body_refused"] = 413 if length > self._limit else None
        deadline = asyncio.get_running_loop().time() + self._seconds
        received = 0
        ended = length > _DRAINED * self._limit
        dropped = False

        async def bounded() -> Message:
            nonlocal received, ended, dropped
            while not ended:
                try:
                    async with asyncio.timeout_at(deadline):
                        message = await receive()
                except TimeoutError:
                    scope["body_refused"], ended = 408, True
                    break
                received += len(message.get("body", b""))
                if received > self._limit:
                    scope["body_refused"] = 413
                ended = not message.get("more_body", False) or received > _DRAINED * self._limit
                if not scope["body_refused"] or message["type"] != "http.request":
                    return message
            if scope["body_refused"] and not dropped:
                dropped = True
                return {"type": "http.request", "body": b"", "more_body": False}
            while (message := await receive())["type"] == "http.request":
                pass  # the rest of what was refused
            return message

        await self._app(scope, bounded, send)
