"""The log in Valkey: across processes, and while Valkey or a process is unavailable. All on real servers."""

import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.cable import Cable
from tests.conftest import StartServer
from tests.server import Server, Valkey
from tests.wire import Client, Reply

ME = {"X-Client-Id": "a-client-id-that-nobody-guesses"}
LEASE = 1.0


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    server = Valkey()
    yield server
    server.kill()


@pytest.fixture
def pair(start_server: StartServer, valkey: Valkey) -> list[Server]:
    """Two processes of one service."""
    variables = {"ASSISTANT": "acme.assistants.LockStep", "REDIS_URL": valkey.url, "RUN_LEASE_SECONDS": str(LEASE)}
    return [start_server(**variables) for _ in range(2)]


def clients(pair: list[Server]) -> list[Client]:
    return [Client(server.host, server.port) for server in pair]


def begin(client: Client, words: int = 1, thread: str = "t") -> Reply:
    live = client.say(str(words), headers=ME, threadId=thread)
    while "0 " not in live.next_line():
        pass
    return live


def confirm(client: Client) -> None:
    client.send({"type": "confirm"}).follow()


def readiness(client: Client) -> dict[str, Any]:
    reply = client.get("/health/ready")
    assert reply.status == 200
    answer: dict[str, Any] = reply.json()
    return answer


def until(client: Client, status: str) -> None:
    while readiness(client)["status"] != status:
        time.sleep(0.02)


def test_a_run_is_read_and_cancelled_from_another_process(pair: list[Server]) -> None:
    one, two = clients(pair)
    live = begin(one, 2)
    run_id = live.headers["X-Run-Id"]
    while (latest := two.post("/initial-state", {}, **ME)).status == 204:
        pass  # another process hears of an owner's latest run a batch later
    assert latest.json()["runId"] == run_id
    resumed = [two.post("/resume", {"runId": run_id}, **ME) for _ in range(3)]
    confirm(one)
    for reply in (*resumed, live):
        while "1 " not in reply.next_line():
            pass
    asked = time.monotonic()
    assert two.post("/cancel", {"runId": run_id}, **ME).status == 202
    rest = {b"".join(part.encode() for part in reply.lines()) for reply in (*resumed, live)}
    assert time.monotonic() - asked < 10
    assert len(rest) == 1


def test_a_reader_in_another_process_keeps_a_run_alive(start_server: StartServer, valkey: Valkey) -> None:
    variables = {"ASSISTANT": "acme.assistants.LockStep", "REDIS_URL": valkey.url, "RUN_GRACE_SECONDS": "1.5"}
    one, two = clients([start_server(**variables) for _ in range(2)])
    live = begin(one)
    resumed = two.post("/resume", {"runId": live.headers["X-Run-Id"]}, **ME)
    live.close()
    time.sleep(4)  # longer than the grace: it is the time itself that is tested
    confirm(one)
    assert "completed" in resumed.body().decode()


def test_a_killed_process_ends_its_runs_as_interrupted(pair: list[Server]) -> None:
    one, two = clients(pair)
    live = begin(one)
    run_id = live.headers["X-Run-Id"]
    resumed = two.post("/resume", {"runId": run_id}, **ME)
    pair[0].kill()
    killed = time.monotonic()
    _, errors = resumed.follow({"messages": [{}, {"parts": [{"type": "text", "text": "0 "}]}]})
    assert errors == ["The server that wrote this reply has stopped. Please send your message again."]
    assert time.monotonic() - killed < 15
    again = two.post("/resume", {"runId": run_id}, **ME)
    assert again.body().endswith(b'again."\n')
    live.close()


def test_without_valkey_it_starts_and_replies_and_is_degraded(start_server: StartServer, valkey: Valkey) -> None:
    valkey.kill()
    server = start_server(ASSISTANT="acme.assistants.LockStep", REDIS_URL=valkey.url, RUN_LEASE_SECONDS=str(LEASE))
    client = Client(server.host, server.port)
    live = begin(client)
    until(client, "degraded")
    assert readiness(client) == {"status": "degraded", "failing": ["run log"], "reason": "unreachable"}
    own = begin(client, thread="t3")
    assert client.post("/cancel", {"runId": own.headers["X-Run-Id"]}, **ME).status == 202
    own.body()
    for path in ("/resume", "/cancel", "/initial-state"):
        refused = client.post(path, {"threadId": "t"}, **ME)
        assert refused.status == 503
        assert refused.headers["Retry-After"] == "2"
    confirm(client)
    assert "completed" in live.body().decode()
    valkey.start()
    until(client, "ready")
    durable = begin(client, thread="t2")
    run_id = durable.headers["X-Run-Id"]
    durable.close()
    resumed = client.post("/resume", {"runId": run_id}, **ME)
    confirm(client)
    assert "completed" in resumed.body().decode()


def test_a_valkey_that_stalls_delays_no_live_reply_and_loses_nothing(pair: list[Server], valkey: Valkey) -> None:
    one, two = clients(pair)
    live = begin(one, 3)
    run_id = live.headers["X-Run-Id"]
    valkey.signal(signal.SIGSTOP)
    try:
        confirm(one)
        while "1 " not in live.next_line():
            pass  # it is here, though Valkey does not answer
        until(one, "degraded")
        assert two.post("/resume", {"runId": run_id}, **ME).status == 503
        confirm(one)
        confirm(one)
        assert "completed" in live.body().decode()
    finally:
        valkey.signal(signal.SIGCONT)
    until(one, "ready")
    reply = two.post("/resume", {"runId": run_id}, **ME)
    body = reply.body().decode()
    assert body.rstrip().endswith('"completed"}]')


