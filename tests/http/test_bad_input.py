"""Whatever is wrong with a request, it gets a 4xx in the one error shape that says what, and the server goes on."""

import json
from typing import Any

import pytest

from tests.conftest import StartServer
from tests.wire import Client, message

HELLO = json.dumps({"commands": [message("Hi")]}).encode()


def says(content: Any) -> Any:
    return {"commands": [{"type": "add-message", "message": content}]}


IMAGE = {"type": "image", "image": "data:image/png;base64,iVBORw0KGgo="}


def refusal(client: Client, body: Any, status: int = 400, **headers: str) -> Any:
    reply = client.request("POST", "/assistant", body, **headers)
    assert reply.status == status
    assert reply.headers["Content-Type"] == "application/json"
    answer = reply.json()
    assert {"error", "code"} <= set(answer) <= {"error", "code", "details"}
    assert isinstance(answer["error"], str)
    assert "Traceback" not in json.dumps(answer)
    return answer


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b'{"commands": [NaN]}', "not valid JSON"),
        (b'{"commands": [], "state": {"x": Infinity}}', "not valid JSON"),
        (b'{"commands": [], "state": {"x": 1e999}}', "too large"),
        (b'{"commands": [], "state": {"x": 1' + b"0" * 400 + b"}}", "too large"),
        (b'{"commands": [], "state": 1' + b"0" * 5000 + b"}", "not valid JSON"),
        (b'{"commands": [], "state": {"__proto__": {}}}', "__proto__"),
        (b'{"commands": [], "state": {"\\u005f_proto__": {}}}', "__proto__"),
        (b'{"commands": [], "state": [{"constructor": {"prototype": 1}}]}', "constructor.prototype"),
        (b'{"commands": [], "system": "\\ud800"}', "not valid JSON"),
        (b'{"commands": [], "system": "\xff"}', "not valid JSON"),
        (b'{"commands": [], "state": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "recursion limit"),
        (b"[]", "(the whole body)"),
        (b"null", "(the whole body)"),
        (b"{}", "commands: Field required"),
    ],
)
def test_a_body_that_no_client_sends_is_refused(client: Client, body: bytes, complaint: str) -> None:
    assert complaint in refusal(client, body)["error"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"commands": {}}, "commands"),
        ({"commands": [1]}, "commands.0"),
        ({"commands": [{}]}, "commands.0"),
        ({"commands": [{"type": "add-message"}]}, "commands.0.message"),
        ({"commands": [{"type": "add-message", "message": {"parts": "x"}}]}, "commands.0.message.parts"),
        (
            {"commands": [{"type": "add-message", "message": {"parts": [{"type": "audio"}]}}]},
            "commands.0.message.parts.0.type",
        ),
        (
            {"commands": [{"type": "add-message", "message": {"parts": [{"type": "text"}]}}]},
            "commands.0.message.parts.0",
        ),
        (
            {"commands": [{"type": "add-message", "message": {"role": "system", "parts": []}}]},
            "commands.0.message.role",
        ),
        (
            {"commands": [{"type": "add-message", "message": {"role": "assistant", "parts": [IMAGE]}}]},
            "commands.0.message",
        ),
        ({"commands": [{"type": "add-tool-result", "result": 1}]}, "commands.0.toolCallId"),
        ({"commands": [{"type": "add-tool-result", "toolCallId": "x"}]}, "commands.0.result"),
        ({"commands": [], "system": 1}, "system"),
        ({"commands": [], "tools": []}, "tools"),
        ({"commands": [], "tools": {"t": {"parameters": "x"}}}, "tools.t.parameters"),
        ({"commands": [], "threadId": 5}, "threadId"),
        ({"commands": [], "callSettings": {"maxTokens": "many"}}, "callSettings.maxTokens"),
        ({"commands": [], "maxTokens": "many"}, "maxTokens"),
        ({"commands": [], "temperature": {"a": 1}}, "temperature.float"),
        ({"commands": [], "tools": {f"t{n}": {"parameters": {}} for n in range(129)}}, "tools"),
        ({"commands": [], "config": "x"}, "config"),
    ],
)
def test_a_wrong_field_is_named(client: Client, fields: Any, field: str) -> None:
    answer = refusal(client, fields)
    assert field in answer["error"]
    assert answer["details"][0]["field"] == field


