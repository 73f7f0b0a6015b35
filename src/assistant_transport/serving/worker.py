"""The gunicorn worker: uvicorn, with what a long stream needs while the process stops."""

import asyncio
import logging
import signal
import sys
from typing import Any

from gunicorn.arbiter import Arbiter
from uvicorn_worker import UvicornWorker

from assistant_transport.serving.bounded_protocol import BoundedProtocol
from assistant_transport.serving.server import DrainingServer


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
        logging.getLogger("uvicorn.error").propagate = True  # telemetry.logs has the one handler

    def init_signals(self) -> None:
        super().init_signals()
        # uvicorn raises the signal again once it has stopped. Its default action would kill the process before
        # what was cancelled has cleaned up; leaving by SystemExit lets it, and makes the exit code 0.
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, lambda *_: sys.exit(0))

    async def _serve(self) -> None:
        # uvicorn tells the arbiter that it lives from its main loop only, which a stopping server has left.
        beat = asyncio.create_task(self._beat())
        self.config.app = self.wsgi
        server = DrainingServer(self.config)
        self._install_sigquit_handler()
        try:
            await server.serve(sockets=self.sockets)
        finally:
            beat.cancel()
        if not server.started:
            sys.exit(Arbiter.WORKER_BOOT_ERROR)

    async def _beat(self) -> None:
        while True:
            self.notify()
            await asyncio.sleep(1)
