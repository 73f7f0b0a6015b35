"""compose.yaml with deploy/compose.tls.yaml on top: https, and a redirect of plain http to it."""

import ssl
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import pytest

from tests.image.conftest import PROJECT, Stack
from tests.server import ROOT, free_port
from tests.wire import Client, Reply


class Encrypted(Client):
    """A client that uses https and trusts one certificate."""

    def __init__(self, port: int, certificate: Path) -> None:
        super().__init__("127.0.0.1", port)
        self._context = ssl.create_default_context(cafile=str(certificate))

    def connect(self) -> HTTPConnection:
        return HTTPSConnection(self.host, self.port, timeout=30, context=self._context)


@pytest.fixture(scope="module")
def ports(image: str, certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    https, http = free_port(), free_port()
    override = (ROOT / "deploy/compose.tls.yaml").read_text()
    variables = {"HTTPS_PORT": f"127.0.0.1:{https}", "HTTP_PORT": f"127.0.0.1:{http}"}
    folder = tmp_path_factory.mktemp("stack")
    running = Stack(f"{PROJECT}-tls", folder, override, TLS_DIR=str(certificate.parent), **variables)
    yield https, http
    running.down()


def test_a_reply_streams_by_https_with_hsts(ports: tuple[int, int], certificate: Path) -> None:
    client = Encrypted(ports[0], certificate)
    reply: Reply = client.say("hello")
    assert reply.headers["Strict-Transport-Security"] == "max-age=31536000"
    state, errors = reply.follow()
    assert not errors
    assert state["provider"] == "completed"


def test_plain_http_is_redirected_to_https(ports: tuple[int, int]) -> None:
    reply = Client("127.0.0.1", ports[1]).get("/health?x=1")
    assert (reply.status, reply.headers["Location"]) == (308, "https://127.0.0.1/health?x=1")
