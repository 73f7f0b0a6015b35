"""Requests that are too large, too slow or malformed, at the app alone: a platform may run it without nginx."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from http.client import HTTPResponse
from io import BytesIO

import pytest
from django.core.handlers.asgi import ASGIRequest
from uvicorn import Config
from uvicorn.server import ServerState

from assistant_backend.asgi import django_application
from assistant_transport.http import body_limit, registry
from assistant_transport.http.asgi_types import Message, Receive, Scope, Send
from assistant_transport.http.body_limit import BodyLimit
from assistant_transport.serving import bounded_protocol as protocol
from assistant_transport.serving.bounded_protocol import BoundedProtocol
from tests.conftest import StartServer
from tests.wire import Client

HOST = b"Host: localhost\r\n"
GET = b"GET / HTTP/1.1\r\n" + HOST
POST = b"POST /assistant HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
MIB = 1024 * 1024
CODES = {400: "malformed_request", 413: "body_too_large", 431: "headers_too_large"}


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        (GET + b"X-Many: aaaa\r\n" * 101 + b"\r\n", 431, "The headers are too large."),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 400, "The request is malformed."),
        (GET + b"X-Nul: \0\r\n\r\n", 400, "The request is malformed."),
        (b"\x16\x03\x01 what is this?\r\n\r\n", 400, "The request is malformed."),
        (POST + b"Content-Length: -1\r\n\r\n", 400, "The request is malformed."),
        (POST + b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}", 400, "The request is malformed."),
        (POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "The request is malformed."),
        (CHUNKED + b"what\r\n", 400, "The request is malformed."),
        (POST + b"Content-Length: %d\r\n\r\n" % (99 * MIB), 413, "larger than 4194304 bytes"),
        (CHUNKED + b"%x\r\n" % (5 * MIB) + b"x" * 5 * MIB + b"\r\n0\r\n\r\n", 413, "larger than 4194304 bytes"),
        (CHUNKED + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 100 + b"0\r\n\r\n", 413, "larger than 4194304 bytes"),
    ],
)  # fmt: skip
def test_what_is_oversized_or_malformed_is_refused_in_the_error_shape(
    client: Client, sent: bytes, status: int, says: str
) -> None:
    with socket.create_connection((client.host, client.port), timeout=30) as connection:
        connection.sendall(sent)
        response = HTTPResponse(connection)
        response.begin()
        assert response.status == status
        assert response.headers["Content-Type"] == "application/json"
        answer = json.loads(response.read())
        assert says in answer["error"]
        assert answer["code"] == CODES[status]


def test_headers_without_end_are_cut_off(client: Client) -> None:
    with socket.create_connection((client.host, client.port), timeout=30) as connection:
        connection.sendall(GET)
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            connection.sendall(b"a" * 50_000_000)


def test_a_body_shorter_than_its_content_length_starts_no_run(client: Client) -> None:
    body = json.dumps({"commands": []}).encode()
    with socket.create_connection((client.host, client.port), timeout=30) as connection:
        connection.sendall(POST + b"Content-Length: %d\r\n\r\n" % (len(body) + 1) + body)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""


def test_a_refused_body_may_be_sent_to_its_end_and_the_connection_used_again(client: Client) -> None:
    with socket.create_connection((client.host, client.port), timeout=30) as connection:
        connection.sendall(POST + b"Content-Length: %d\r\n\r\n" % (9 * MIB))
        refusal = HTTPResponse(connection)
        refusal.begin()
        assert refusal.status == 413
        refusal.read()
        connection.sendall(bytes(9 * MIB) + b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n")
        again = HTTPResponse(connection)
        again.begin()
        assert again.status == 200


def test_a_trailer_is_no_header(start_server: StartServer) -> None:
    server = start_server(API_KEYS="me:a-key-of-16-letters")
    trailer = b"Authorization: Bearer a-key-of-16-letters"
    with socket.create_connection((server.host, server.port), timeout=30) as connection:
        connection.sendall(CHUNKED + b'10\r\n{"commands": []}\r\n0\r\n' + trailer + b"\r\n\r\n")
        response = HTTPResponse(connection)
        response.begin()
        assert response.status == 401


def test_an_upgrade_to_a_websocket_is_not_made(client: Client) -> None:
    assert client.get("/", Connection="upgrade", Upgrade="websocket").status == 200


async def _hello(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def talk(with_it: Talk, keep_alive: int = 60) -> None:
    """Serves one connection by BoundedProtocol."""

    async def main() -> None:
        config = Config(_hello, timeout_keep_alive=keep_alive, log_config=None)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: BoundedProtocol(config, ServerState(), {}), "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            await with_it(reader, writer)
            writer.close()

    asyncio.run(main())


def test_slow_headers_are_hung_up_on_and_those_of_a_second_request_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GET + b"\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
        monkeypatch.setattr(protocol, "HEADER_SECONDS", 0.01)
        writer.write(GET)
        assert await reader.read() == b""

    talk(slow)


def test_a_refused_body_that_does_not_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        monkeypatch.setattr(protocol, "UNREAD_BODY_SECONDS", 0.01)
        writer.write(POST + b"Content-Length: 100\r\n\r\n{")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
        assert await reader.read() == b""

    talk(endless)


def test_a_connection_that_says_nothing_is_hung_up_on() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.read() == b""

    talk(silent, keep_alive=0)


def test_a_body_that_takes_too_long_is_given_up() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["more_body"] is True
        assert await receive() == {"type": "http.request", "body": b"", "more_body": False}
        assert body_limit.refused(ASGIRequest(scope, BytesIO())) == 408
        messages.put_nowait({"type": "http.request", "body": b"too late", "more_body": True})
        messages.put_nowait({"type": "http.disconnect"})
        assert await receive() == {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        """Nothing is sent."""

    async def main() -> None:
        messages.put_nowait({"type": "http.request", "body": b'{"comm', "more_body": True})
        await BodyLimit(app, 100, 0.01)(scope, messages.get, send)

    messages: asyncio.Queue[Message] = asyncio.Queue()
    scope: Scope = {"type": "http", "method": "POST", "path": "/assistant", "query_string": b"", "headers": []}
    asyncio.run(main())


def test_a_body_that_takes_too_long_is_a_408() -> None:
    sent: list[Message] = []
    messages: asyncio.Queue[Message] = asyncio.Queue()

    async def send(message: Message) -> None:
        sent.append(message)
        if not message.get("more_body", True):
            messages.put_nowait({"type": "http.disconnect"})

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/assistant", "query_string": b"", "headers": headers}
    asyncio.run(BodyLimit(django_application, 100, 0.01)(scope, messages.get, send))
    registry.runs.cache_clear()
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"]) == {"error": "The body took too long to arrive.", "code": "body_timeout"}
