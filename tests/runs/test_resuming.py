"""However often a client is cut off and resumes, it ends with the state that an uninterrupted one has."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import StartServer
from tests.server import Server, Valkey
from tests.wire import Client, apply

ME = {"X-Client-Id": "a-client-id-that-nobody-guesses"}
BEFORE = {"messages": [], "kept": {"by": "the client"}}


@pytest.fixture(scope="module", params=["memory", "valkey"])
def pair(request: pytest.FixtureRequest, start_server: StartServer) -> list[Server]:
    """The processes that a client may meet: one with its log in memory, or two that share a Valkey."""
    variables = {"ASSISTANT": "acme.assistants.Bursts", "FLUSH_INTERVAL_MS": "1"}
    if request.param == "memory":
        return [start_server(**variables)]
    valkey: Valkey = request.getfixturevalue("valkey")
    return [start_server(**variables, REDIS_URL=valkey.url) for _ in range(2)]


@settings(max_examples=25)
@given(
    bursts=st.lists(st.integers(1, 30), min_size=1, max_size=12),
    cuts=st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 1)), max_size=4),
    sse=st.booleans(),
    by_thread=st.booleans(),
)
def test_cuts_and_resumes_change_nothing(
    pair: list[Server], bursts: list[int], cuts: list[tuple[int, int]], sse: bool, by_thread: bool
) -> None:
    clients = [Client(server.host, server.port) for server in pair]
    plan = " ".join(map(str, bursts))
    headers = {**ME, **({"Accept": "text/event-stream"} if sse else {})}
    live = clients[0].say(plan, headers=headers, threadId="t", state=BEFORE)
    run_id = live.headers["X-Run-Id"]
    reply = live
    for size, other in cuts:
        reply.read_up_to(size)
        reply.close()
        body = {"threadId": "t"} if by_thread else {"runId": run_id}
        client = clients[other % len(clients)]
        while by_thread and client.post("/initial-state", body, **ME).json()["runId"] != run_id:
            pass  # another process hears of a thread's latest run a batch later
        reply = client.post("/resume", body, **headers)
        assert reply.status == 200
        assert reply.headers["X-Run-Id"] == run_id
    start: Any = "anything at all" if by_thread and cuts else BEFORE
    state, errors = reply.follow(start)
    assert not errors
    assert state["kept"] == BEFORE["kept"]
    assert state["provider"] == "completed"
    assert state["messages"][1]["parts"][0]["text"] == "".join(f"<{n}:{i}>" for n in bursts for i in range(n))


def test_the_replayed_part_ends_between_two_frames(pair: list[Server]) -> None:
    client = Client(pair[-1].host, pair[-1].port)
    live = client.say("5 5 5 5 5", headers=ME, threadId="t", state=BEFORE)
    run_id = live.headers["X-Run-Id"]
    for _ in range(5):
        reply = client.post("/resume", {"runId": run_id}, **ME)
        length = int(reply.headers["Aui-Replay-Content-Length"])
        replayed = reply.take(length)
        assert length == 0 or replayed.endswith(b"]\n")
        state: Any = BEFORE
        for line in replayed.decode().splitlines():
            state = apply(state, json.loads(line.partition(":")[2]))
        reply.close()
    live.body()
