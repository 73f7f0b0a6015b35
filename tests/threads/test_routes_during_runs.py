"""The routes of kept threads while replies are written on them, and after."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.threads.site import Site, eventually
from tests.wire import Reply, message

EMPTY: dict[str, Any] = {"messages": []}


@pytest.fixture(scope="module")
def lockstep(database: str) -> Iterator[Site]:
    running = Site(database, ASSISTANT="acme.assistants.LockStep", DRAIN_SECONDS="0")
    yield running
    running.server.stop()


@pytest.fixture
def site(lockstep: Site) -> Site:
    lockstep.renew()
    return lockstep


def ask(site: Site, method: str, path: str = "", body: Any = None) -> Reply:
    return site.client.request(method, f"/threads{path}", body, **site.me)


def begin(site: Site) -> Reply:
    """A reply that has written its first word, of two."""
    reply = site.say("2", EMPTY)
    for kind, value in reply.frames():
        if kind == "state" and "0 " in str(value):
            eventually(site.messages)
            return reply
    raise AssertionError("it ended too soon")


def finish(site: Site, reply: Reply) -> None:
    for _ in range(2):
        site.client.send({"type": "confirm"}).follow()
    reply.body()
    site.wait_for_end(1)


def test_a_second_client_sees_the_run_and_follows_it(site: Site) -> None:
    reply = begin(site)
    found = ask(site, "GET", f"/{site.name}").json()
    assert found["running"]
    assert found["run"] == {"runId": reply.headers["X-Run-Id"], "status": "running"}
    (listed,) = ask(site, "GET").json()["threads"]
    assert listed["running"]
    assert found["state"]["messages"][0]["parts"] == [{"type": "text", "text": "2"}]
    second = site.client.post("/resume", {"threadId": site.name}, **site.me)
    for _ in range(2):
        site.client.send({"type": "confirm"}).follow()
    state, errors = second.follow()
    assert not errors
    reply.body()
    site.wait_for_end(1)
    found = ask(site, "GET", f"/{site.name}").json()
    assert (found["state"], found["run"], found["running"]) == (state, None, False)


def test_a_version_that_was_seen_is_no_answer_while_a_reply_is_written(site: Site) -> None:
    reply = begin(site)
    (version,) = site.thread("version")
    assert ask(site, "GET", f"/{site.name}?version={version}").status == 200
    finish(site, reply)
    (version,) = site.thread("version")
    assert ask(site, "GET", f"/{site.name}?version={version}").status == 204


def test_another_branch_has_to_wait_for_the_reply(site: Site) -> None:
    reply = begin(site)
    first = ask(site, "GET", f"/{site.name}").json()["state"]["messages"][0]["id"]
    refused = ask(site, "PATCH", f"/{site.name}", {"head": first})
    assert (refused.status, refused.json()["code"]) == (409, "thread_busy")
    assert ask(site, "PATCH", f"/{site.name}", {"title": "Renamed"}).json()["title"] == "Renamed"
    finish(site, reply)
    assert site.thread("title", "head") == ("Renamed", 2)


def test_deleting_a_thread_stops_its_reply_and_forgets_it_in_the_log(site: Site) -> None:
    reply = begin(site)
    run = reply.headers["X-Run-Id"]
    assert ask(site, "DELETE", f"/{site.name}").status == 204
    reply.body()
    assert site.client.post("/initial-state", {"threadId": site.name}, **site.me).status == 204
    assert site.client.post("/initial-state", {"runId": run}, **site.me).status == 204
    assert ask(site, "GET", f"/{site.name}").status == 404
    site.wait_for_end(1)
    assert site.records("outcome", "thread_id") == [("cancelled", None)]


def test_an_edit_is_a_branch_that_can_be_shown_again(site: Site) -> None:
    for words in (1, 0):
        reply = site.say(str(words), EMPTY) if words else edited(site)
        if words:
            site.client.send({"type": "confirm"}).follow()
        reply.body()
        site.wait_for_end(2 - words)
    found = ask(site, "GET", f"/{site.name}").json()
    now, before = found["branches"]
    assert (found["head"], len(before["messages"])) == (now["leaf"], 2)
    ask(site, "PATCH", f"/{site.name}", {"head": before["leaf"]})
    shown = ask(site, "GET", f"/{site.name}").json()["state"]["messages"]
    assert [message["id"] for message in shown] == before["messages"]


def edited(site: Site) -> Reply:
    source = ask(site, "GET", f"/{site.name}").json()["head"]
    first = ask(site, "GET", f"/{site.name}").json()["state"]["messages"][0]["id"]
    assert source != first
    return site.send(message("0") | {"sourceId": first, "parentId": None})
