"""Requests that come before the last one was answered, which the connection keeps in a list of its own."""

import socket

from tests.conftest import StartServer


def _request(path: str, connection: str = "keep-alive") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: {connection}\r\n\r\n".encode()


def test_requests_that_come_at_once_are_answered_in_their_order(start_server: StartServer) -> None:
    server = start_server()
    requests = [_request("/health/live"), _request("/nothing"), _request("/health"), _request("/none", "close")]
    with socket.create_connection((server.host, server.port), timeout=30) as connection:
        connection.sendall(b"".join(requests))
        answers = connection.makefile("rb").read()
    assert [int(answer[:3]) for answer in answers.split(b"HTTP/1.1 ")[1:]] == [200, 404, 200, 404]
