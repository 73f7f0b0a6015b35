"""The measured servers: each is one process, besides gunicorn's master, on a free port of 127.0.0.1."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from tests.server import GUNICORN, ROOT, Server, Valkey

RAW, UPSTREAM, WITHOUT_LOG, MEMORY, EACH_TOKEN, VALKEY = (
    "raw",
    "upstream",
    "without log",
    "memory",
    "each token",
    "valkey",
)

PROVIDERS = ("chat", "responses", "anthropic")  # the formats of tests.providers

_PYTHON = (sys.executable, "-m")


@dataclass
class Measured:
    """A server, and the process of its run log, if any."""

    server: Server
    log_pid: int = 0
    only_cost: bool = False  # a stub provider's tokens have no timestamps

    def measure(self) -> dict[str, float]:
        """Measures the server once."""
        pids = (str(self.server.process.pid), str(self.log_pid))
        command = [*_PYTHON, "benchmarks.client", str(self.server.port), *pids, str(int(self.only_cost))]
        printed = subprocess.run(command, cwd=ROOT, timeout=60, check=True, stdout=subprocess.PIPE).stdout
        found: dict[str, float] = json.loads(printed)
        return found


@dataclass
class Servers:
    """All servers by name; `upstream` says what the peer runs on, `log` which program keeps the log, if any."""

    by_name: dict[str, Measured]
    upstream: str
    log: str


@contextmanager
def start() -> Iterator[Servers]:
    """Starts every server that is available, and stops them all at the end."""
    with ExitStack() as stack:
        packages = stack.enter_context(TemporaryDirectory())
        has_fastapi = _install_fastapi(packages)

        def server(command: tuple[str, ...] = GUNICORN, **variables: str) -> Server:
            assistant = {"ASSISTANT": "benchmarks.assistant.Assistant", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
            started = Server(command, **(assistant | variables))
            stack.callback(started.stop)
            return started

        by_name = {
            RAW: Measured(server((*_PYTHON, "benchmarks.raw"))),
            UPSTREAM: Measured(server((*_PYTHON, "benchmarks.upstream"), BENCHMARK_PACKAGES=packages)),
            EACH_TOKEN: Measured(server(FLUSH_INTERVAL_MS="0")),
            WITHOUT_LOG: Measured(server((*GUNICORN, "benchmarks.without_log:application"))),
            MEMORY: Measured(server()),
        }
        for name in PROVIDERS:
            stub = subprocess.Popen([*_PYTHON, "benchmarks.provider", name], cwd=ROOT, stdout=subprocess.PIPE)
            stack.callback(stub.wait)
            stack.callback(stub.kill)
            assert stub.stdout is not None
            settings = json.loads(stub.stdout.readline())
            by_name[name] = Measured(server(ASSISTANT="auto", **settings), only_cost=True)
        log = shutil.which("valkey-server") or shutil.which("redis-server")
        if log is not None:
            valkey = Valkey()
            stack.callback(valkey.kill)
            assert valkey.process is not None
            by_name[VALKEY] = Measured(server(REDIS_URL=valkey.url), valkey.process.pid)
        yield Servers(by_name, "FastAPI" if has_fastapi else "Starlette and Pydantic", _version(log))


def _install_fastapi(folder: str) -> bool:
    """Installs FastAPI into a folder of its own; returns False if no package index can be reached."""
    options = ["--quiet", "--disable-pip-version-check", "--target", folder]
    command = [*_PYTHON, "pip", "install", *options, "fastapi"]
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _version(program: str | None) -> str:
    """`Redis server v=7.0.15 …` as `Redis 7.0.15`; empty without a program."""
    if program is None:
        return ""
    words = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()
    return f"{words[0]} {next(word for word in words if word.startswith('v=')).removeprefix('v=')}"
