"""What is stored while a reply is written outlives its process; a reply outlives the database."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.postgres import Postgres
from tests.server import Valkey
from tests.threads.manage import manage, shell
from tests.threads.site import Site, eventually, query

EMPTY: dict[str, Any] = {"messages": []}


@pytest.fixture
def running(database: str) -> Iterator[Site]:
    site = Site(database, ASSISTANT="acme.assistants.LockStep", RUN_LEASE_SECONDS="1", DRAIN_SECONDS="0")
    yield site
    site.server.stop()


def confirm(site: Site) -> None:
    site.client.send({"type": "confirm"}).follow()


def text(row: tuple[Any, ...]) -> str:
    return "".join(part.get("text", "") for part in json.loads(row[2])["parts"])


def stored(site: Site) -> list[str]:
    return [text(row) for row in site.messages()]


def test_a_killed_process_leaves_what_it_wrote_and_the_run_is_marked(running: Site) -> None:
    site = running
    reply = site.say("9", EMPTY)
    eventually(lambda: stored(site) == ["9", "0 "])
    confirm(site)
    eventually(lambda: stored(site) == ["9", "0 1 "])
    assert site.outcomes() == ["running"]
    assert site.thread("running_until") != (None,)
    site.kill()
    reply.close()
    site.start()
    state = site.said("0")  # after the dead one's lease
    assert [text((0, 0, json.dumps(message))) for message in state["messages"]] == ["9", "0 1 ", "0", ""]
    eventually(lambda: site.outcomes() == ["interrupted", "done"])
    assert site.messages()[1][3] == "0 1 "  # it can be searched


def test_replies_that_grow_together_are_stored_each_by_its_own_revision(running: Site) -> None:
    site, first = running, running.name
    with site.say("9", EMPTY), site.say("9", EMPTY, threadId="b"):
        for words in ("0 ", "0 1 "):
            for name in (first, "b"):
                site.name = name
                eventually(lambda words=words: stored(site) == ["9", words])
            if words == "0 ":
                confirm(site)
                confirm(site)
        query(site.url, f"UPDATE assistant_threads_thread SET revision = revision + 1 WHERE name = '{first}'")
        confirm(site)
        confirm(site)
        eventually(lambda: stored(site) == ["9", "0 1 2 "])
        site.name = first  # somebody else has changed it, so the run has lost it
        assert stored(site) == ["9", "0 1 "]
        assert eventually(lambda: site.thread("lost")[0]) == 1


def test_calls_of_a_killed_run_are_closed(database: str) -> None:
    site = Site(database, ASSISTANT="acme.calls.Calls", RUN_LEASE_SECONDS="1")
    reply = site.say("wait", EMPTY)
    eventually(lambda: "call-wait" in str(site.messages()))
    site.kill()
    reply.close()
    site.start()
    forged = site.send({"type": "add-tool-result", "toolCallId": "call-wait", "result": "mine"})
    assert (forged.status, forged.json()["code"]) == (409, "tool_call_not_open")
    call = site.said("count")["messages"][1]["parts"][1]
    assert (call["isError"], call["result"]) == (True, "The reply was interrupted before this call had a result.")
    site.server.stop()


def test_a_cancelled_run_is_stored_with_its_calls_closed(database: str) -> None:
    site = Site(database, ASSISTANT="acme.calls.Calls")
    reply = site.say("wait", EMPTY)
    eventually(lambda: "call-wait" in str(site.messages()))
    assert site.client.post("/cancel", {"threadId": site.name}, **site.me).status == 202
    reply.follow(EMPTY)
    eventually(lambda: site.outcomes() == ["cancelled"])
    assert "was interrupted" in site.messages()[1][2]
    assert site.thread("running_until") == (None,)
    site.server.stop()


def test_a_thread_deleted_under_its_run_stays_deleted(running: Site) -> None:
    site = running
    with site.say("1", EMPTY) as reply:
        eventually(lambda: stored(site) == ["1", "0 "])
        for table in ("message", "runrecord", "thread"):
            where = f"SELECT id FROM assistant_threads_thread WHERE name = '{site.name}'"
            column = "id" if table == "thread" else "thread_id"
            query(site.url, f"DELETE FROM assistant_threads_{table} WHERE {column} IN ({where})")
        confirm(site)
        *_, (kind, _) = reply.frames()
        assert kind == "state"
    site.said("0", EMPTY)
    eventually(lambda: site.outcomes() == ["done"])
    assert site.thread("head", "lost") == (2, 0)


def test_two_processes_without_a_common_log_wait_for_each_other(database: str) -> None:
    one = Site(database, ASSISTANT="acme.assistants.LockStep", RUN_LEASE_SECONDS="1", DRAIN_SECONDS="0")
    two = Site(database, ASSISTANT="acme.assistants.LockStep", THREAD_WAIT_SECONDS="0.5")
    two.name, two.me = one.name, one.me
    with one.say("1", EMPTY) as reply:
        eventually(lambda: stored(one) == ["1", "0 "])
        busy = two.say("0", EMPTY)
        assert (busy.status, busy.json()["code"]) == (409, "thread_busy")
        confirm(one)
        list(reply.frames())
    assert len(two.said("0", EMPTY)["messages"]) == 4
    one.server.stop()
    two.server.stop()


@pytest.mark.parametrize("conflict", ["cancel", "wait"])
def test_two_devices_on_two_processes_write_one_after_the_other(database: str, valkey: Valkey, conflict: str) -> None:
    common = {"ASSISTANT": "acme.assistants.LockStep", "REDIS_URL": valkey.url, "THREAD_CONFLICT": conflict}
    one, two = Site(database, **common), Site(database, **common)
    two.name, two.me = one.name, one.me
    first = one.say("1", EMPTY)
    eventually(lambda: stored(one) == ["1", "0 "])
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(two.say, "0")
        if conflict == "wait":
            confirm(one)
        state, errors = second.result().follow(None)
    assert not errors
    assert len(state["messages"]) == 4
    first.follow(EMPTY)
    eventually(lambda: one.outcomes() == ["cancelled" if conflict == "cancel" else "done", "done"])
    assert stored(one) == ["1", "0 ", "0", ""]
    one.server.stop()
    two.server.stop()


def test_a_reply_outlives_the_database_and_is_stored_when_that_is_back() -> None:
    postgres = Postgres()
    url = postgres.new_database()
    manage(url, "migrate")
    site = Site(url, ASSISTANT="acme.assistants.LockStep", DRAIN_SECONDS="0")
    try:
        with site.say("3", EMPTY) as reply:
            eventually(lambda: stored(site) == ["3", "0 "])
            postgres.kill()
            confirm(site)
            eventually(lambda: site.client.get("/health/ready").json().get("failing") == ["database"])
            refused = site.say("0", EMPTY, threadId="other")
            assert (refused.status, refused.json()["code"]) == (503, "threads_unavailable")
            assert refused.headers["Retry-After"]
            assert site.said("0", EMPTY, threadId=None)["messages"]  # what is not kept is answered
            confirm(site)
            confirm(site)
            list(reply.frames())
        postgres.start()
        eventually(lambda: site.outcomes() == ["done", "done"])
        assert stored(site) == ["3", "0 1 2 "]
        assert site.thread("lost", "running_until") == (0, None)
        eventually(lambda: site.client.get("/health/ready").json() == {"status": "ready"})
    finally:
        site.server.stop()
        postgres.stop()


def test_what_postgresql_refuses_is_lost_and_not_quoted_in_the_log(postgres: Postgres, migrated_name: str) -> None:
    site = Site(postgres.new_database(migrated_name), ASSISTANT="acme.calls.Calls")
    try:
        check = "CHECK (data NOT LIKE '%secret-words%')"
        query(site.url, f"ALTER TABLE assistant_threads_message ADD CONSTRAINT refused {check}")
        site.said("secret-words", EMPTY)
        eventually(lambda: "could not be stored: IntegrityError" in site.server.log())
        assert "secret-words" not in site.server.log()
        site.name = "another"
        site.said("one", EMPTY)
        eventually(lambda: len(site.messages()) == 2)
    finally:
        site.server.stop()


def test_the_writer_goes_on_when_the_database_leaves_while_it_looks_for_a_thread(database_file: str) -> None:
    code = """
import asyncio
from django.db import IntegrityError, OperationalError
from assistant_transport.threads import saving
from assistant_transport.threads.writer import Writer

save, adopt = saving.save, saving.adopt

def refuse(saves):
    saving.save = save
    raise IntegrityError

def leave(thread):
    saving.adopt = adopt
    raise OperationalError

async def write():
    stored = asyncio.Event()
    Writer().put(saving.Save(saving.Handle({"owner": "o", "name": "t", "layout": "parts"})), stored.set)
    await asyncio.wait_for(stored.wait(), 20)

saving.save, saving.adopt = refuse, leave
asyncio.run(write())
print(Thread.objects.get().name)
"""
    assert shell(database_file, code).splitlines()[-1] == "t"
