"""Sentinels with a primary and a replica, and a cluster: real servers on free ports, which tests may kill and stop."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redis import Redis
from redis.crc import key_slot
from redis.exceptions import RedisError

from tests.server import Valkey, free_port

NAME = "main"
_CLUSTER_NODES = 6
_NODE_TIMEOUT = "2000"  # ms, after which the others take a node for failing


def until(holds: Callable[[], object]) -> None:
    """Waits until it holds. What is asked may be away, or may not know yet."""
    deadline = time.monotonic() + 60
    while True:
        try:
            if holds():
                return
        except (RedisError, OSError, AssertionError, KeyError, IndexError):
            pass
        assert time.monotonic() < deadline, "it did not happen within a minute"
        time.sleep(0.05)


def ask(node: Valkey, *words: str | int) -> Any:
    """A command's answer."""
    with Redis(port=node.port, decode_responses=True, socket_timeout=5) as client:
        return client.execute_command(*words)


def knows(node: Valkey, command: str) -> bool:
    """Whether a server has a command: Redis 7.0 lacks some of Valkey 9."""
    return node.command("COMMAND", "DOCS", command) != "*0"


def _folder(parent: Path, number: int) -> str:
    """One for each node."""
    (parent / str(number)).mkdir()
    return str(parent / str(number))


