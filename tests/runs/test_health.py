"""Whether runs could be written to Valkey now: what the log says when they cannot, and when they can again."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from assistant_transport.runs import Quotas
from assistant_transport.runs.valkey import ValkeyLog
from tests.server import Valkey, free_port

SECRET = "pass-word-that-nobody-sees"


class Trouble(NamedTuple):
    kind: str
    begin: tuple[str, ...] = ()
    mend: tuple[str, ...] = ()


# Each begins while the log is open, and is mended afterwards.
TROUBLES = [
    Trouble("full", ("CONFIG SET maxmemory 1",), ("CONFIG SET maxmemory 0",)),
    Trouble("read_only", ("REPLICAOF 127.0.0.1 1",), ("REPLICAOF NO ONE",)),
    Trouble("no_replicas", ("CONFIG SET min-replicas-to-write 1",), ("CONFIG SET min-replicas-to-write 0",)),
    Trouble("not_allowed", ("ACL SETUSER app -xadd",), ("ACL SETUSER app +xadd",)),
    Trouble(
        "wrong_password",
        ("ACL SETUSER app resetpass >another", "CLIENT KILL USER app"),
        (f"ACL SETUSER app >{SECRET}",),
    ),
    Trouble("too_many_clients", ("CONFIG SET maxclients 1", "CLIENT KILL USER app"), ("CONFIG SET maxclients 1000",)),
]


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    server = Valkey()
    server.command("ACL", "SETUSER", "app", "on", f">{SECRET}", "~*", "+@all")
    server.url = server.url.replace("//", f"//app:{SECRET}@")
    yield server
    server.kill()


def log(url: str) -> ValkeyLog:
    return ValkeyLog(
        url, prefix="assistant", ttl=60.0, lease=1.0, max_run_seconds=60.0, cancel=lambda run_id: None, quotas=Quotas()
    )


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.02)


def watch(url: str, *steps: tuple[Callable[[], object], str | None]) -> None:
    """Does each step, then waits until an idle log has that problem."""

    async def work() -> None:
        idle = log(url)
        await idle.open()
        for do, problem in steps:
            do()
            await until(lambda problem=problem: idle.problem == problem)  # type: ignore[misc]
        await idle.close()

    asyncio.run(asyncio.wait_for(work(), 30))


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.kind)
def test_what_is_wrong_is_said_once_and_so_is_its_end(
    valkey: Valkey, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", valkey.port)) as control, control.makefile() as answers:

        def send(commands: tuple[str, ...]) -> None:
            for command in commands:
                control.sendall(f"{command}\r\n".encode())
                assert answers.readline()[0] in "+:"

        watch(
            valkey.url,
            (lambda: None, None),
            (lambda: send(trouble.begin), trouble.kind),
            (lambda: send(trouble.mend), None),
        )
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert lines[0].startswith(f"The run log is unavailable ({trouble.kind}): ")
    assert lines[1].startswith("The run log is available again after ")
    assert len(lines) == 2
    assert SECRET not in caplog.text


def test_a_restart_is_said(valkey: Valkey, caplog: pytest.LogCaptureFixture) -> None:
    def restart() -> None:
        valkey.start()
        valkey.command("ACL", "SETUSER", "app", "on", f">{SECRET}", "~*", "+@all")

    watch(valkey.url, (lambda: None, None), (valkey.kill, "unreachable"), (restart, None))
    assert "nothing listens" in caplog.text
    assert "available again" in caplog.text


def test_what_is_wrong_from_the_start_is_said(
    valkey: Valkey, certificate: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tls = free_port()
    files = ("--tls-cert-file", str(certificate), "--tls-key-file", str(certificate.with_name("privkey.pem")))
    secure = Valkey(None, "--tls-port", str(tls), *files, "--tls-auth-clients", "no")
    address = f"127.0.0.1:{tls}/0"
    try:
        for url, problem in {
            f"redis://app:{SECRET}@127.0.0.1:{free_port()}/0": "unreachable",
            f"redis://app:{SECRET}@no-such-host.invalid:6379/0": "unreachable",
            valkey.url.replace(SECRET, "wrong"): "wrong_password",
            valkey.url.replace("/0", "/99"): "wrong_database",
            valkey.url.replace("redis:", "rediss:"): "timeout",
            f"rediss://{address}": "tls",
            f"redis://{address}": "closed",
            f"rediss://{address}?ssl_ca_certs={certificate}": None,
        }.items():
            caplog.clear()
            watch(url, (lambda: None, problem))
            assert len(caplog.records) == (problem is not None), (url, caplog.text)
            assert SECRET not in caplog.text
    finally:
        secure.kill()


def test_a_node_of_a_cluster_is_no_single_node(tmp_path: Path) -> None:
    files = ("--dir", str(tmp_path), "--cluster-port", str(free_port()))
    node = Valkey(None, "--cluster-enabled", "yes", "--cluster-require-full-coverage", "no", *files)
    try:
        assert node.command("CLUSTER", "ADDSLOTSRANGE", "0", "8191") == "+OK"
        watch(node.url, (lambda: None, "cluster"))
    finally:
        node.kill()
