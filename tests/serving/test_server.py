"""The draining server under any ASGI application: it waits for what the application says, and for nothing else."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import ROOT, environment

APPLICATION = Path(__file__).parent / "application.py"


def serve(*arguments: str) -> subprocess.Popen[str]:
    """A server of its own process that has started."""
    server = subprocess.Popen(
        [sys.executable, str(APPLICATION), *arguments],
        env=environment(),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert line(server) == "started"
    return server


def line(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    return server.stdout.readline().strip()


def test_it_stops_when_its_application_has_drained() -> None:
    with serve("drain") as server:
        server.send_signal(signal.SIGTERM)
        assert line(server) == "begin"
        assert line(server) == "drain"
        assert server.poll() is None
        assert server.stdin is not None
        server.stdin.write("drained\n")
        server.stdin.flush()
        assert line(server) == "shutdown"
        assert server.wait(30) == -signal.SIGTERM  # uvicorn raises the signal again once it has stopped


@pytest.mark.parametrize("kind", ["no drain", "no lifespan"])
def test_without_a_drain_it_stops_as_uvicorn_does(kind: str) -> None:
    with serve(kind) as server:
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == -signal.SIGTERM
