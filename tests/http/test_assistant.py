"""POST /assistant on the wire, with every field and command that the client sends."""

import json
from typing import Any

import pytest

from tests.conftest import StartServer
from tests.wire import Client, message

IMAGE = "data:image/png;base64,iVBORw0KGgo="


def text_of(state: Any) -> str:
    return "".join(part["text"] for part in state["messages"][-1]["parts"] if part["type"] == "text")


def conversation() -> dict[str, Any]:
    """Two exchanges; the first answer is a turn of two assistant messages."""

    def said(name: str, role: str) -> dict[str, Any]:
        return {"id": name, "role": role, "parts": [{"type": "text", "text": name}]}

    names = {"u1": "user", "a1": "assistant", "a1b": "assistant", "u2": "user", "a2": "assistant"}
    return {"messages": [said(name, role) for name, role in names.items()], "other": {"kept": [1, None]}}


def ids(state: Any) -> list[str]:
    return [entry["id"] for entry in state["messages"]]


@pytest.mark.parametrize("sse", [False, True])
def test_a_message_is_answered(client: Client, sse: bool) -> None:
    reply = client.say("Hello there", state={"messages": []}, sse=sse)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == ("text/event-stream" if sse else "text/plain; charset=utf-8")
    assert reply.headers["Cache-Control"] == "no-cache, no-transform"
    assert reply.headers["X-Accel-Buffering"] == "no"
    assert len(reply.headers["X-Run-Id"]) >= 22
    state, errors = reply.follow({"messages": []})
    assert not errors
    assert state["provider"] == "completed"
    assert [entry["role"] for entry in state["messages"]] == ["user", "assistant"]
    assert len(set(ids(state))) == 2
    assert state["messages"][1]["parts"][0]["type"] == "reasoning"
    assert "Hello there" in text_of(state)
    assert "2 words" in text_of(state)


def test_the_first_frame_holds_the_users_message(client: Client) -> None:
    with client.say("Hello", state={"messages": []}) as reply:
        kind, operations = next(reply.frames())
    assert kind == "state"
    assert operations[0]["value"]["parts"] == [{"type": "text", "text": "Hello"}]


@pytest.mark.parametrize("fields", [{}, {"state": None}, {"state": {}}, {"state": {"messages": None}}])
def test_a_state_that_is_missing_null_or_empty_becomes_one(client: Client, fields: dict[str, Any]) -> None:
    state, _ = client.say("Hi", **fields).follow(fields.get("state"))
    assert len(state["messages"]) == 2


def test_other_keys_of_the_state_are_kept(client: Client) -> None:
    state, _ = client.say("Hi", state=conversation()).follow(conversation())
    assert state["other"] == {"kept": [1, None]}
    assert ids(state)[:5] == ids(conversation())


def test_several_commands_are_applied_in_order_and_answered_once(client: Client) -> None:
    state, _ = client.send(message("one"), message("two words")).follow()
    assert [entry["role"] for entry in state["messages"]] == ["user", "user", "assistant"]
    assert "two words" in text_of(state)


def test_an_image_part_goes_into_the_state_as_it_is(client: Client) -> None:
    parts = [{"type": "text", "text": "Look"}, {"type": "image", "image": IMAGE}]
    command = {"type": "add-message", "message": {"role": "user", "parts": parts}}
    state, _ = client.send(command).follow()
    assert state["messages"][0]["parts"] == parts


def test_an_append_truncates_nothing_even_with_a_parent_that_only_the_client_knows(client: Client) -> None:
    for parent in ("u1", "client-only", None):
        command = message("more", parentId=parent, sourceId=None)
        state, _ = client.send(command, state=conversation(), parentId=parent).follow(conversation())
        assert ids(state)[:5] == ids(conversation())


@pytest.mark.parametrize(
    ("parent", "source", "kept"),
    [
        ("a1", "u2", ["u1", "a1", "a1b"]),  # a joined turn bears its first message's id, and stays whole
        (None, "u1", []),
        ("client-only", "u2", ["u1", "a1", "a1b"]),
        ("u1", "client-only", ["u1"]),
    ],
)
def test_an_edit_replaces_a_message_and_all_after_it(
    client: Client, parent: str | None, source: str, kept: list[str]
) -> None:
    command = message("edited", parentId=parent, sourceId=source)
    state, _ = client.send(command, state=conversation()).follow(conversation())
    assert ids(state)[: len(kept)] == kept
    assert len(state["messages"]) == len(kept) + 2
    assert state["messages"][len(kept)]["parts"][0]["text"] == "edited"


def test_an_edit_of_nothing_is_refused(client: Client) -> None:
    command = message("edited", parentId="nowhere", sourceId="nothing")
    reply = client.send(command, state=conversation())
    assert reply.status == 400
    assert "sourceId 'nothing'" in reply.json()["error"]


def test_a_message_keeps_its_own_id_if_it_is_new(client: Client) -> None:
    def named(name: str) -> dict[str, Any]:
        command = message("Hi")
        command["message"]["id"] = name
        return command

    state, _ = client.send(named("mine"), state=conversation()).follow(conversation())
    assert ids(state)[5] == "mine"
    state, _ = client.send(named("u1"), state=conversation()).follow(conversation())
    assert len(set(ids(state))) == len(state["messages"])


@pytest.mark.parametrize("result", [{"temp": 20}, [1], "warm", 0, False, None, ""])
def test_a_tool_result_of_any_json_is_written_beside_its_call(client: Client, result: Any) -> None:
    call = {"type": "tool-call", "toolCallId": "c1", "toolName": "get_weather", "argsText": "{}"}
    before = {"messages": [{"id": "a", "role": "assistant", "parts": [call]}]}
    state, _ = client.send({"type": "add-tool-result", "toolCallId": "c1", "result": result}, state=before).follow(
        before
    )
    assert state["messages"][0]["parts"][0] == {**call, "result": result}
    assert "get_weather answered" in text_of(state)


