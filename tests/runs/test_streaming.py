"""A reply on real sockets: nothing is buffered, idle streams stay open, every end is clean, disconnects cancel."""

import json
from typing import Any

import pytest

from tests.conftest import StartServer
from tests.wire import Client, apply, message


@pytest.fixture(scope="module")
def lockstep(start_server: StartServer) -> Client:
    server = start_server(ASSISTANT="acme.assistants.LockStep", HEARTBEAT_SECONDS="0.2")
    return Client(server.host, server.port)


@pytest.fixture(scope="module")
def failing(start_server: StartServer) -> tuple[Client, Any]:
    server = start_server(ASSISTANT="acme.assistants.Failing")
    return Client(server.host, server.port), server


def texts(state: Any) -> str:
    return "".join(part["text"] for part in state["messages"][-1]["parts"] if part["type"] == "text")


@pytest.mark.parametrize("sse", [False, True])
def test_each_chunk_arrives_before_the_next_is_written(lockstep: Client, sse: bool) -> None:
    chunks = 20
    state: Any = None
    with lockstep.say(str(chunks), sse=sse) as reply:
        frames = reply.frames()
        for number in range(chunks):
            while not (state and len(state["messages"]) > 1 and texts(state).endswith(f"{number} ")):
                kind, value = next(frames)
                assert kind == "state"
                state = apply(state, value)
            lockstep.send({"type": "confirm"}).follow()
        for _kind, value in frames:
            state = apply(state, value)
    assert texts(state) == "".join(f"{number} " for number in range(chunks))
    assert state["provider"] == "completed"


@pytest.mark.parametrize(("sse", "beat"), [(False, ""), (True, ": heartbeat")])
def test_an_idle_stream_gets_heartbeats(lockstep: Client, sse: bool, beat: str) -> None:
    with lockstep.say("1", sse=sse) as reply:
        lines = reply.lines()
        seen: list[str] = []
        while not any("0 " in line for line in seen):
            seen.append(next(lines))
        if sse:
            assert next(lines) == ""
        assert [next(lines) for _ in range(3 if not sse else 4)] == ([beat] * 3 if not sse else [beat, ""] * 2)
        lockstep.send({"type": "confirm"}).follow()
        assert "completed" in "".join(lines)


def test_a_client_that_goes_away_cancels_the_assistant(start_server: StartServer) -> None:
    server = start_server(ASSISTANT="acme.assistants.LockStep")
    client = Client(server.host, server.port)
    reply = client.say("1")
    next(reply.frames())
    with client.send({"type": "await-cancelled"}) as cancelled:
        reply.close()
        assert "completed" in list(cancelled.lines())[-1]


@pytest.mark.parametrize("sse", [False, True])
@pytest.mark.parametrize("how", ["raise", "nan", "proto", "object", "lost cancellation"])
def test_a_failing_assistant_ends_with_one_neutral_error_and_a_clean_end(
    failing: tuple[Client, Any], how: str, sse: bool
) -> None:
    client, server = failing
    state, errors = client.say(how, sse=sse).follow()
    assert len(errors) == 1
    assert errors[0].startswith("The assistant failed. Please try again. (Error ")
    assert "secret" not in errors[0]
    assert texts(state) == "partial"
    assert state["provider"] == "error"
    error_id = errors[0].removesuffix(")").split()[-1]
    line = next(json.loads(line) for line in server.log().splitlines() if error_id in line)
    assert line["level"] == "ERROR"
    assert line["error_id"] == error_id


@pytest.mark.parametrize("sse", [False, True])
def test_half_a_surrogate_pair_does_not_break_the_stream(failing: tuple[Client, Any], sse: bool) -> None:
    state, errors = failing[0].say("surrogate", sse=sse).follow()
    assert not errors
    assert texts(state) == "half \ud83d of a pair"


@pytest.mark.parametrize("sse", [False, True])
def test_everything_that_the_controller_offers_decodes_strictly(start_server: StartServer, sse: bool) -> None:
    server = start_server(ASSISTANT="acme.assistants.Everything")
    reply = Client(server.host, server.port).send(message("go"), sse=sse)
    state: Any = None
    kinds = []
    with reply:
        for kind, value in reply.frames():
            kinds.append(kind)
            state = apply(state, value) if kind == "state" else state
    assert state["notes"] == ["a", "b"]
    assert (state["title"], state["fresh"], state["done"]) == ("Title!", "made", True)
    assert "error" not in kinds
    expected = {"text-delta", "result", "data", "step-finish"} if sse else {"0", "g", "b", "c", "a", "h", "2", "e"}
    assert expected <= set(kinds)
