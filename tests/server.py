"""Real server processes for the tests."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from assistant_backend import project
from tests.programs import require

ROOT = Path(__file__).resolve().parents[1]
NAME: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"]
# What a test says of the template as it is: without users, sessions and a database of its own.
without_admin = pytest.mark.skipif(project.ADMIN, reason="the project has the admin")
GUNICORN = (sys.executable, str(ROOT / "docker/serve.py"))


_taken: set[int] = set()


def free_port() -> int:
    """A port that nobody listens on, and that no earlier call has given: its server may not have started yet."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in _taken:
            _taken.add(port)
            return port


def environment(**overrides: str) -> dict[str, str]:
    """The environment of a test server: of this process's only PATH and the like, plus what every test server needs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SSL_CERT_FILE") if name in os.environ}
    return kept | {
        "IGNORE_DOT_ENV": "1",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests/fixtures'}",
        "WEB_CONCURRENCY": "1",
        "MOCK_DELAY_SECONDS": "0",
        "SECRET_KEY": "a-key-for-tests-that-is-long-enough-to-pass-every-check",
        **({"DATABASE_URL": "sqlite://:memory:"} if project.ADMIN else {}),
        **overrides,
    }


class Valkey:
    """A Valkey or Redis server on a free port, without persistence. Tests may kill, stop and start it."""

    def __init__(self, port: int | None = None, *options: str) -> None:
        self.port = port or free_port()
        self.options = options
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None
        if port is not None:
            return
        self.program = require("valkey-server", "redis-server")
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        options += self.options
        self.process = subprocess.Popen(
            [str(self.program), *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd="/tmp"
        )
        while not self.answers():
            assert self.process.poll() is None, "the server did not start"
            time.sleep(0.02)

    def answers(self) -> bool:
        try:
            return self.command("PING") == "+PONG"
        except OSError:
            return False

    def command(self, *words: str) -> str:
        """Sends a command; returns the first line of the response."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(" ".join(words).encode() + b"\r\n")
            return connection.makefile().readline().strip()

    def text(self, *words: str) -> str:
        """Sends a command whose response is a string; returns it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(" ".join(words).encode() + b"\r\n")
            answer = connection.makefile(newline="")
            return answer.read(int(answer.readline()[1:]))

    def lines(self, *words: str) -> list[str]:
        """Sends a command whose response is a list of strings; returns them."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(" ".join(words).encode() + b"\r\n")
            answer = connection.makefile()
            count = int(answer.readline()[1:])
            return [(answer.readline(), answer.readline().strip())[1] for _ in range(count)]

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class Server:
    """A server process on a free port of 127.0.0.1. It has started when the constructor returns."""

    folder = ROOT
    probe = "/health/startup"
    probe_status = 200

    def __init__(self, command: Sequence[str] = GUNICORN, **variables: str) -> None:
        self.host, self.port = variables.pop("HOST", "127.0.0.1"), free_port()
        self._log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [word.replace("{port}", str(self.port)) for word in command],
            env=self.environment(HOST=self.host, PORT=str(self.port), **variables),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 60
        while not self._started():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"the server did not start:\n{self.log()}")
            time.sleep(0.05)

    def _started(self) -> bool:
        connection = HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request("GET", self.probe)
            return connection.getresponse().status == self.probe_status
        except OSError:
            return False
        finally:
            connection.close()

    def environment(self, **variables: str) -> dict[str, str]:
        return environment(**variables)

    def workers(self) -> set[int]:
        """The process ids of gunicorn's workers."""
        master = self.process.pid
        return set(map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split()))

    def log(self) -> str:
        """All that it has printed so far."""
        if not self._log.closed:
            # Not by seek: the server writes where this very file stands, and what it writes meanwhile would be lost.
            descriptor = self._log.fileno()
            for _ in range(1000):
                printed = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
                if not printed or printed.endswith(b"\n") or self.process.poll() is not None:
                    break
                time.sleep(0.001)  # a line is being written: where it goes into a new page, its beginning comes first
            self._printed = printed.decode()
        return self._printed

    def kill(self) -> None:
        """Kills the process and its workers immediately."""
        for pid in (self.process.pid, *self.workers()):
            os.kill(pid, signal.SIGKILL)

    def stop(self) -> int:
        """Terminates the process and returns its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.log()
            self._log.close()


def stop_all(servers: Iterable[Server]) -> None:
    """Stops servers at the same time: each takes a moment, and a test with its fixtures has a limited time."""
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(Server.stop, servers))
