"""Entries that were acknowledged and then lost, as by a failover that did not wait for the replica."""

from collections.abc import Iterator

import pytest

from tests.browser.cable import Cable
from tests.conftest import StartServer
from tests.runs.test_valkey import ME, begin, clients, confirm, until
from tests.server import Server, Valkey
from tests.wire import Client, Reply

GAP = "A part of this reply was lost. Please send your message again."
LOST = "The rest of this reply was lost. Please send your message again."
SHOWN = {"messages": [{}, {"parts": [{"type": "text", "text": "0 1 "}]}]}
LOG_LINE = "a failover lost them"


class Failover:
    """A primary and its replica behind one address. What is written between `split` and `switch` is lost."""

    def __init__(self) -> None:
        self.old, self.new = Valkey(), Valkey()
        self.address = Cable(self.old.port)
        self.url = f"redis://127.0.0.1:{self.address.port}/0"
        self.old.command("CONFIG", "SET", "repl-diskless-sync-delay", "0")
        self.new.command("REPLICAOF", "127.0.0.1", str(self.old.port))
        while "master_link_status:up" not in self.new.text("INFO", "replication"):
            pass

    def split(self, *runs: Reply) -> None:
        """The replica has the beginnings of these runs, and gets no more."""
        for run in runs:
            while self.new.command("XLEN", f"{self.key(run)}:log") == ":0":
                pass
        assert self.new.command("REPLICAOF", "NO", "ONE") == "+OK"

    def switch(self) -> None:
        self.address.lead_to(self.new.port)
        self.old.kill()

    def key(self, run: Reply) -> str:
        return f"assistant:2:run:{run.headers['X-Run-Id']}"

    def close(self) -> None:
        self.address.close()
        self.old.kill()
        self.new.kill()


@pytest.fixture
def failover() -> Iterator[Failover]:
    servers = Failover()
    yield servers
    servers.close()


@pytest.fixture
def pair(start_server: StartServer, failover: Failover) -> list[Server]:
    variables = {"ASSISTANT": "acme.assistants.LockStep", "REDIS_URL": failover.url, "RUN_LEASE_SECONDS": "1"}
    return [start_server(**variables) for _ in range(2)]


def follow(client: Client, run: Reply, word: str) -> Reply:
    """A reader who has read that word."""
    while (follower := client.post("/resume", {"runId": run.headers["X-Run-Id"]}, **ME)).status == 404:
        pass  # another process hears of a run a batch later
    while f"{word} " not in follower.next_line():
        pass
    return follower


def rest(reply: Reply) -> str:
    return reply.body().decode()


def test_a_run_without_its_last_entries_is_broken_and_never_replayed_whether_or_not_it_has_ended(
    failover: Failover, pair: list[Server]
) -> None:
    one, two = clients(pair)
    lives = begin(one, 2, thread="lives")
    ended = begin(one, 1, thread="ended")
    failover.split(lives, ended)
    confirm(one)
    follower = follow(two, lives, "1")
    confirm(one)
    assert "completed" in rest(ended)
    while failover.old.text("HGET", failover.key(ended), "status") != "done":
        pass
    failover.switch()
    # Although its process has no further word to write. Either that process notices first, or the reader's.
    assert {GAP, LOST} & set(follower.follow(SHOWN)[1])
    until(two, "ready")
    for run in (lives, ended):
        assert two.post("/resume", {"runId": run.headers["X-Run-Id"]}, **ME).status == 404
    assert pair[0].log().count(LOG_LINE) == 2
    confirm(one)
    assert "completed" in rest(lives)


def test_a_reader_who_is_ahead_of_what_was_not_lost_gets_an_error_though_its_process_has_died(
    failover: Failover, pair: list[Server]
) -> None:
    one, two = clients(pair)
    live = begin(one, 4)
    failover.split(live)
    for _ in range(3):
        confirm(one)
    follower = follow(two, live, "3")
    pair[0].kill()
    failover.switch()
    assert LOST in rest(follower)
    live.close()