def test_an_unknown_command_is_named_with_those_that_are_known(client: Client) -> None:
    error = refusal(client, {"commands": [message("x"), {"type": "dance"}]})["error"]
    assert "commands.1: unknown command 'dance'" in error
    assert "add-tool-result" in error


@pytest.mark.parametrize(
    ("state", "complaint"),
    [
        ("text", "state: expected an object or null"),
        ([], "state: expected an object or null"),
        ({"messages": {}}, "state.messages: expected a list of objects"),
        ({"messages": ["x"]}, "state.messages: expected a list of objects"),
    ],
)
def test_a_state_that_holds_no_messages_is_refused(client: Client, state: Any, complaint: str) -> None:
    assert complaint in refusal(client, {"commands": [message("Hi")], "state": state})["error"]


@pytest.mark.parametrize(
    "broken",
    [
        {"id": {"a": 1}, "role": ["x"], "parts": 5},
        {"parts": [None, 1, {"type": "tool-call"}], "role": "user"},
        {"type": "ai", "tool_calls": [None, {"id": 7}], "content": None},
        {},
    ],
)
@pytest.mark.parametrize("layout", ["parts", "langchain"])
def test_forged_messages_break_nothing(start_server: StartServer, layout: str, broken: Any) -> None:
    own = forged_server(start_server, layout)
    before = {"messages": [broken]}
    commands = [{"type": "add-tool-result", "toolCallId": "c", "result": 1}, message("Hi")]
    state, errors = own.send(*commands, state=before).follow(before)
    assert not errors
    assert state["messages"][0] == broken
    state, errors = own.send(state=before).follow(before)
    assert not errors


_forged: dict[str, Client] = {}


def forged_server(start_server: StartServer, layout: str) -> Client:
    if layout not in _forged:
        server = start_server(ASSISTANT_MESSAGE_FORMAT=layout)
        _forged[layout] = Client(server.host, server.port)
    return _forged[layout]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"])
def test_another_content_type_is_a_415(client: Client, content_type: str) -> None:
    assert "application/json" in refusal(client, HELLO, 415, Content_Type=content_type)["error"]


def test_a_charset_in_the_content_type_is_fine(client: Client) -> None:
    with client.request("POST", "/assistant", HELLO, Content_Type="application/json; charset=utf-8") as reply:
        assert reply.status == 200


def test_a_body_over_the_limit_is_a_413_before_it_is_read(client: Client) -> None:
    reply = client.request("POST", "/assistant", b"{}", Content_Length=str(50 * 1024 * 1024))
    assert reply.status == 413
    assert reply.json() == {"error": "The body is larger than 4194304 bytes.", "code": "body_too_large"}


def test_a_body_a_little_over_the_limit_is_a_413_once_it_is_sent(client: Client) -> None:
    reply = client.request("POST", "/assistant", b"x" * (5 * 1024 * 1024))
    assert reply.status == 413


def test_a_chunked_body_over_the_limit_is_a_413_with_cors(start_server: StartServer) -> None:
    server = start_server(MAX_BODY_BYTES="2048")
    small = Client(server.host, server.port)
    chunks = (b"x" * 1024 for _ in range(8))
    reply = small.request("POST", "/assistant", chunks, Origin="http://localhost:3000")
    assert reply.status == 413
    assert reply.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert small.get("/health").status == 200


def test_a_body_of_the_limit_is_read(client: Client) -> None:
    body = b'{"commands": [], "state": {"x": "' + b"y" * (4 * 1024 * 1024 - 36) + b'"}}'
    assert len(body) <= 4 * 1024 * 1024
    with client.request("POST", "/assistant", body) as reply:
        assert reply.status == 200
