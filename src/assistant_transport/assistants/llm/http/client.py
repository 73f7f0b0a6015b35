"""Requests to one server, on connections that are kept for the next ones."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from assistant_transport.assistants.llm.http import tls
from assistant_transport.assistants.llm.http.connection import BrokenError, Connection, UnreachableError
from assistant_transport.assistants.llm.http.proxy import Proxy

_CONNECT_SECONDS = 5.0
_IDLE_SECONDS = 30.0  # less than common servers and firewalls keep a connection that nobody uses
_MOST_IDLE = 100


class Response:
    """A server's answer: its status, headers (names in lower case), and the body as it arrives."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.status = connection.status
        self.headers: Mapping[str, str] = connection.headers
        self.read = connection.read  # the next piece of the body; empty at its end
        if self.headers.get("content-encoding", "").lower() in (
            "gzip",
            "x-gzip",
            "deflate",
        ):  # though none was asked for
            self._decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
            self.read = self._read_decoded

    async def _read_decoded(self) -> bytes:
        while piece := await self._connection.read():
            try:
                if decoded := self._decoder.decompress(piece):
                    return decoded
            except zlib.error as error:
                raise BrokenError("the body is not compressed as it says") from error
        return b""

    async def read_up_to(self, most: int) -> bytes:
        """The body, or its beginning where it is longer than `most` bytes."""
        pieces, length = [], 0
        while length < most and (piece := await self.read()):
            pieces.append(piece)
            length += len(piece)
        return b"".join(pieces)[:most]


class Client:
    """Sends requests to the server of `url`, through the proxy that the environment names for it.

    Args:
        url: `http` or `https`. Its path is put before each request's.
        headers: Of each request; a key is among them.

    Raises:
        ValueError: the environment names a proxy that cannot be used, or a header's value cannot be sent. The text
            says which.
    """

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        authority = parts.netloc.rpartition("@")[2]
        self.url = f"{parts.scheme}://{authority}{parts.path.rstrip('/')}"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = tls.context() if parts.scheme == "https" else None
        self._proxy = Proxy.find(parts.scheme, self._host, self._port)
        absolute = self._proxy is not None and self._tls is None
        self._prefix = self.url if absolute else parts.path.rstrip("/")
        head = "".join(
            _line(*header) for header in {"Host": authority, "Accept-Encoding": "identity", **headers}.items()
        )
        self._head = head + (self._proxy.authorization if self._proxy is not None and absolute else "")
        self.idle: dict[Connection, asyncio.TimerHandle] = {}

    @asynccontextmanager
    async def post(self, path: str, body: bytes, silence: float) -> AsyncIterator[Response]:
        """Posts `body` and gives the answer once its headers are there.

        Args:
            silence: The seconds for which nothing may come.

        Raises:
            UnreachableError, BrokenError, SilentError: from here, and from the reads of the answer.
        """
        head = f"POST {self._prefix}{path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        connection = await self._connection()
        try:
            connection = await self._send(connection, head.encode("latin-1") + body, silence)
            yield Response(connection)
        except BaseException:
            connection.close()
            raise
        connection.release()

    async def _send(self, connection: Connection, request: bytes, silence: float) -> Connection:
        """Sends the request, on another connection where the server has just closed a kept one."""
        connection.send(request, silence)
        try:
            await connection.head()
        except BrokenError:
            if connection.requests == 1 or connection.has_heard:
                raise
            connection = await self._connect()
            connection.send(request, silence)
            await connection.head()
        return connection

    async def _connection(self) -> Connection:
        while self.idle:
            connection, timer = self.idle.popitem()  # the one used last: it is the likeliest to be there still
            timer.cancel()
            if connection.is_open and connection.loop is asyncio.get_running_loop():
                return connection
        return await self._connect()

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                if self._proxy is not None:
                    return await self._proxy.connect(self._keep, self._tls)
                name = self._host if self._tls is not None else None
                _, connection = await loop.create_connection(
                    lambda: Connection(self._keep), self._host, self._port, ssl=self._tls, server_hostname=name
                )
                return connection
        except TimeoutError:
            raise UnreachableError(f"no connection within {_CONNECT_SECONDS:g} seconds") from None
        except (OSError, BrokenError, UnicodeError) as error:
            raise UnreachableError(str(error)) from error

    def _keep(self, connection: Connection) -> None:
        if len(self.idle) >= _MOST_IDLE:
            connection.close()
            return
        loop = asyncio.get_running_loop()
        self.idle[connection] = loop.call_later(_IDLE_SECONDS, self._drop, connection)

    def _drop(self, connection: Connection) -> None:
        self.idle.pop(connection, None)
        connection.close()


def _line(name: str, value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise ValueError(f"the header {name} cannot hold what is not printable ASCII: is there a line break in a key?")
    return f"{name}: {value}\r\n"
