"""Starts real server processes for the tests, and stops them."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", str(ROOT / "docker/gunicorn.conf.py"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**overrides: str) -> dict[str, str]:
    """This process's environment without the project's settings, plus what every test server needs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SSL_CERT_FILE") if name in os.environ}
    return kept | {
        "IGNORE_DOT_ENV": "1",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests/fixtures'}",
        "WEB_CONCURRENCY": "1",
        "MOCK_DELAY_SECONDS": "0",
        "SECRET_KEY": "a-key-for-tests-that-is-long-enough-to-pass-every-check",
        **overrides,
    }


class Server:
    """A server process on a free port of 127.0.0.1, up when the constructor returns."""

    def __init__(self, command: Sequence[str] = GUNICORN, **variables: str) -> None:
        self.host, self.port = "127.0.0.1", free_port()
        self._log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command,
            env=environment(HOST=self.host, PORT=str(self.port), **variables),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 30
        while not self._started():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"the server did not start:\n{self.log()}")
            time.sleep(0.05)

    def _started(self) -> bool:
        connection = HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request("GET", "/health/startup")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def log(self) -> str:
        """All that it has printed so far."""
        if not self._log.closed:
            self._log.seek(0)
            self._printed = self._log.read().decode()
        return self._printed

    def stop(self) -> int:
        """Terminates the process and returns its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.log()
            self._log.close()