def test_a_tool_result_brings_error_artifact_and_model_content(client: Client) -> None:
    call = {"type": "tool-call", "toolCallId": "c1", "toolName": "get_weather", "argsText": "{}"}
    before = {"messages": [{"id": "a", "role": "assistant", "parts": [call]}]}
    extra = {"isError": True, "artifact": False, "modelContent": [{"type": "text", "text": "x"}]}
    command = {"type": "add-tool-result", "toolCallId": "c1", "toolName": "other", "result": "Error: no", **extra}
    state, _ = client.send(command, state=before).follow(before)
    assert state["messages"][0]["parts"][0] == {**call, **extra, "result": "Error: no"}
    assert "get_weather failed: Error: no" in text_of(state)


def test_a_result_without_its_call_is_not_lost(client: Client) -> None:
    state, _ = client.send({"type": "add-tool-result", "toolCallId": "c9", "result": {"x": 1}}).follow()
    part = state["messages"][0]["parts"][0]
    assert (part["toolCallId"], part["result"]) == ("c9", {"x": 1})


def test_a_cancelled_tool_and_a_new_message_are_answered_once(client: Client) -> None:
    call = {"type": "tool-call", "toolCallId": "c1", "toolName": "get_weather", "argsText": '{"ci'}
    before = {"messages": [{"id": "a", "role": "assistant", "parts": [call]}]}
    cancelled = {
        "type": "add-tool-result",
        "toolCallId": "c1",
        "toolName": "get_weather",
        "result": "Tool execution was cancelled.",
        "isError": True,
    }
    state, _ = client.send(cancelled, message("never mind"), state=before).follow(before)
    assert [entry["role"] for entry in state["messages"]] == ["assistant", "user", "assistant"]
    assert "never mind" in text_of(state)


def test_no_command_needs_no_answer(client: Client) -> None:
    state, errors = client.send(state=conversation()).follow(conversation())
    assert not errors
    assert state == {**conversation(), "provider": "completed"}


def test_the_turn_has_the_nested_settings_over_the_deprecated_ones(start_server: StartServer) -> None:
    own = start_server(ASSISTANT="acme.assistants.Settings")
    fields = {
        "system": "Be brief.",
        "threadId": "__LOCALID_abc1234",
        "tools": {"t": {"description": "d", "parameters": {"type": "object"}}},
        "callSettings": {"temperature": 0.1},
        "config": {"modelName": "nested"},
        "temperature": 0.9,
        "maxTokens": 5,
        "modelName": "top",
        "runConfig": {"custom": 1},
        "something": {"of": "the app's body option"},
    }
    state, errors = Client(own.host, own.port).send(state={}, **fields).follow({})
    assert not errors
    assert state["turn"] == {
        "call_settings": {"temperature": 0.1, "maxTokens": 5},
        "config": {"modelName": "nested"},
        "system": "Be brief.",
        "thread_id": "__LOCALID_abc1234",
        "tools": fields["tools"],
    }


def test_the_default_encoding_is_a_setting(start_server: StartServer) -> None:
    own = start_server(ASSISTANT_PROTOCOL="assistant-transport")
    with Client(own.host, own.port).say("Hi") as reply:
        assert reply.headers["Content-Type"] == "text/event-stream"
        assert not reply.follow()[1]


@pytest.mark.parametrize(
    ("layout", "role", "content"),
    [("parts", "role", "parts"), ("langchain", "type", "content")],
)
def test_a_text_that_the_client_adds_as_the_assistants_stands_there_and_needs_no_answer(
    start_server: StartServer, layout: str, role: str, content: str
) -> None:
    server = start_server(ASSISTANT_MESSAGE_FORMAT=layout)
    client = Client(server.host, server.port)
    texts = [{"type": "text", "text": "Welcome!"}, {"type": "text", "text": "What may I do?"}]
    greeting = {"type": "add-message", "message": {"role": "assistant", "parts": texts, "id": "greeting"}}
    state, errors = client.send(greeting).follow()
    assert not errors
    (added,) = state["messages"]
    expected_role = "ai" if layout == "langchain" else "assistant"
    assert (added["id"], added[role], added[content]) == ("greeting", expected_role, texts)
    assert state["provider"] == "completed"
    state, errors = client.send(message("Hello"), state=state).follow(state)
    assert not errors
    assert len(state["messages"]) == 3


def test_a_declared_tool_of_the_frontend_is_left_to_it_unless_a_request_lists_its_own(
    start_server: StartServer,
) -> None:
    def schema(name: str) -> dict[str, Any]:
        return {"type": "object", "properties": {name: {"type": "string"}}, "required": [name]}

    declared = {"get_weather": {"description": "The weather.", "parameters": schema("town")}}
    server = start_server(CLIENT_TOOLS=json.dumps(declared))
    client = Client(server.host, server.port)
    own = {"get_weather": {"parameters": schema("city")}}
    for tools, args in (({}, {"town": "Rome"}), (own, {"city": "Rome"})):
        state, errors = client.say("What is the weather in Rome?", tools=tools).follow()
        assert not errors
        call = state["messages"][-1]["parts"][-1]
        assert (call["toolName"], json.loads(call["argsText"])) == ("get_weather", args)
        assert "result" not in call
    result = {"type": "add-tool-result", "toolCallId": call["toolCallId"], "toolName": "get_weather", "result": "mild"}
    state, errors = client.send(result, state=state).follow(state)
    assert not errors
    assert text_of(state) == "The tool get_weather answered: mild"
