"""What a reply and its reader need of a proxy, with each proxy as docs/proxies.md configures it."""

import json
import os
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.programs import require
from tests.proxies.proxy import KINDS, Proxy
from tests.server import Server, free_port
from tests.wire import Client, message

pytestmark = pytest.mark.timeout(300)

# What the app has to do for a restart without a lost reply, where a proxy cannot send a request again.
NOTICE = {"traefik": {"DRAIN_NOTICE_SECONDS": "4"}}
LONG_SILENCE_SECONDS = 20  # longer than Envoy lets a route be by default, and than nothing would be noticed by writing

RESTARTED = {"MOCK_DELAY_SECONDS": "0.02"}

InFrontOf = Callable[[Server, Server], Proxy]


class Replica(Server):
    """A server that starts at the same port again."""

    def __init__(self, port: int, **variables: str) -> None:
        self._port = port
        super().__init__(**variables)

    def environment(self, **variables: str) -> dict[str, str]:
        self.port = self._port
        return super().environment(**variables | {"PORT": str(self._port)})


# `make test-proxies` sets ALL_PROXIES; `make test` plays the two that come with its own packages.
@pytest.fixture(params=KINDS if "ALL_PROXIES" in os.environ else ("nginx", "caddy"))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def in_front_of(name: str, tmp_path: Path) -> Iterator[InFrontOf]:
    proxies: list[Proxy] = []

    def start(one: Server, two: Server) -> Proxy:
        proxies.append(Proxy(name, tmp_path, [one.port, two.port]))
        return proxies[-1]

    yield start
    for proxy in proxies:
        proxy.stop()


@pytest.fixture(scope="module")
def lock_step() -> Iterator[Server]:
    """A server that writes when it is told to, and is silent for long."""
    server = Server(
        ASSISTANT="acme.assistants.LockStep",
        HEARTBEAT_SECONDS=str(LONG_SILENCE_SECONDS),
        ANONYMOUS_GRACE_SECONDS="0",
    )
    yield server
    server.stop()


def confirm(server: Server) -> None:
    Client(server.host, server.port).send({"type": "confirm"}).body()


def skip_to(lines: Iterator[str], text: str) -> None:
    while text not in next(lines):
        pass


def skip_to_heartbeat(lines: Iterator[str]) -> None:
    while next(lines):
        pass


def test_each_word_arrives_before_the_next_is_written_and_a_long_silence_cuts_nothing(
    lock_step: Server, in_front_of: InFrontOf
) -> None:
    proxy = in_front_of(lock_step, lock_step)
    with Client("127.0.0.1", proxy.port).say("20") as reply:
        lines = reply.lines()
        for number in range(20):
            skip_to(lines, f'"{number} "')
            if number == 10:
                skip_to_heartbeat(lines)
            confirm(lock_step)
        assert "completed" in "".join(lines)


def test_by_http2_too(lock_step: Server, in_front_of: InFrontOf, tmp_path: Path) -> None:
    proxy = in_front_of(lock_step, lock_step)
    body = tmp_path / "request"
    body.write_text(json.dumps({"commands": [message("3")]}))
    options = [
        "--http2-prior-knowledge",
        "-sSN",
        "-w",
        "\\nHTTP/%{http_version}\\n",
        "-H",
        "Content-Type: application/json",
    ]
    url = f"http://127.0.0.1:{proxy.port}/assistant"
    command = [require("curl"), *options, "--data-binary", f"@{body}", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as curl:
        assert curl.stdout is not None
        for number in range(3):
            skip_to(curl.stdout, f'"{number} "')
            confirm(lock_step)
        assert curl.stdout.read().endswith("\nHTTP/2\n")
    assert curl.returncode == 0


def test_a_reader_who_leaves_is_noticed(name: str, in_front_of: InFrontOf) -> None:
    # Varnish notices when it passes a heartbeat on; the others when the reader leaves.
    beat = "0.5" if name == "varnish" else str(LONG_SILENCE_SECONDS)
    server = Server(ASSISTANT="acme.assistants.LockStep", HEARTBEAT_SECONDS=beat, ANONYMOUS_GRACE_SECONDS="0")
    try:
        proxy = in_front_of(server, server)
        with Client("127.0.0.1", proxy.port).say("1") as reply:
            skip_to(reply.lines(), '"0 "')
        began = time.monotonic()
        Client(server.host, server.port).send({"type": "await-cancelled"}).body()
        assert time.monotonic() - began < LONG_SILENCE_SECONDS / 2
    finally:
        server.stop()


def test_a_body_that_is_too_large_is_a_413(lock_step: Server, in_front_of: InFrontOf, tmp_path: Path) -> None:
    proxy = in_front_of(lock_step, lock_step)
    body = tmp_path / "request"
    body.write_bytes(b" " * 9_000_000)
    url = f"http://127.0.0.1:{proxy.port}/assistant"
    options = ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: application/json", "-H", "Expect:"]
    command = [require("curl"), *options, "--data-binary", f"@{body}", url]
    assert subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout == "413"


class Load:
    """Clients that ask for one short reply after the other, through a proxy."""

    def __init__(self, port: int) -> None:
        self.outcomes: Counter[str] = Counter()
        self._client = Client("127.0.0.1", port)
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(8)]
        for thread in self._threads:
            thread.start()

    def _ask(self) -> None:
        while not self._stopped.is_set():
            self.outcomes[self._outcome()] += 1

    def _outcome(self) -> str:
        try:
            reply = self._client.say("Hi")
            if reply.status != 200:
                return f"refused: {reply.status}"
            return "; ".join(reply.follow()[1]) or "whole"
        except (OSError, HTTPException, AssertionError) as error:
            return f"cut: {error!r}"

    def stop(self) -> Counter[str]:
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        return self.outcomes


def test_a_rolling_restart_loses_no_reply(name: str, in_front_of: InFrontOf) -> None:
    replicas = [Replica(free_port(), **RESTARTED, **NOTICE.get(name, {})) for _ in range(2)]
    proxy = in_front_of(*replicas)
    load = Load(proxy.port)
    try:
        for place, replica in enumerate(replicas):
            for each in replicas:
                serves(each)
            # It goes on for a while, in which the replica refuses others.
            long = Client(replica.host, replica.port).say("word " * 150)
            replica.process.terminate()
            assert long.follow()[1] == []
            replica.stop()
            replicas[place] = Replica(replica.port, **RESTARTED, **NOTICE.get(name, {}))
        serves(replicas[-1])
    finally:
        outcomes = load.stop()
        for replica in replicas:
            replica.stop()
    lost = {outcome: count for outcome, count in outcomes.items() if outcome != "whole"}
    assert outcomes["whole"] > 20
    # Traefik cuts a reply by HTTP/1.1 now and then, restart or not.
    allowed = 0.05 * outcomes.total() if name == "traefik" else 0
    assert sum(count for outcome, count in lost.items() if outcome.startswith("cut")) <= allowed, lost
    assert not [outcome for outcome in lost if not outcome.startswith("cut")], lost


def serves(replica: Server) -> None:
    """Returns once the proxy has sent a reply's request to the replica."""
    while "POST /assistant 200" not in replica.log():
        time.sleep(0.05)
