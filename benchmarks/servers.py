"""The measured servers: each is one process, besides gunicorn's master, on a free port of 127.0.0.1."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks import pinning
from benchmarks.processes import children, resident_mb
from tests.server import GUNICORN, ROOT, Server, Valkey, environment

WITHOUT_LOG, MEMORY, VALKEY = "without log", "memory", "valkey"

PROVIDERS = ("chat", "responses", "anthropic")  # the formats of tests.providers
BY_HAND = {name: f"{name} by hand" for name in PROVIDERS}

_PYTHON = (sys.executable, "-m")
_PEER = (str(ROOT / "build/benchmarks/bin/python"), "-m")  # the environment of benchmarks/requirements.txt
_STREAMS = 50
_MODEL_STREAMS = 100


@dataclass
class Measured:
    """A server, and the process of its run log, if any."""

    server: Server
    log_pid: int = 0
    streams: int = _STREAMS  # paced replies at once

    def measure(self) -> dict[str, float]:
        """Measures the server once; its memory is that after so many replies."""
        pids = (str(self.server.process.pid), str(self.log_pid))
        command = [*_PYTHON, "benchmarks.client", str(self.server.port), *pids, str(self.streams)]
        printed = subprocess.run(command, cwd=ROOT, timeout=180, check=True, stdout=subprocess.PIPE).stdout
        found: dict[str, float] = json.loads(printed)
        master = self.server.process.pid
        worker = next(iter(children(master)), master)  # a peer's only process serves by itself
        return found | {"worker_mb": resident_mb(worker), "master_mb": resident_mb(master)}


@dataclass
class Servers:
    """All servers by name; `log` says which program keeps the log, if any, `settings` those of each provider."""

    by_name: dict[str, Measured]
    settings: dict[str, dict[str, str]]
    log: str


@contextmanager
def start(*, models: bool) -> Iterator[Servers]:
    """Starts every server that is available, with `models` those of models too, and stops them all at the end."""
    with ExitStack() as stack:

        def server(command: tuple[str, ...] = GUNICORN, **variables: str) -> Server:
            assistant = {"ASSISTANT": "benchmarks.assistant.Assistant", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
            with pinning.server():
                started = Server(command, **(assistant | variables))
            stack.callback(started.stop)
            return started

        by_name = {
            WITHOUT_LOG: Measured(server((*GUNICORN, "benchmarks.without_log:application"))),
            MEMORY: Measured(server()),
        }
        settings = {name: _start_provider(name, stack) for name in PROVIDERS if models}
        for name in settings:
            by_name[name] = Measured(server(ASSISTANT="auto", **settings[name]), streams=_MODEL_STREAMS)
            by_hand = server((*_PEER, "benchmarks.by_hand", name), PYTHONPATH=str(ROOT), **settings[name])
            by_name[BY_HAND[name]] = Measured(by_hand, streams=_MODEL_STREAMS)
        log = shutil.which("valkey-server") or shutil.which("redis-server")
        if log is not None:
            valkey = Valkey()
            stack.callback(valkey.kill)
            assert valkey.process is not None
            by_name[VALKEY] = Measured(server(REDIS_URL=valkey.url), valkey.process.pid)
        yield Servers(by_name, settings, _version(log))


def _start_provider(name: str, stack: ExitStack) -> dict[str, str]:
    """Starts the stub provider of a format; returns the settings of a server that uses it."""
    stub = subprocess.Popen([*_PYTHON, "benchmarks.provider", name], cwd=ROOT, stdout=subprocess.PIPE)
    stack.callback(stub.wait)
    stack.callback(stub.kill)
    assert stub.stdout is not None
    settings: dict[str, str] = json.loads(stub.stdout.readline())
    return settings


def import_seconds(name: str, settings: dict[str, str], *, by_hand: bool) -> float:
    """The CPU time of a process that only imports a server of a provider's format."""
    if by_hand:
        code, python = f"import sys; sys.argv[1:] = [{name!r}]; import benchmarks.by_hand", _PEER[0]
    else:
        code, python = "import assistant_backend.asgi", sys.executable
    variables = environment(PYTHONPATH=f"{ROOT / 'src'}:{ROOT}", **settings)
    process = subprocess.Popen([python, "-c", code], cwd=ROOT, env=variables)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


def _version(program: str | None) -> str:
    """`Redis server v=7.0.15 …` as `Redis 7.0.15`; empty without a program."""
    if program is None:
        return ""
    words = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()
    return f"{words[0]} {next(word for word in words if word.startswith('v=')).removeprefix('v=')}"
