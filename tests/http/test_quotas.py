"""How many runs a client and an API key may have at once."""

import json
import socket
from collections.abc import Iterator

import pytest

from tests.conftest import StartServer
from tests.server import Server, Valkey
from tests.wire import Client, Reply, message

ONE, OTHER = ({"X-Client-Id": f"a-client-id-that-nobody-guesses-{number}"} for number in (1, 2))
ALICE, BOB = ({"Authorization": f"Bearer {name}-key-0123456789"} for name in ("alice", "bob"))
KEYS = "alice:alice-key-0123456789, bob:bob-key-0123456789"


def waiting(start_server: StartServer, **variables: str) -> Client:
    """A server whose replies wait, and end with their readers."""
    server = start_server(
        ASSISTANT="acme.assistants.LockStep", RUN_GRACE_SECONDS="0", ANONYMOUS_GRACE_SECONDS="0", **variables
    )
    return Client(server.host, server.port)


def held(client: Client, **headers: str) -> Reply:
    """A reply that waits, and is there."""
    reply = client.say("1", headers=headers)
    assert reply.status == 200, reply.body()
    next(reply.frames())
    return reply


def refused(client: Client, **headers: str) -> str:
    reply = client.say("1", headers=headers)
    assert reply.status == 429
    assert reply.headers["Retry-After"] == "1"
    return str(reply.json()["error"])


def at_the_same_time(client: Client, count: int) -> list[bytes]:
    """Sends as many requests as one client and only then reads their status lines."""
    body = json.dumps({"commands": [message("1")]}).encode()
    fields = {"Host": "localhost", "Content-Type": "application/json", "Content-Length": len(body), **ONE}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    request = f"POST /assistant HTTP/1.1\r\n{head}\r\n".encode() + body
    sockets = [socket.create_connection((client.host, client.port), timeout=30) for _ in range(count)]
    for connection in sockets:
        connection.sendall(request)
    statuses = [connection.recv(12) for connection in sockets]
    for connection in sockets:
        connection.close()
    return statuses


def test_a_client_may_have_so_many_runs_and_another_its_own(start_server: StartServer) -> None:
    client = waiting(start_server, MAX_RUNS_PER_OWNER="2")
    replies = [held(client, **ONE), held(client, **ONE)]
    assert refused(client, **ONE) == "You have too many replies in the making. Please wait for one to end."
    replies.append(held(client, **OTHER))
    client.post("/cancel", {"runId": replies[0].headers["X-Run-Id"]}, **ONE)
    replies[0].body()
    replies.append(held(client, **ONE))
    refused(client, **ONE)


def test_callers_without_a_client_id_do_not_lock_each_other_out(start_server: StartServer) -> None:
    client = waiting(start_server, MAX_RUNS_PER_OWNER="1")
    replies = [held(client) for _ in range(3)]
    assert {reply.status for reply in replies} == {200}


def test_a_key_may_have_so_many_runs_over_all_its_clients(start_server: StartServer) -> None:
    client = waiting(start_server, MAX_RUNS_PER_KEY="2", API_KEYS=KEYS)
    replies = [held(client, **ALICE, **ONE), held(client, **ALICE)]
    assert refused(client, **ALICE, **OTHER).startswith("Your API key has too many replies")
    replies.append(held(client, **BOB, **ONE))


def test_a_key_may_have_a_quota_of_its_own(start_server: StartServer) -> None:
    keys = "alice:alice-key-0123456789:with:colons, bob:bob-key-0123456789, bob:bob-newer-key-0123456789"
    client = waiting(start_server, MAX_RUNS_PER_KEY="3", API_KEYS=keys, KEY_QUOTAS="alice:1, bob:2")
    alice = {"Authorization": "Bearer alice-key-0123456789:with:colons"}
    replies = [held(client, **alice), held(client, **BOB)]
    assert refused(client, **alice).startswith("Your API key has too many replies")
    replies.append(held(client, Authorization="Bearer bob-newer-key-0123456789"))
    refused(client, **BOB)


def test_requests_that_come_at_the_same_time_are_all_counted(start_server: StartServer) -> None:
    client = waiting(start_server, MAX_RUNS_PER_OWNER="3")
    assert sorted(at_the_same_time(client, 30)) == [b"HTTP/1.1 200"] * 3 + [b"HTTP/1.1 429"] * 27


@pytest.mark.parametrize(("limit", "status"), [("MAX_RUNS_PER_OWNER", 429), ("MAX_CONCURRENT_RUNS", 503)])
def test_a_middleware_that_waits_before_the_reply_is_read_breaks_no_limit(
    start_server: StartServer, limit: str, status: int
) -> None:
    client = waiting(start_server, DJANGO_SETTINGS_MODULE="acme.waiting_settings", **{limit: "1"})
    assert sorted(at_the_same_time(client, 10)) == [b"HTTP/1.1 200"] + [b"HTTP/1.1 %d" % status] * 9


class Pair:
    """Two processes with one log."""

    def __init__(self, log: Valkey) -> None:
        self.log = log
        self.servers = [self.start(), self.start()]

    def start(self) -> Server:
        return Server(
            ASSISTANT="acme.assistants.LockStep",
            API_KEYS=KEYS,
            MAX_RUNS_PER_KEY="2",
            REDIS_URL=self.log.url,
            RUN_LEASE_SECONDS="1",
            DRAIN_SECONDS="0",
        )

    def client(self, number: int) -> Client:
        return Client(self.servers[number].host, self.servers[number].port)

    def stop(self) -> None:
        for server in self.servers:
            server.stop()
        self.log.kill()


@pytest.fixture
def pair() -> Iterator[Pair]:
    running = Pair(Valkey())
    yield running
    running.stop()


def until(client: Client, status: int) -> Reply:
    """Asks until the answer is `status`; each reply before it is gone before the next is asked for."""
    while (reply := client.say("0", headers=ALICE)).status != status:
        reply.body()
    return reply


def test_a_keys_runs_are_counted_over_all_processes(pair: Pair) -> None:
    first, second = pair.client(0), pair.client(1)
    replies = [held(first, **ALICE), held(first, **ALICE)]
    until(second, 429)
    replies.append(held(second, **BOB))
    first.post("/cancel", {"runId": replies[0].headers["X-Run-Id"]}, **ALICE)
    until(second, 200).body()


def test_a_process_that_dies_leaves_no_counts_behind(pair: Pair) -> None:
    replies = [held(pair.client(0), **ALICE), held(pair.client(0), **ALICE)]
    until(pair.client(1), 429)
    pair.servers[0].kill()
    until(pair.client(1), 200).body()
    del replies


def test_without_its_log_a_process_goes_by_its_own_counts(pair: Pair) -> None:
    first, second = pair.client(0), pair.client(1)
    replies = [held(first, **ALICE), held(first, **ALICE)]
    until(second, 429)
    pair.log.kill()
    until(second, 200).body()
    refused(first, **ALICE)
    replies += [held(second, **ALICE), held(second, **ALICE)]
    refused(second, **ALICE)
