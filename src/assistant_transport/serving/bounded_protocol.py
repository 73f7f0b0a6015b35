"""uvicorn's HTTP, with the bounds on a request's headers that it leaves to a proxy: the app may stand alone."""

import asyncio
from typing import Any

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEADER_SECONDS = 10.0
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024

_MALFORMED = "The request is malformed."
_TOO_LARGE = "The headers are too large."


class BoundedProtocol(HttpToolsProtocol):
    """Refuses headers that are too many or too large, and hangs up on those that take too long.

    A connection that says nothing may wait as long as one that is kept open between two requests.
    """

    _deadline: asyncio.TimerHandle | None = None  # while headers arrive
    _received = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        self._headers_end()

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
            raise HttpParserError(_TOO_LARGE)  # which uvicorn answers by send_400_response

    def on_headers_complete(self) -> None:
        self._headers_end()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        too_many = len(self.headers or ()) > MAX_HEADERS
        self._refuse(431, _TOO_LARGE) if too_many else self._refuse(400, _MALFORMED)

    def _headers_end(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: int, sentence: str) -> None:
        self._headers_end()
        body = b'{"error": "%s"}' % sentence.encode()
        headers = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        self.transport.write(STATUS_LINE[status] + headers + body)
        self.transport.close()