def test_no_living_run_is_declared_dead_after_an_outage_of_some_leases(pair: list[Server], valkey: Valkey) -> None:
    one, two = clients(pair)
    lives = [begin(one, thread=str(number)) for number in range(4)]
    followers = [two.post("/resume", {"runId": live.headers["X-Run-Id"]}, **ME) for live in lives]
    valkey.signal(signal.SIGSTOP)
    try:
        until(one, "degraded")
        time.sleep(1.5 * LEASE)  # so that the leases expire; readers give up after two
    finally:
        valkey.signal(signal.SIGCONT)
    assert two.post("/initial-state", {"runId": lives[0].headers["X-Run-Id"]}, **ME).json()["status"] == "running"
    until(one, "ready")
    for _ in lives:
        confirm(one)
    for reply in (*lives, *followers):
        assert reply.follow({"messages": [{}, {"parts": [{"type": "text", "text": "0 "}]}]})[1] == []
    assert "interrupted" not in pair[0].log() + pair[1].log()


def test_a_run_that_valkey_lost_is_a_404_and_its_readers_get_an_error(pair: list[Server], valkey: Valkey) -> None:
    one, two = clients(pair)
    live = begin(one)
    run_id = live.headers["X-Run-Id"]
    resumed = two.post("/resume", {"runId": run_id}, **ME)
    assert valkey.command("FLUSHALL") == "+OK"
    _, errors = resumed.follow({"messages": [{}, {"parts": [{"type": "text", "text": "0 "}]}]})
    assert errors == ["The rest of this reply was lost. Please send your message again."]
    confirm(one)
    assert "completed" in live.body().decode()
    assert two.post("/resume", {"runId": run_id}, **ME).status == 404


def test_readers_get_an_error_when_valkey_stays_away(pair: list[Server], valkey: Valkey) -> None:
    one, two = clients(pair)
    live = begin(one)
    resumed = two.post("/resume", {"runId": live.headers["X-Run-Id"]}, **ME)
    valkey.kill()
    _, errors = resumed.follow({"messages": [{}, {"parts": [{"type": "text", "text": "0 "}]}]})
    assert errors == ["The rest of this reply cannot be read right now. Please reload in a moment."]
    confirm(one)
    assert "completed" in live.body().decode()


def test_on_a_full_valkey_an_idle_process_is_degraded_and_replies_go_on(
    start_server: StartServer, valkey: Valkey
) -> None:
    server = start_server(ASSISTANT="acme.assistants.LockStep", REDIS_URL=valkey.url, RUN_LEASE_SECONDS=str(LEASE))
    client = Client(server.host, server.port)
    until(client, "ready")
    assert valkey.command("CONFIG", "SET", "maxmemory-policy", "noeviction") == "+OK"
    assert valkey.command("CONFIG", "SET", "maxmemory", "1") == "+OK"
    until(client, "degraded")
    assert readiness(client)["reason"] == "full"
    live = begin(client)
    confirm(client)
    assert "completed" in live.body().decode()
    run_id = live.headers["X-Run-Id"]
    assert valkey.command("CONFIG", "SET", "maxmemory", "0") == "+OK"
    until(client, "ready")
    assert "completed" in client.post("/resume", {"runId": run_id}, **ME).body().decode()
    assert server.log().count("The run log is ") == 2


def test_after_a_failover_behind_an_address_runs_go_to_the_new_primary(
    start_server: StartServer, valkey: Valkey
) -> None:
    replica = Valkey()
    address = Cable(valkey.port)
    try:
        assert valkey.command("CONFIG", "SET", "repl-diskless-sync-delay", "0") == "+OK"
        assert replica.command("REPLICAOF", "127.0.0.1", str(valkey.port)) == "+OK"
        while "master_link_status:up" not in replica.text("INFO", "replication"):
            pass
        url = f"redis://127.0.0.1:{address.port}/0"
        variables = {"ASSISTANT": "acme.assistants.LockStep", "REDIS_URL": url, "RUN_LEASE_SECONDS": str(LEASE)}
        pair = [start_server(**variables) for _ in range(2)]
        one, two = clients(pair)
        live = begin(one)
        run_id = live.headers["X-Run-Id"]
        follower = two.post("/resume", {"runId": run_id}, **ME)
        # The old primary is demoted; it stays up, and so do the connections to it.
        address.lead_to(replica.port)
        assert replica.command("REPLICAOF", "NO", "ONE") == "+OK"
        assert valkey.command("REPLICAOF", "127.0.0.1", str(replica.port)) == "+OK"
        for server in pair:
            while "The run log is available again" not in server.log():
                time.sleep(0.02)
        confirm(one)
        assert "completed" in live.body().decode()
        assert "completed" in follower.body().decode()
        assert "completed" in two.post("/resume", {"runId": run_id}, **ME).body().decode()
        assert replica.command("EXISTS", f"assistant:2:run:{run_id}") == ":1"
    finally:
        address.close()
        replica.kill()


def test_every_key_expires(pair: list[Server], valkey: Valkey) -> None:
    one, two = clients(pair)
    live = begin(one)
    two.post("/resume", {"runId": live.headers["X-Run-Id"]}, **ME).close()
    keys = valkey.lines("KEYS", "*")
    assert len(keys) >= 5
    assert {valkey.command("TTL", key) for key in keys}.isdisjoint({":-1"})
    confirm(one)
    live.body()
