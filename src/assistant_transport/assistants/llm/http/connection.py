"""One connection to a server: a request at a time, and its answer's body as it arrives."""

import asyncio
from collections.abc import Callable

import httptools

_MOST_WAITING = 1024 * 1024  # bytes that nobody has read yet, before the server has to wait
_SOON_SECONDS = 5.0


class UnreachableError(Exception):
    """No connection came about. The text is for an operator and has no secret."""


class BrokenError(Exception):
    """The connection ended before the answer did, or what came is not HTTP."""


class SilentError(Exception):
    """Nothing came for as long as one may be silent."""


class Connection(asyncio.Protocol):
    """An HTTP/1.1 connection. `on_free` is called each time that an answer is over and another request may follow."""

    def __init__(self, on_free: Callable[["Connection"], None]) -> None:
        self.loop = asyncio.get_running_loop()
        self._on_free = on_free
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.transport: asyncio.Transport
        self.headers: dict[str, str]
        self.requests = 0
        self._waiting = 0
        self._reset(0.0)

    @property
    def is_open(self) -> bool:
        return not self.transport.is_closing() and self._error is None

    def begin(self, transport: asyncio.Transport) -> None:
        """Goes on by `transport`, which a proxy has connected to the server."""
        if self._timer is not None:
            self._timer.cancel()
        self.transport = transport
        self.requests = 0

    def send(self, data: bytes, silence: float) -> None:
        """Sends a request; the server may be silent for `silence` seconds, then and between two reads."""
        self._reset(silence)
        self.requests += 1
        self.transport.write(data)
        self._watch()

    async def head(self) -> tuple[int, dict[str, str]]:
        """The answer's status and headers, their names in lower case."""
        while not self._has_head:
            await self._wait()
        return self.status, self.headers

    async def read(self) -> bytes:
        """What has come of the body; empty at its end."""
        while not self._body:
            if self.is_complete:
                return b""
            await self._wait()
        data = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        self._body.clear()
        if self._waiting > _MOST_WAITING:
            self.transport.resume_reading()
        self._waiting = 0
        return data

    def release(self) -> None:
        """Nobody reads any further. The connection is kept for another request if the answer is over soon."""
        if self.is_complete or self._error is not None:
            self._finish()
            return
        self._is_released = True
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(_SOON_SECONDS, self.close)

    def close(self) -> None:
        """Closes the connection at once, in the middle of an answer too."""
        if self._timer is not None:
            self._timer.cancel()
        self.transport.abort()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._heard = self.loop.time()
        self.has_heard = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(BrokenError(f"what came is not HTTP: {error}"))
            self.close()
        if self._waiter is not None and (self._body or self._error or self.is_complete or self._has_head):
            self._wake()

    def eof_received(self) -> None:
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        self._fail(BrokenError("the connection was closed"))

    # What the parser calls.

    def on_message_begin(self) -> None:
        self.headers = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()
        self._has_head = self.status >= 200

    def on_body(self, data: bytes) -> None:
        if self._is_released:
            return
        self._body.append(data)
        self._waiting += len(data)
        if self._waiting > _MOST_WAITING:
            self.transport.pause_reading()

    def on_message_complete(self) -> None:
        if not self._has_head:
            return  # it was a 100 or 103, and the answer is still to come
        self.is_complete = True
        self._can_go_on = self._parser.should_keep_alive()
        if self._is_released:
            self._finish()

    def _reset(self, silence: float) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._silence = silence
        self._heard = self.loop.time()
        self.status = 0
        self.headers = {}
        self.has_heard = False
        self._has_head = False
        self._body: list[bytes] = []
        self._waiting = 0
        self.is_complete = False
        self._can_go_on = False
        self._is_released = False
        self._error: Exception | None = None

    async def _wait(self) -> None:
        if self._error is not None:
            raise self._error
        self._waiter = self.loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _end(self) -> None:
        """The server sends no more: a body whose length was not said ends with the connection."""
        if self._has_head and not {"content-length", "transfer-encoding"} & self.headers.keys():
            self.is_complete = True
        self._fail(BrokenError("the connection was closed"))

    def _fail(self, error: Exception) -> None:
        if self._error is None:
            self._error = error
        self._wake()

    def _finish(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self.is_complete and self._can_go_on and self.is_open:
            self._on_free(self)
        else:
            self.close()

    def _watch(self) -> None:
        """One timer a request, not one a read: it looks when the last read was."""
        left = self._heard + self._silence - self.loop.time()
        if left > 0:
            self._timer = self.loop.call_later(left, self._watch)
        else:
            self._fail(SilentError(f"nothing came for {self._silence:g} seconds"))
