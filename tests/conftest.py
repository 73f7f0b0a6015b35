import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import hypothesis
import pytest

from tests.programs import require
from tests.server import Server, Valkey, stop_all
from tests.wire import Client

# The same examples every time: whether CI passes must not depend on chance.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("repeatable")


class StartServer(Protocol):
    def __call__(self, **variables: str) -> Server: ...


@pytest.fixture(scope="module")
def start_server() -> Iterator[StartServer]:
    """Starts servers with settings of their own; they are stopped when the module's tests are done."""
    servers: list[Server] = []

    def start(**variables: str) -> Server:
        servers.append(Server(**variables))
        return servers[-1]

    yield start
    stop_all(servers)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server with its default settings, except for a mock without pauses."""
    server = Server()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """A Valkey for all tests; one that disturbs it starts its own. VALKEY_PORT is the port of one that already runs."""
    port = os.environ.get("VALKEY_PORT")
    server = Valkey(int(port) if port else None)
    yield server
    server.kill()


@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    """One that the test may disturb."""
    server = Valkey()
    yield server
    server.kill()


@pytest.fixture
def client(server: Server) -> Client:
    return Client(server.host, server.port)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, in a folder laid out as TLS_DIR."""
    folder = tmp_path_factory.mktemp("tls")
    folder.chmod(0o755)
    chain, key = folder / "fullchain.pem", folder / "privkey.pem"
    command = (
        f"{require('openssl')} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=test"
    )
    extra = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(chain)]
    subprocess.run([*command.split(), *extra], check=True, capture_output=True)
    key.chmod(0o644)
    return chain
