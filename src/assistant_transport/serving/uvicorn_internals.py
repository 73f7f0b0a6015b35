"""All contact with what uvicorn does not document (0.54, as pyproject.toml asks for). Its worker is in worker.py.

Where this differs from uvicorn:

1. A server that is told to stop goes on as before until `may_stop` allows it to.
2. It then closes its listeners first and its connections a moment later. uvicorn closes both in one breath, so a proxy
   that has just connected, or is about to use an idle connection again, loses its request.
3. Connections that are left in the end are aborted: their readers do not read, and closing would wait for them.
4. The keep-alive time closes a connection that never sends a request, too. In uvicorn it begins after a response.
5. A malformed request is answered by `refuse_malformed`, not by uvicorn's plain text.
6. Trailers are dropped. uvicorn appends them to the headers, which the application may have believed already.
7. What waits for an event, and requests that come before the last one was answered, are in lists. uvicorn has three
   deques for each connection, 0.7 KiB each: a fifth of what it takes while a stream is open.
"""

import asyncio
import socket
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

_LINGER_SECONDS = 0.5


class Server(uvicorn.Server):
    """uvicorn's server with a say in when it stops."""

    @property
    def lifespan_state(self) -> dict[str, Any]:
        """What the application has left in the lifespan's state; empty until the server starts."""
        lifespan = getattr(self, "lifespan", None)
        return lifespan.state if lifespan else {}

    def begin_to_stop(self) -> None:
        """Called in the handler of each signal to stop."""

    async def may_stop(self) -> bool:
        """Asked every tenth of a second after a signal to stop, until it is true."""
        return True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.begin_to_stop()
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        stop = await super().on_tick(counter)
        return stop and (self.force_exit or await self.may_stop())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await asyncio.sleep(_LINGER_SECONDS)
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()


class Event(asyncio.Event):
    """An event for which hardly anybody waits at the same time as others."""

    def __init__(self) -> None:
        super().__init__()
        self._waiters: Any = []


class Pipeline(list[Any]):
    """What uvicorn needs of a deque."""

    __slots__ = ()

    def appendleft(self, item: Any) -> None:
        self.insert(0, item)


class HttpProtocol(HttpToolsProtocol):
    """A connection of uvicorn's, parsed by httptools, whose callbacks may be extended."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.pipeline: Any = Pipeline()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.flow._is_writable_event = Event()
        self.flow._is_writable_event.set()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unset_keepalive_if_required()

    def on_header(self, name: bytes, value: bytes) -> None:
        if "path" not in self.scope:  # it is set when the headers are complete: this is no trailer
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self.cycle.message_event = Event()  # nobody waits for uvicorn's yet: the request's task has not begun

    def send_400_response(self, msg: str) -> None:
        self.refuse_malformed()

    def refuse_malformed(self) -> None:
        """Called for a request that httptools cannot parse, or that a callback refused by an HttpParserError."""
        raise NotImplementedError

    def refuse(self, status: int, body: bytes) -> None:
        """Answers with `body`, which is JSON, and closes the connection."""
        headers = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        self.transport.write(STATUS_LINE[status] + headers + body)
        self.transport.close()