class Sentinels:
    """A primary, its replicas, and three Sentinels, which take a server for dead after a second."""

    def __init__(
        self, folder: Path, *options: str, replicas: int = 1, sentinel_options: str = "", monitor_options: str = "",
        tls_port: int = 0, password: str | None = None, sentinel_password: str | None = None,
    ) -> None:  # fmt: skip
        self._sentinel_password = sentinel_password
        self.needed = replicas  # how many must follow before a failover
        options += ("--repl-diskless-sync-delay", "0", "--dir")  # replicas leave a file there, which a start reads
        first = Valkey(None, *options, _folder(folder, 0))
        self.nodes = [first]
        self.nodes += [
            Valkey(None, *options, _folder(folder, number), "--replicaof", f"127.0.0.1 {first.port}")
            for number in range(1, replicas + 1)
        ]
        if password:
            for node in self.nodes:
                ask(node, "CONFIG", "SET", "masterauth", password)
                ask(node, "CONFIG", "SET", "requirepass", password)
        self.ports = [free_port() for _ in range(3)]
        self.processes = []
        for number, port in enumerate(self.ports):
            lines = [f"port {port}", "bind 127.0.0.1", sentinel_options]
            lines += [f"tls-port {tls_port}"] * (tls_port > 0 and number == 0)
            lines += [f"sentinel monitor {NAME} 127.0.0.1 {first.port} 2", monitor_options]
            lines += [f"sentinel down-after-milliseconds {NAME} 1000", f"sentinel failover-timeout {NAME} 5000"]
            file = folder / f"{port}.conf"
            file.write_text("\n".join(lines) + "\n")
            self.processes.append(self._start(file))
        self.url = f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in self.ports)}/{NAME}"
        until(self._agree)

    def _start(self, file: Path) -> subprocess.Popen[bytes]:
        command = [self.nodes[0].program, str(file), "--sentinel"]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def _sentinel(self, port: int) -> Redis:
        return Redis(port=port, password=self._sentinel_password)

    def _agree(self) -> bool:
        for port in self.ports:
            with self._sentinel(port) as sentinel:
                state = sentinel.sentinel_master(NAME)
                replicas = sentinel.sentinel_slaves(NAME)
            in_step = [each for each in replicas if each["master-link-status"] == "ok"]
            if len(in_step) < self.needed or state["num-other-sentinels"] < len(self.ports) - 1:
                return False
        return True

    @property
    def primary(self) -> Valkey:
        """The one that a living Sentinel names."""
        living = next(port for port, each in zip(self.ports, self.processes, strict=True) if each.poll() is None)
        with self._sentinel(living) as sentinel:
            port = sentinel.sentinel_master(NAME)["port"]
        return next(node for node in self.nodes if node.port == port)

    def fail_over(self, *how: str) -> None:
        """A planned failover, which has happened when this returns. `how` may be COORDINATED."""
        before = self.primary
        with self._sentinel(self.ports[-1]) as sentinel:
            sentinel.execute_command("SENTINEL", "FAILOVER", NAME, *how)
        until(lambda: self.primary is not before)

    def settle(self) -> None:
        """Starts what is dead, and waits until the replicas follow, as Sentinels must know before the next failover."""
        for node in self.nodes:
            assert node.process is not None
            if node.process.poll() is not None:
                node.start()
        until(self._agree)

    def kill(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        for node in self.nodes:
            node.kill()


class Cluster:
    """Three primaries and a replica of each."""

    def __init__(self, folder: Path, prefix: str = "assistant") -> None:
        self.slot = key_slot(f"{{{prefix}}}".encode())
        self._buses: list[int] = []  # the ports by which the nodes talk to each other
        self.nodes = [self._start(folder, number) for number in range(_CLUSTER_NODES)]
        self.ids = {ask(node, "CLUSTER", "MYID"): node for node in self.nodes}
        for node in self.nodes[1:]:
            ask(node, "CLUSTER", "MEET", "127.0.0.1", self.nodes[0].port, self._buses[0])
        half = _CLUSTER_NODES // 2
        for number, node in enumerate(self.nodes[:half]):
            first, last = 16384 * number // half, 16384 * (number + 1) // half - 1
            ask(node, "CLUSTER", "ADDSLOTSRANGE", first, last)
        until(lambda: all(ask(node, "CLUSTER INFO")["cluster_known_nodes"] == "6" for node in self.nodes))
        for primary, replica in zip(self.nodes[:half], self.nodes[half:], strict=True):
            name = ask(primary, "CLUSTER", "MYID")
            until(lambda replica=replica, name=name: ask(replica, "CLUSTER", "REPLICATE", name))  # type: ignore[misc]
        self.url = f"redis+cluster://{','.join(f'127.0.0.1:{node.port}' for node in self.nodes[:half])}"
        self.settle()

    def _start(self, folder: Path, number: int) -> Valkey:
        self._buses.append(free_port())
        options = ("--cluster-enabled", "yes", "--dir", _folder(folder, number), "--cluster-port", str(self._buses[-1]))
        return Valkey(None, *options, "--cluster-node-timeout", _NODE_TIMEOUT, "--repl-diskless-sync-delay", "0")

    @property
    def primary(self) -> Valkey:
        """The primary of the run log's slot, as it says itself, for the others may not have heard yet."""
        for node in self.nodes:
            if node.process and node.process.poll() is None and self._is_primary(node):
                return node
        raise AssertionError("no primary")

    def _is_primary(self, node: Valkey) -> bool:
        return any(
            first <= self.slot <= last and primary[1] == node.port
            for first, last, primary, *_ in ask(node, "CLUSTER", "SLOTS")
        )

    def replica(self, of: Valkey) -> Valkey:
        name = ask(of, "CLUSTER", "MYID")
        return next(
            node
            for node in self.nodes
            if name in ask(node, "CLUSTER NODES").get(f"127.0.0.1:{node.port}", {}).get("master_id", "")
        )

    def fail_over(self) -> None:
        """A planned failover, which waits for the replica: nothing is lost."""
        replica = self.replica(self.primary)
        ask(replica, "CLUSTER", "FAILOVER")
        until(lambda: self.primary is replica)

    def migrate(self, hold: Callable[[], None] = lambda: None) -> None:
        """Moves the slot to another primary, key by key, and does `hold` when half of them have moved."""
        source = self.primary
        target = next(node for node in self.nodes if node is not source and ask(node, "ROLE")[0] == "master")
        ids = {node.port: name for name, node in self.ids.items()}
        ask(target, "CLUSTER", "SETSLOT", self.slot, "IMPORTING", ids[source.port])
        ask(source, "CLUSTER", "SETSLOT", self.slot, "MIGRATING", ids[target.port])
        moved = 0
        while keys := ask(source, "CLUSTER", "GETKEYSINSLOT", self.slot, 20):
            ask(source, "MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *keys)
            moved += 1
            if moved == 1:
                hold()
        for node in (target, source):
            ask(node, "CLUSTER", "SETSLOT", self.slot, "NODE", ids[target.port])

    def migrate_at_once(self) -> None:
        """The same as Valkey 9 does it by itself."""
        source = self.primary
        target = next(node for node in self.nodes if node is not source and ask(node, "ROLE")[0] == "master")
        name = ask(target, "CLUSTER", "MYID")
        ask(source, "CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", self.slot, self.slot, "NODE", name)
        until(lambda: self.primary is target)

    def settle(self) -> None:
        """Starts what is dead, and waits until all agree that all is well."""
        for node in self.nodes:
            if node.process and node.process.poll() is not None:
                node.start()
        until(lambda: all(self._is_well(node) for node in self.nodes))

    def _is_well(self, node: Valkey) -> bool:
        role = ask(node, "ROLE")
        state = ask(node, "CLUSTER INFO")["cluster_state"]
        flags = " ".join(each["flags"] for each in ask(node, "CLUSTER NODES").values())
        replicas = sum("slave" in each["flags"] for each in ask(node, "CLUSTER NODES").values())
        follows = role[0] == "master" or role[3] == "connected"
        return state == "ok" and follows and "fail" not in flags and replicas == _CLUSTER_NODES // 2

    def kill(self) -> None:
        for node in self.nodes:
            node.kill()
