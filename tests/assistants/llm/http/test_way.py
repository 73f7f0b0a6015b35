"""The way to a provider in a company's network: its proxy, and its own authorities."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from assistant_transport.assistants.llm.http import Client, UnreachableError
from tests.assistants.llm.http.scripted import Peer, Scripted, answering, run

PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its key, as an authority that nobody knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + secret)
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Scripted]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with Scripted(answering, tls) as server:
        yield server


async def ask(client: Client) -> bytes:
    async with client.post("/v1/chat", b"{}", 5.0) as response:
        return await response.read_up_to(100)


def play(url: str) -> bytes:
    client = Client(url, {})
    answer: bytes = run(ask(client), client)
    return answer


def test_a_server_whose_authority_is_unknown_is_not_spoken_to(secure: Scripted) -> None:
    with pytest.raises(UnreachableError, match="certificate verify failed"):
        play(f"https://127.0.0.1:{secure.port}")
    assert not any(peer.requests for peer in secure.peers)


def test_an_authority_is_added_by_ssl_cert_file(
    secure: Scripted, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert play(f"https://127.0.0.1:{secure.port}") == b"hello"
    with pytest.raises(UnreachableError, match="certificate"):
        play(f"https://localhost:{secure.port}")  # it is another name's


async def proxy(peer: Peer) -> None:
    """Connects to where it is told to, if it is told the password."""
    request = await peer.request()
    if b"Proxy-Authorization: Basic dXNlcjpwQHNz\r\n" not in request:
        await peer.send("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        return
    host, _, port = request.split()[1].decode().rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    await peer.send("HTTP/1.1 200 Connection established\r\n\r\n")
    try:
        await asyncio.gather(_pump(peer.reader, writer), _pump(reader, peer.writer))
    finally:
        writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_connects_to_the_server_and_sees_nothing(
    secure: Scripted, certificate: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Scripted(proxy) as between:
        monkeypatch.setenv(name, f"http://user:p%40ss@127.0.0.1:{between.port}")
        assert play(f"https://127.0.0.1:{secure.port}") == b"hello"
        assert between.peers[0].requests[0].startswith(f"CONNECT 127.0.0.1:{secure.port} HTTP/1.1\r\n".encode())
        assert b"Proxy-Authorization" not in secure.peers[0].requests[0]


def test_a_proxy_that_refuses_is_named(secure: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(proxy) as between:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{between.port}")
        with pytest.raises(UnreachableError, match="the proxy answered 407"):
            play(f"https://127.0.0.1:{secure.port}")
    assert not secure.peers


def test_without_encryption_the_proxy_takes_the_request_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted(answering) as between:
        monkeypatch.setenv("HTTP_PROXY", f"user:p%40ss@127.0.0.1:{between.port}")
        assert play("http://model.example:8000/api") == b"hello"
        (request,) = between.peers[0].requests
    assert request.startswith(b"POST http://model.example:8000/api/v1/chat HTTP/1.1\r\nHost: model.example:8000\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjpwQHNz\r\n" in request


@pytest.mark.parametrize("without", ["127.0.0.1", "*", "example.com,127.0.0.1"])
def test_who_needs_no_proxy_is_asked_without(monkeypatch: pytest.MonkeyPatch, without: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", without)
    with Scripted(answering) as server:
        assert play(f"http://127.0.0.1:{server.port}") == b"hello"


@pytest.mark.parametrize("url", ["socks5://127.0.0.1:1080", "https://127.0.0.1:3128"])
def test_a_proxy_of_another_kind_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", url)
    with pytest.raises(ValueError, match="HTTPS_PROXY: a proxy must be http://host:port, not"):
        Client("https://api.example.com", {})
