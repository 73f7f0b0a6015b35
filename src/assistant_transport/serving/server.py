"""The server: uvicorn, which takes its time to stop; and its options for development."""

import asyncio
import logging
import os
import socket
from types import FrameType
from typing import Any

import uvicorn

from assistant_transport.serving.bounded_protocol import BoundedProtocol
from assistant_transport.serving.drain import STATE_KEY, Drain

logger = logging.getLogger(__name__)

LAST_BYTES_SECONDS = 5
_LINGER_SECONDS = 0.5
_STUBBORN_SECONDS = 2.0


class DrainingServer(uvicorn.Server):
    """uvicorn that, told to stop, keeps listening until its application has drained.

    The application can so refuse new work with an answer instead of a refused connection. It leaves a `Drain` in the
    lifespan's state; without one this server stops as uvicorn does.
    """

    _drain_task: asyncio.Task[None] | None = None

    @property
    def _drain(self) -> Drain | None:
        lifespan = getattr(self, "lifespan", None)  # missing until the server starts
        return lifespan.state.get(STATE_KEY) if lifespan else None

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().serve(sockets)
        finally:
            await _leave_stubborn_tasks()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if drain := self._drain:
            drain.begin()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn closes its listeners and every connection without a request in one breath. A proxy that has just
        # connected, or is about to use an idle connection again, would lose its request: it is answered first.
        for server in self.servers:
            server.close()
        await asyncio.sleep(_LINGER_SECONDS)
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()  # its reader does not read; closing would wait for it

    async def on_tick(self, counter: int) -> bool:
        stop = await super().on_tick(counter)
        drain = self._drain
        if not stop or self.force_exit or drain is None:
            return stop
        if self._drain_task is None:
            # After the drain only the last bytes of each reply are left for uvicorn to send.
            self.config.timeout_graceful_shutdown = LAST_BYTES_SECONDS
            self._drain_task = asyncio.create_task(drain.drain())
        return self._drain_task.done()


async def _leave_stubborn_tasks() -> None:
    """Ends the process where a task does not stop when it is cancelled: asyncio would wait for it for ever."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks and (await asyncio.wait(tasks, timeout=_STUBBORN_SECONDS))[1]:
        logger.error("Some tasks do not stop; leaving without them")
        logging.shutdown()
        os._exit(0)


def options(host: str, port: int) -> dict[str, Any]:
    """uvicorn's options for development, the same for every way to start it."""
    from django.conf import settings

    return {
        "app": "assistant_backend.asgi:application",
        "host": host,
        "port": port,
        "http": BoundedProtocol,
        "ws": "none",
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "forwarded_allow_ips": settings.FORWARDED_ALLOW_IPS,
    }


def main() -> None:
    """Serves on HOST:PORT until it is stopped."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant_backend.settings")
    import django
    from django.conf import settings

    django.setup()
    print(f"Serving on http://{settings.HOST}:{settings.PORT}", flush=True)  # noqa: T201
    DrainingServer(uvicorn.Config(**options(settings.HOST, settings.PORT))).run()
