"""Bounds on a request, which uvicorn leaves to a proxy: the app may stand alone."""

import asyncio
from typing import Any

from httptools import HttpParserError

from assistant_transport.serving.uvicorn_internals import HttpProtocol

HEADER_SECONDS = 10.0
# A proxy that still sends a body when the connection closes makes a 502 of the 413 that it was sent, so what comes
# after an early response is read and discarded for this long. Seen with Apache 2.4.71, Caddy 2.6.2 and Envoy 1.40.0.
UNREAD_BODY_SECONDS = 2.0
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024

# The codes and sentences of nginx's own answers.
_MALFORMED = ("malformed_request", "The request is malformed.")
_TOO_LARGE = ("headers_too_large", "The headers are too large.")


class BoundedProtocol(HttpProtocol):
    """uvicorn's HTTP protocol class, which refuses headers that are too many, too large or take too long to arrive,
    and takes the rest of a body that was refused."""

    # Slots, since with the thirty attributes of uvicorn's the dictionary of each connection would take 1.3 KiB more.
    __slots__ = ("_deadline", "_received", "_unread_body")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._deadline: asyncio.TimerHandle | None = None  # while headers arrive
        self._received = 0
        self._unread_body: asyncio.TimerHandle | None = None  # while a body arrives whose request has been answered

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._end_headers()
        self._end_body()

    def data_received(self, data: bytes) -> None:
        had_begun = self._deadline is not None
        super().data_received(data)
        if had_begun and self._deadline is not None:
            self._received += len(data)
            if self._received > MAX_HEADER_BYTES:
                self._refuse(431, _TOO_LARGE)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._received = 0
        self._deadline = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > MAX_HEADERS:
            raise HttpParserError(_TOO_LARGE[1])

    def on_headers_complete(self) -> None:
        self._end_headers()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.more_body and not self.transport.is_closing():
            self._unread_body = self.loop.call_later(UNREAD_BODY_SECONDS, self.transport.close)

    def on_message_complete(self) -> None:
        self._end_body()
        super().on_message_complete()

    def refuse_malformed(self) -> None:
        too_many = len(self.headers or ()) > MAX_HEADERS
        self._refuse(431, _TOO_LARGE) if too_many else self._refuse(400, _MALFORMED)

    def _end_headers(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end_body(self) -> None:
        if self._unread_body is not None:
            self._unread_body.cancel()
            self._unread_body = None

    def _refuse(self, status: int, reason: tuple[str, str]) -> None:
        self._end_headers()
        code, sentence = reason
        self.refuse(status, f'{{"error": "{sentence}", "code": "{code}"}}'.encode())
