"""Runs that outlive their readers: reload, resume, cancel, owners. Each on both homes of the log."""

import json
from typing import Any

import pytest

from tests.conftest import StartServer
from tests.server import Valkey
from tests.wire import Client, Reply, apply

ME = {"X-Client-Id": "a-client-id-that-nobody-guesses"}
OTHER = {"X-Client-Id": "another-client-id-nobody-guesses"}
SSE = {"Accept": "text/event-stream"}


@pytest.fixture(scope="module", params=["memory", "valkey"])
def home(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings for one home of the log."""
    if request.param == "memory":
        return {}
    valkey: Valkey = request.getfixturevalue("valkey")
    return {"REDIS_URL": valkey.url}


@pytest.fixture(scope="module")
def lockstep(start_server: StartServer, home: dict[str, str]) -> Client:
    server = start_server(ASSISTANT="acme.assistants.LockStep", ANONYMOUS_GRACE_SECONDS="60", **home)
    return Client(server.host, server.port)


def confirm(client: Client) -> None:
    client.send({"type": "confirm"}).follow()


def begin(client: Client, words: int, thread: str | None = "t1", **headers: str) -> Reply:
    """A run whose first word has arrived."""
    fields = {"threadId": thread} if thread else {}
    reply = client.say(str(words), headers=headers, state={"messages": [], "kept": 1}, **fields)
    assert reply.status == 200
    while "0 " not in reply.next_line():
        pass
    return reply


def text_of(state: Any) -> str:
    return "".join(part["text"] for part in state["messages"][-1]["parts"])


def test_a_run_outlives_its_reader_and_is_resumed_from_its_beginning(lockstep: Client) -> None:
    first = begin(lockstep, 2, **ME)
    run_id = first.headers["X-Run-Id"]
    first.close()
    initial = lockstep.post("/initial-state", {}, **ME)
    assert initial.status == 200
    assert initial.json() == {"runId": run_id, "status": "running", "state": {"messages": [], "kept": 1}}
    for asked in ({"runId": run_id}, {"runId": run_id, "threadId": "another"}):
        assert lockstep.post("/initial-state", asked, **ME).json() == initial.json()
    assert lockstep.post("/initial-state", {"threadId": "t1"}, **ME).json()["runId"] == run_id
    assert lockstep.post("/initial-state?threadId=t1", {}, **ME).json()["runId"] == run_id

    resumed = lockstep.post("/resume", {"commands": [], "runId": run_id}, **ME)
    assert resumed.status == 200
    assert resumed.headers["X-Run-Id"] == run_id
    replayed = resumed.take(int(resumed.headers["Aui-Replay-Content-Length"]))
    assert replayed.endswith(b"\n")
    state: Any = {"messages": [], "kept": 1}
    for line in replayed.decode().splitlines():
        state = apply(state, json.loads(line.partition(":")[2]))
    assert text_of(state) == "0 "
    confirm(lockstep)
    confirm(lockstep)
    state, errors = resumed.follow(state)
    assert not errors
    assert text_of(state) == "0 1 "
    assert state["provider"] == "completed"
    assert lockstep.post("/initial-state", {"threadId": "t1"}, **ME).json()["status"] == "done"
    for path, status in (("/initial-state", 204), ("/resume", 404), ("/cancel", 404)):
        assert lockstep.post(path, {}, **ME).status == status, "none is running"


def test_every_reader_gets_the_same_bytes_also_after_the_end(lockstep: Client) -> None:
    live = begin(lockstep, 2, **ME)
    run_id = live.headers["X-Run-Id"]
    others = [lockstep.post("/resume", {"runId": run_id}, **ME) for _ in range(3)]
    confirm(lockstep)
    confirm(lockstep)
    bodies = [reply.body() for reply in others]
    late = lockstep.post("/resume", {"runId": run_id}, **ME)
    length = int(late.headers["Aui-Replay-Content-Length"])
    bodies.append(late.body())
    assert len(set(bodies)) == 1
    assert bodies[0].endswith(live.body())
    assert length == len(bodies[0])


def test_a_resume_without_a_run_id_begins_with_the_state_so_that_nothing_doubles(lockstep: Client) -> None:
    begin(lockstep, 1, thread="t-root", **ME).close()
    resumed = lockstep.post("/resume", {"commands": [], "threadId": "t-root", "state": {"any": "thing"}}, **ME)
    length = int(resumed.headers["Aui-Replay-Content-Length"])
    first = resumed.take(length).decode().splitlines()
    assert json.loads(first[0].partition(":")[2]) == [{"type": "set", "path": [], "value": {"messages": [], "kept": 1}}]
    confirm(lockstep)
    state: Any = {"messages": ["whatever", "the client had"]}
    for line in first:
        state = apply(state, json.loads(line.partition(":")[2]))
    state, errors = resumed.follow(state)
    assert not errors
    assert (text_of(state), state["kept"]) == ("0 ", 1)


@pytest.mark.parametrize(("started", "asked"), [({}, SSE), (SSE, {})])
def test_a_runs_encoding_is_fixed(lockstep: Client, started: dict[str, str], asked: dict[str, str]) -> None:
    live = lockstep.say("0", headers={**ME, **started}, threadId="t-enc")
    run_id = live.headers["X-Run-Id"]
    live.body()
    refused = lockstep.post("/resume", {"runId": run_id}, **ME, **asked)
    assert refused.status == 409
    assert "data-stream" in refused.json()["error"]
    assert "assistant-transport" in refused.json()["error"]
    _, errors = lockstep.post("/resume", {"runId": run_id}, **ME, **started).follow()
    assert not errors


def test_the_later_of_two_runs_is_its_threads_latest_and_both_end(lockstep: Client) -> None:
    first = begin(lockstep, 1, thread="t-two", **ME)
    second = begin(lockstep, 1, thread="t-two", **ME)
    latest = lockstep.post("/initial-state", {"threadId": "t-two"}, **ME).json()["runId"]
    assert latest == second.headers["X-Run-Id"] != first.headers["X-Run-Id"]
    confirm(lockstep)
    confirm(lockstep)
    for reply in (first, second):
        assert "completed" in reply.body().decode()


def test_of_two_running_ones_none_is_taken_for_the_one(lockstep: Client) -> None:
    me = {"X-Client-Id": "a-client-with-two-runs-at-once"}
    first, second = (begin(lockstep, 1, thread=thread, **me) for thread in ("t-one", "t-other"))
    for path, status in (("/initial-state", 204), ("/resume", 404), ("/cancel", 404)):
        assert lockstep.post(path, {}, **me).status == status
    assert lockstep.post("/cancel", {"threadId": "t-one"}, **me).status == 202
    first.body()
    left = lockstep.post("/initial-state", {}, **me).json()
    assert (left["runId"], left["status"]) == (second.headers["X-Run-Id"], "running")
    cancelled = lockstep.post("/initial-state", {"threadId": "t-one"}, **me).json()
    assert (cancelled["runId"], cancelled["status"]) == (first.headers["X-Run-Id"], "cancelled")
    confirm(lockstep)
    second.body()


def test_cancel_stops_a_run_and_its_readers_end_cleanly(lockstep: Client) -> None:
    for body in ({"threadId": "t-cancel"}, None):
        live = begin(lockstep, 2, thread="t-cancel", **ME)
        run_id = live.headers["X-Run-Id"]
        resumed = lockstep.post("/resume", {"runId": run_id}, **ME)
        done = lockstep.post("/cancel", body or {"runId": run_id}, **ME)
        assert done.status == 202
        assert done.json() == {"runId": run_id}
        for reply in (live, resumed, lockstep.post("/resume", {"runId": run_id}, **ME)):
            assert not [value for kind, value in reply.frames() if kind == "error"]
        assert lockstep.post("/cancel", {"runId": run_id}, **ME).status == 202


def test_somebody_elses_run_does_not_exist(lockstep: Client) -> None:
    live = begin(lockstep, 1, thread="t-mine", **ME)
    run_id = live.headers["X-Run-Id"]
    for headers in (OTHER, {}):
        assert lockstep.post("/initial-state", {"threadId": "t-mine"}, **headers).status == 204
        for path in ("/resume", "/cancel"):
            for body in ({"runId": run_id}, {"threadId": "t-mine"}, {}):
                refused = lockstep.post(path, body, **headers)
                assert refused.status == 404
                assert refused.json() == {"error": "There is no such run of yours.", "code": "run_not_found"}
    confirm(lockstep)
    assert "completed" in live.body().decode()


def test_without_a_client_id_only_the_run_id_opens_a_run(lockstep: Client) -> None:
    live = begin(lockstep, 1, thread="t-anonymous")
    run_id = live.headers["X-Run-Id"]
    live.close()
    assert lockstep.post("/initial-state", {"threadId": "t-anonymous"}).status == 204
    assert lockstep.post("/resume", {"threadId": "t-anonymous"}).status == 404
    assert lockstep.post("/resume", {"runId": run_id}, **ME).status == 404
    resumed = lockstep.post("/resume", {"runId": run_id})
    assert resumed.status == 200
    confirm(lockstep)
    assert "completed" in resumed.body().decode()


@pytest.mark.parametrize("client_id", ["short", "x" * 21, "x" * 201, "with a space in its middle"])
def test_a_client_id_that_could_be_guessed_is_refused(lockstep: Client, client_id: str) -> None:
    refused = lockstep.post("/initial-state", {}, X_Client_Id=client_id)
    assert refused.status == 400
    assert "22 to 200" in refused.json()["error"]


def test_unknown_runs_are_404_and_nothing_to_resume_is_204(lockstep: Client) -> None:
    headers = {"X-Client-Id": "somebody-who-has-never-been-here"}
    for asked in ({}, {"threadId": "nothing"}, {"runId": "nothing"}):
        assert lockstep.post("/initial-state", asked, **headers).status == 204
    assert lockstep.post("/initial-state", {"runId": 5}, **headers).status == 400
    assert lockstep.post("/resume", {"runId": "nothing"}, **headers).status == 404
    assert lockstep.post("/cancel", {"threadId": "nothing"}, **headers).status == 404
    assert lockstep.post("/resume", {"runId": 5}, **headers).status == 400


@pytest.mark.parametrize(
    ("headers", "short", "long"),
    [(ME, "RUN_GRACE_SECONDS", "ANONYMOUS_GRACE_SECONDS"), ({}, "ANONYMOUS_GRACE_SECONDS", "RUN_GRACE_SECONDS")],
    ids=["owner", "anonymous"],
)
def test_a_run_without_readers_is_cancelled_after_the_grace_of_its_caller(
    start_server: StartServer, home: dict[str, str], headers: dict[str, str], short: str, long: str
) -> None:
    server = start_server(ASSISTANT="acme.assistants.LockStep", **{short: "0.3", long: "600"}, **home)
    client = Client(server.host, server.port)
    live = begin(client, 1, **headers)  # on a thread, as the newest client names one from its first message on
    run_id = live.headers["X-Run-Id"]
    with client.send({"type": "await-cancelled"}) as cancelled:
        live.close()
        assert "completed" in cancelled.body().decode()
    _, errors = client.post("/resume", {"runId": run_id}, **headers).follow()
    assert not errors


def test_an_ended_run_is_kept_for_its_time_only(start_server: StartServer, home: dict[str, str]) -> None:
    server = start_server(RUN_TTL_SECONDS="0.5", **home)
    client = Client(server.host, server.port)
    live = client.say("hi", headers=ME, threadId="t")
    run_id = live.headers["X-Run-Id"]
    live.body()
    status = 200
    while status != 404:  # bounded by the test's own time limit
        reply = client.post("/resume", {"runId": run_id}, **ME)
        status = reply.status
        reply.close()
        assert status in (200, 404)
    assert client.post("/initial-state", {"threadId": "t"}, **ME).status == 204
