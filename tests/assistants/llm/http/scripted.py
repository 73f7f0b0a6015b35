"""A server whose every byte the test says, on a real socket, in a thread of its own."""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from assistant_transport.assistants.llm.http import Client

Handle = Callable[["Peer"], Awaitable[None]]


class Peer:
    """One connection to the server."""

    def __init__(self, server: "Scripted", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.number = len(server.peers)
        self.reader = reader
        self.writer = writer
        self.requests: list[bytes] = []
        server.peers.append(self)

    async def request(self) -> bytes:
        """The next request, head and body; empty when the client has left."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        self.requests.append(head + await self.reader.readexactly(length))
        return self.requests[-1]

    async def send(self, data: str | bytes) -> None:
        self.writer.write(data.encode() if isinstance(data, str) else data)
        await self.writer.drain()

    async def answer(self, body: str = "hello", *lines: str) -> None:
        head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body.encode())}", *lines])
        await self.send(f"{head}\r\n\r\n{body}")


class Scripted:
    """Serves each connection by `handle`, until the end of the `with`."""

    def __init__(self, handle: Handle, tls: ssl.SSLContext | None = None) -> None:
        self.peers: list[Peer] = []
        self._handle = handle
        self._tls = tls
        self.loop = asyncio.new_event_loop()

    def __enter__(self) -> "Scripted":
        serve = asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self._server = self.loop.run_until_complete(serve)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self.loop).result(60)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(60)
        self.loop.close()

    async def _stop(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for peer in self.peers:
            if peer.writer.transport.get_write_buffer_size():  # Python 3.11 raises where a closed one is aborted
                peer.writer.transport.abort()
        await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._handle(Peer(self, reader, writer))
        except ConnectionError:
            pass
        finally:
            writer.close()


async def answering(peer: Peer) -> None:
    """Answers every request of a connection."""
    while await peer.request():
        await peer.answer()


def run(work: Coroutine[Any, Any, Any], *clients: Client) -> Any:
    """Does `work` in an event loop of its own, and closes the connections that `clients` have kept."""

    async def main() -> Any:
        try:
            return await asyncio.wait_for(work, 60)
        finally:
            for kept in clients:
                for connection in kept.idle:
                    connection.close()
            await asyncio.sleep(0.01)  # an aborted transport is closed by the loop

    return asyncio.run(main())


PATIENCE = 30.0


def client(server: Scripted, path: str = "/v1") -> Client:
    return Client(f"http://127.0.0.1:{server.port}{path}", {"Authorization": "Bearer key"})


async def body(asked: Client, silence: float = PATIENCE) -> bytes:
    async with asked.post("/chat", b"{}", silence) as response:
        return await response.read_up_to(10**9)


def play(ask: Callable[..., Coroutine[Any, Any, Any]], server: Scripted, *args: Any) -> Any:
    asked = client(server)
    return run(ask(asked, *args), asked)
