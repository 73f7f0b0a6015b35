"""How long a run is kept once its owner has read it to the end."""

import asyncio
import re
from collections.abc import Iterator

import pytest

from assistant_transport import conf
from assistant_transport.runs import Feed, Head, MemoryLog, Status
from tests.browser.cable import Cable
from tests.conftest import StartServer
from tests.runs.test_log import KEYS
from tests.runs.test_log import run as run_until_done
from tests.runs.test_valkey import ME, begin, confirm
from tests.server import ROOT, Valkey
from tests.wire import Client

READ, UNREAD = 60_000, 900_000  # milliseconds


@pytest.fixture
def way(own_valkey: Valkey) -> Iterator[Cable]:
    cable = Cable(own_valkey.port)
    yield cable
    cable.close()


def start(start_server: StartServer, port: int) -> Client:
    server = start_server(
        ASSISTANT="acme.assistants.LockStep",
        REDIS_URL=f"redis://127.0.0.1:{port}/0",
        RUN_LEASE_SECONDS="1",
        RUN_READ_TTL_SECONDS="60",
    )
    return Client(server.host, server.port)


def kept_for(valkey: Valkey, run_id: str) -> int:
    """Milliseconds for which a run's keys are kept."""
    ttls = {int(valkey.command("PTTL", key)[1:]) for key in (KEYS.run(run_id), KEYS.log(run_id))}
    return min(ttls) if max(ttls) <= READ else max(ttls)


def read_another(client: Client, valkey: Valkey) -> None:
    """Reads a run to its end and returns once it is known: so are those that were read before."""
    live = begin(client, thread="another")
    confirm(client)
    live.body()
    while kept_for(valkey, live.headers["X-Run-Id"]) > READ:
        pass


def test_a_run_that_was_read_to_its_end_is_kept_for_a_shorter_time(
    start_server: StartServer, own_valkey: Valkey
) -> None:
    one, two = (start(start_server, own_valkey.port) for _ in range(2))
    live, left, nameless = begin(one), begin(one, thread="left"), one.say("1", headers=ME)
    run_id, left_id = live.headers["X-Run-Id"], left.headers["X-Run-Id"]
    left.close()
    for _ in range(3):
        confirm(one)
    for reply in (live, nameless):
        assert "completed" in reply.body().decode()
    read_another(one, own_valkey)
    assert kept_for(own_valkey, run_id) <= READ
    latest = own_valkey.lines("KEYS", "*latest*")
    assert sorted(int(own_valkey.command("PTTL", key)[1:]) <= READ for key in latest) == [False, True, True]
    assert kept_for(own_valkey, nameless.headers["X-Run-Id"]) > READ
    assert READ < kept_for(own_valkey, left_id) <= UNREAD
    # Whoever resumes it reads it to its end, in whichever process, also when Valkey is full.
    assert own_valkey.command("CONFIG", "SET", "maxmemory", "1") == "+OK"
    assert "completed" in two.post("/resume", {"runId": left_id}, **ME).body().decode()
    while kept_for(own_valkey, left_id) > READ:
        pass


def test_a_reader_who_was_cut_off_from_the_log_has_not_read_the_run(
    start_server: StartServer, own_valkey: Valkey, way: Cable
) -> None:
    one, two = start(start_server, own_valkey.port), start(start_server, way.port)
    live = begin(one)
    run_id = live.headers["X-Run-Id"]
    follower = two.post("/resume", {"runId": run_id}, **ME)
    live.close()
    way.cut()
    assert "cannot be read right now" in follower.body().decode()
    way.plug_in()
    confirm(one)
    while two.post("/initial-state", {"runId": run_id}, **ME).status == 503:
        pass
    read_another(two, own_valkey)
    assert kept_for(own_valkey, run_id) > READ


def test_in_memory_too() -> None:
    async def work() -> None:
        log = MemoryLog(ttl=60, read_ttl=0.05)
        heads = [
            Head("read", "owner", True, "t", "data-stream", "{}"),
            Head("unread", "owner", True, "u", "data-stream", "{}"),
            Head("nameless", "owner", True, None, "data-stream", "{}"),
        ]
        for head in heads:
            log.begin(head, Feed()).end(Status.DONE)
        log.note_read(heads[2])
        log.note_read(heads[0])
        while await log.find("read") is not None:
            await asyncio.sleep(0.01)
        assert await log.find("unread") is not None
        assert await log.find("nameless") is not None

    run_until_done(work)


def test_the_setting_is_never_less_than_the_time_in_which_the_page_reconnects() -> None:
    chat = ROOT / "frontend/src/chat"
    (silence,) = re.findall(r"const TIMEOUT = ([\d_]+);", (chat / "silence.ts").read_text())
    (delays,) = re.findall(r"const DELAYS = \[(.*)\];", (chat / "reconnect.ts").read_text())
    seconds = (int(silence) + max(int(delay) for delay in delays.split(","))) / 1000
    assert 50 < seconds < 60
    assert conf.problems({"RUN_READ_TTL_SECONDS": 59.0}) == ["RUN_READ_TTL_SECONDS: must be 60 or more"]
    assert conf.problems({"RUN_READ_TTL_SECONDS": 60.0}) == []
