"""The ASGI server: uvicorn that drains, and the options that it runs with."""

import asyncio
import logging
import os
import socket
import threading
from contextlib import suppress
from typing import Any

from assistant_transport.serving.bounded_protocol import BoundedProtocol
from assistant_transport.serving.drain import STATE_KEY, Drain
from assistant_transport.serving.uvicorn_internals import Server

logger = logging.getLogger(__name__)

LAST_BYTES_SECONDS = 5
_STUBBORN_SECONDS = 2.0


class DrainingServer(Server):
    """uvicorn that, told to stop, keeps listening until its application has drained.

    So the application refuses new work with an answer in place of a refused connection. It leaves a `Drain` in the
    lifespan's state; without one this server stops as uvicorn does.
    """

    _draining: asyncio.Task[None] | None = None

    @property
    def _drain(self) -> Drain | None:
        return self.lifespan_state.get(STATE_KEY)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serves until it is told to stop. uvicorn repeats Ctrl-C for its caller once all has ended: it ends here."""
        with suppress(KeyboardInterrupt):
            super().run(sockets)

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().serve(sockets)
        finally:
            await _leave_stubborn_tasks()

    def begin_to_stop(self) -> None:
        if drain := self._drain:
            drain.begin()

    async def may_stop(self) -> bool:
        drain = self._drain
        if drain is None:
            return True
        if self._draining is None:
            # After the drain only the last bytes of each reply are left for uvicorn to send.
            self.config.timeout_graceful_shutdown = LAST_BYTES_SECONDS
            logger.info("Draining: replies under way may end. A second SIGINT (Ctrl-C) ends them at once")
            self._draining = asyncio.create_task(drain.drain())
        return self._draining.done()


async def _leave_stubborn_tasks() -> None:
    """Ends the process if a task does not stop when it is cancelled: asyncio would wait for it forever."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks and (await asyncio.wait(tasks, timeout=_STUBBORN_SECONDS))[1]:
        logger.error("Some tasks do not stop; leaving without them")
        logging.shutdown()
        os._exit(0)


def leave_stubborn_threads() -> None:
    """Ends the process in a moment if threads keep it from ending by itself, for instance aiosqlite's (0.22).

    For a program that has nothing left to do: Python waits for such threads forever.
    """
    watch = threading.Timer(_STUBBORN_SECONDS, _leave_threads)
    watch.daemon = True
    watch.start()


def _leave_threads() -> None:
    logger.warning("Some threads do not stop; leaving without them")
    logging.shutdown()
    os._exit(0)


def options() -> dict[str, Any]:
    """uvicorn's options, without the application and the address."""
    return {"http": BoundedProtocol, "ws": "none", "lifespan": "auto", "access_log": False, "server_header": False}
