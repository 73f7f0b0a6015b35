"""A cheap client: it parses only as much of a response as timing requires."""

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any, cast

from benchmarks.conversation import user_message

_STAMP = re.compile(rb" (\d{16})")
_FRAME = b"aui-state:"


@dataclass
class Reply:
    """The timing of one reply, in seconds."""

    sent: float
    first: float = 0.0
    frames: int = 0
    size: int = 0  # of the response with its headers, in bytes
    arrivals: list[float] = field(default_factory=list)  # one for each token with a timestamp
    delays: list[float] = field(default_factory=list)  # from writing to reading it


def request(kind: str, number: int, state: Any = None) -> bytes:
    """The request for a reply of that kind, with the client and the thread of that number."""
    fields = {
        "commands": [{"type": "add-message", "message": user_message(kind)}],
        "state": state or {"messages": []},
        "threadId": f"thread-{number}",
    }
    body = json.dumps(fields, separators=(",", ":")).encode()
    headers = (
        "POST /assistant HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"X-Client-Id: a-client-of-the-benchmark-{number}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return headers.encode() + body


class Connection(asyncio.Protocol):
    """A connection that is kept open for many replies, one after the other."""

    _transport: asyncio.Transport
    reply: Reply
    _first: asyncio.Future[None]
    _done: asyncio.Future[None]

    def __init__(self, number: int) -> None:
        self._number = number

    @classmethod
    async def open(cls, port: int, number: int, host: str = "127.0.0.1") -> "Connection":
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: cls(number), host, port)
        return connection

    def close(self) -> None:
        """Leaves, within a reply too."""
        self._done.cancel()
        self._transport.close()

    async def ask(self, kind: str, state: Any = None) -> Reply:
        """Sends one request and waits until the reply has ended."""
        self.begin(kind, state)
        await self._done
        return self.reply

    def begin(self, kind: str, state: Any = None) -> None:
        """Sends one request."""
        loop = asyncio.get_running_loop()
        self._first, self._done = loop.create_future(), loop.create_future()
        self.reply = Reply(time.monotonic())
        self._transport.write(request(kind, self._number, state))

    async def began(self) -> None:
        """Waits for the first frame."""
        await asyncio.wait([self._first, self._done], return_when=asyncio.FIRST_COMPLETED)

    @property
    def is_open(self) -> bool:
        """Whether the reply goes on."""
        return self._first.done() and not self._done.done()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports do not inherit from it

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        reply = self.reply
        reply.size += len(data)
        if frames := data.count(_FRAME):
            reply.first = reply.first or now
            reply.frames += frames
            if not self._first.done():
                self._first.set_result(None)
            for stamp in _STAMP.findall(data):
                reply.arrivals.append(now)
                reply.delays.append(now - int(stamp) / 1e6)
        if data.startswith(b"HTTP/1.1") and not data.startswith(b"HTTP/1.1 200"):
            self._done.set_exception(RuntimeError(data.decode()))
        elif data.endswith(b"0\r\n\r\n"):
            self._done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(ConnectionError("the server closed the connection within a reply"))
