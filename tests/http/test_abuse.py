"""Requests that are allowed by their size and cost more than they should: they get an answer, and soon."""

import json
from typing import Any

import pytest

from tests.conftest import StartServer
from tests.wire import Client, message

CALL = {"type": "tool-call", "toolCallId": "c", "toolName": "t", "argsText": "{}"}


def result(call_id: str) -> dict[str, Any]:
    return {"type": "add-tool-result", "toolCallId": call_id, "result": 1}


@pytest.mark.parametrize(
    "body",
    [
        {"commands": [0] * 100_000},
        {"commands": [message("x")] * 65},
        {"commands": [{"type": "add-message", "message": {"parts": [{"type": "text", "text": "x"}] * 65}}]},
    ],
)
def test_more_than_any_client_sends_is_a_400(client: Client, body: Any) -> None:
    refused = client.request("POST", "/assistant", body)
    assert refused.status == 400
    assert "at most 64" in refused.json()["error"]
    assert len(refused.body()) < 1000


@pytest.mark.parametrize("layout", ["parts", "langchain"])
def test_many_commands_on_a_long_history_take_one_look_at_it(start_server: StartServer, layout: str) -> None:
    server = start_server(ASSISTANT_MESSAGE_FORMAT=layout)
    before = {"messages": [{"id": str(number), "role": "x"} for number in range(100_000)]}
    commands = [command for number in range(32) for command in (message("x"), result(str(number)))]
    with Client(server.host, server.port).send(*commands, state=before) as reply:
        assert reply.status == 200
        next(reply.frames())


def test_edits_that_would_repeat_a_long_history_are_refused(client: Client) -> None:
    before = {"messages": [{"id": str(number), "role": "user", "parts": []} for number in range(20_000)]}
    edits = [message("x", parentId=str(19_999 - number), sourceId="x") for number in range(64)]
    refused = client.send(*edits, state=before)
    assert refused.status == 413
    assert "more than 8388608 bytes" in refused.json()["error"]


def test_a_large_image_is_one_large_frame_and_cuts_nobody_off(client: Client) -> None:
    image = "data:image/png;base64," + "A" * 2_000_000
    command = {"type": "add-message", "message": {"parts": [{"type": "image", "image": image}]}}
    headers = {"X-Client-Id": "a-client-id-that-nobody-guesses"}
    reply = client.send(command, headers=headers, threadId="t")
    run_id = reply.headers["X-Run-Id"]
    state, errors = reply.follow()
    assert not errors
    assert state["messages"][0]["parts"][0]["image"] == image
    again, errors = client.post("/resume", {"runId": run_id}, **headers).follow()
    assert not errors
    assert json.dumps(again) == json.dumps(state)


def test_more_values_than_any_conversation_has_are_not_parsed(client: Client) -> None:
    refused = client.request("POST", "/assistant", b'{"commands": [], "state": [' + b"{}," * 120_000 + b"{}]}")
    assert refused.status == 413
    assert refused.json() == {"error": "The body has more than 120000 objects and lists.", "code": "body_too_large"}


def test_states_that_would_take_too_much_memory_together_are_a_503_until_one_ends(start_server: StartServer) -> None:
    server = start_server(
        ASSISTANT="acme.assistants.LockStep",
        MAX_STATES_BYTES="200000",
        RUN_GRACE_SECONDS="0",
        ANONYMOUS_GRACE_SECONDS="0",
    )
    waiting = Client(server.host, server.port)
    large = {"messages": [], "large": "x" * 40_000}
    reply = waiting.say("1", state=large)
    next(reply.frames())
    refused = waiting.say("1", state=large)
    assert refused.status == 503
    assert refused.headers["Retry-After"] == "1"
    with waiting.say("1") as small:
        assert small.status == 200
        next(small.frames())
    reply.close()
    while waiting.say("0", state=large).status != 200:
        pass
