"""The ASGI lifespan, which Django does not answer."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from assistant_transport.http.asgi_types import Application, Receive, Scope, Send

Step = Callable[[], Awaitable[None]]


class Lifespan:
    """Answers the server's lifespan events, on which Django raises; everything else goes to `app`.

    Args:
        startup: awaited before the first request; an exception keeps the server from starting.
        shutdown: awaited after the last response has ended.
        state: what the server finds in the lifespan's state.
    """

    def __init__(self, app: Application, startup: Step, shutdown: Step, state: Mapping[str, Any]) -> None:
        self._app = app
        self._state = state
        self._startup = startup
        self._shutdown = shutdown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        scope.get("state", {}).update(self._state)
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
