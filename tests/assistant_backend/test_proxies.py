"""Behind a proxy: who calls, and whether by https, is believed of FORWARDED_ALLOW_IPS only."""

import asyncio
from typing import Any

import pytest
import uvicorn
from django.test import override_settings

from assistant_backend import server
from tests.conftest import StartServer
from tests.wire import Client

HSTS = "Strict-Transport-Security"


def test_https_from_a_trusted_proxy_is_to_stay(client: Client) -> None:
    for path in ("/", "/health", "/nowhere", "/static/page.css"):
        assert client.get(path, X_Forwarded_Proto="https").headers[HSTS] == "max-age=31536000"
        assert HSTS not in client.get(path, X_Forwarded_Proto="http").headers
        assert HSTS not in client.get(path).headers


def test_https_from_anybody_else_is_not_believed(start_server: StartServer) -> None:
    server = start_server(FORWARDED_ALLOW_IPS="10.0.0.0/8,192.0.2.1")
    assert HSTS not in Client(server.host, server.port).get("/", X_Forwarded_Proto="https").headers


def test_it_can_be_told_not_to_say_so(start_server: StartServer) -> None:
    server = start_server(HSTS_SECONDS="0")
    assert HSTS not in Client(server.host, server.port).get("/", X_Forwarded_Proto="https").headers


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        ("10.1.2.3", "198.51.100.7", "198.51.100.7"),
        ("10.1.2.3", "198.51.100.7, 10.9.9.9", "198.51.100.7"),
        ("10.1.2.3", "192.0.2.66, 198.51.100.7", "198.51.100.7"),  # the first is what the caller made up
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
    ],
)
def test_the_caller_is_who_the_trusted_proxies_say(peer: str, forwarded: str, caller: str) -> None:
    async def echo(scope: Any, receive: Any, send: Any) -> None:
        await send(scope["client"][0])

    async def ask() -> list[str]:
        said: list[str] = []

        async def send(message: Any) -> None:
            said.append(message)

        scope = {"type": "http", "client": (peer, 1), "headers": [(b"x-forwarded-for", forwarded.encode())]}
        await config.loaded_app(scope, None, send)
        return said

    with override_settings(FORWARDED_ALLOW_IPS=["10.0.0.0/8"]):
        config = uvicorn.Config(echo, **server.options(), interface="asgi3")
    config.load()
    assert asyncio.run(ask()) == [caller]
