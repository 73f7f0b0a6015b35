"""Listening on IPv6, alone or beside IPv4."""

import os
import subprocess
import sys

import pytest

from tests.conftest import StartServer
from tests.server import ROOT
from tests.wire import Client


@pytest.mark.parametrize(("host", "addresses"), [("::", ["::1", "127.0.0.1"]), ("::1", ["::1"])])
def test_it_listens_there_and_the_health_check_finds_it(
    start_server: StartServer, host: str, addresses: list[str]
) -> None:
    server = start_server(HOST=host)
    for address in addresses:
        assert '"completed"' in Client(address, server.port).say("hello").body().decode()
    command = [sys.executable, str(ROOT / "docker/healthcheck.py")]
    subprocess.run(command, env={**os.environ, "PORT": str(server.port)}, check=True, timeout=30)
