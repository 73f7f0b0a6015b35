"""The gunicorn worker: uvicorn's own (uvicorn-worker 0.4), with what a long stream needs while the process stops.

Where it differs from uvicorn-worker:

1. Its server is the DrainingServer.
2. It tells the arbiter that it lives while it stops, too. uvicorn-worker does so from the server's main loop, which a
   stopping server has left: gunicorn would kill it after `timeout`, amid its last replies.
3. It exits with 0. uvicorn raises the signal again once it has stopped, whose default action kills the process before
   cancelled tasks have cleaned up.
"""

import asyncio
import logging
import signal
import sys
from typing import Any

from gunicorn.arbiter import Arbiter
from uvicorn_worker import UvicornWorker

from assistant_transport.serving.bounded_protocol import BoundedProtocol
from assistant_transport.serving.server import DrainingServer, leave_stubborn_threads


class Worker(UvicornWorker):  # type: ignore[misc] # it ships no types
    CONFIG_KWARGS: dict[str, Any] = {
        "loop": "uvloop",
        "http": BoundedProtocol,
        "ws": "none",
        "lifespan": "on",
        "access_log": False,
        "server_header": False,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        logging.getLogger("uvicorn.error").propagate = True  # to the root logger's handler

    def init_signals(self) -> None:
        super().init_signals()
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, lambda *_: sys.exit(0))

    async def _serve(self) -> None:
        beat = asyncio.create_task(self._beat())
        self.config.app = self.wsgi
        server = DrainingServer(self.config)
        self._install_sigquit_handler()
        try:
            await server.serve(sockets=self.sockets)
        finally:
            beat.cancel()
            leave_stubborn_threads()
        if not server.started:
            sys.exit(Arbiter.WORKER_BOOT_ERROR)

    async def _beat(self) -> None:
        while True:
            self.notify()
            await asyncio.sleep(1)
