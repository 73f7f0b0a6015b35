"""Serves an ASGI application that says on stdout how it is stopped, and drains until it reads a line on stdin."""

import asyncio
import os
import sys
from typing import Any

import uvicorn

from assistant_transport.serving.drain import STATE_KEY
from assistant_transport.serving.server import DrainingServer


def say(word: str) -> None:
    os.write(1, f"{word}\n".encode())  # unlike print it may be interrupted by a signal whose handler writes too


class Drain:
    def begin(self) -> None:
        say("begin")

    async def drain(self) -> None:
        say("drain")
        await asyncio.to_thread(sys.stdin.readline)


async def application(scope: Any, receive: Any, send: Any) -> None:
    assert scope["type"] == "lifespan"
    assert sys.argv[1] != "no lifespan"
    await receive()
    if sys.argv[1] == "drain":
        scope["state"][STATE_KEY] = Drain()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    say("shutdown")
    await send({"type": "lifespan.shutdown.complete"})


class Server(DrainingServer):
    async def main_loop(self) -> None:
        say("started")
        await super().main_loop()


Server(uvicorn.Config(application, port=0, log_level="error")).run()
