"""The mock assistant on the wire: it quotes the user, calls its tool, answers on the result, and never loops."""

import json
from typing import Any

import pytest

from tests.conftest import StartServer
from tests.wire import Client, apply

TOOLS = {"get_weather": {"description": "d", "parameters": {"type": "object"}}}


def parts(state: Any) -> list[Any]:
    found: list[Any] = state["messages"][-1]["parts"]
    return found


def without_ids(state: Any) -> str:
    text = json.dumps(state)
    for message in state["messages"]:
        text = text.replace(message["id"], "id")
        for part in message["parts"]:
            text = text.replace(part.get("toolCallId", "none"), "call")
    return text


def test_the_same_input_gets_the_same_text(client: Client) -> None:
    first, second = (client.say("How is the weather in New York?").follow()[0] for _ in range(2))
    assert without_ids(first) == without_ids(second)


def test_another_input_gets_another_text(client: Client) -> None:
    first, second = (client.say(text).follow()[0] for text in ("apples", "three green pears"))
    assert "apples" in parts(first)[-1]["text"]
    assert "three green pears” That is 3 words and 17 characters; the longest is “three”" in parts(second)[-1]["text"]


def test_a_long_message_is_quoted_in_part(client: Client) -> None:
    state, _ = client.say("word " * 5000).follow()
    assert "5000 words" in parts(state)[-1]["text"]
    assert len(parts(state)[-1]["text"]) < 500


@pytest.mark.parametrize("text", ["", "   "])
def test_a_message_without_text_is_answered(client: Client, text: str) -> None:
    state, errors = client.say(text).follow()
    assert not errors
    assert "no text" in parts(state)[-1]["text"]


def test_it_answers_its_own_tool_call(client: Client) -> None:
    state, _ = client.say("What is the weather in Paris?").follow()
    reasoning, intro, call, conclusion = parts(state)
    assert (reasoning["type"], intro["type"], call["type"]) == ("reasoning", "text", "tool-call")
    assert json.loads(call["argsText"]) == {"location": "Paris"}
    result = call["result"]
    assert (result["location"], result["unit"]) == ("Paris", "celsius")
    assert conclusion["text"] == "It is {temperature} °C and {condition} in {location}.".format(**result)


def test_it_writes_code_as_markdown(client: Client) -> None:
    state, _ = client.say('Some code, "please"').follow()
    assert 'print(answer("Some code, \\"please\\""))\n```\n' in parts(state)[-1]["text"]


def test_its_usage_counts_words(client: Client) -> None:
    state, _ = client.say("What is the weather in Paris?").follow()
    said = sum(len(part["text"].split()) for part in parts(state) if "text" in part)
    assert state["messages"][-1]["usage"] == {"inputTokens": 6, "outputTokens": said}


@pytest.mark.parametrize(
    ("text", "city"),
    [("weather?", "Berlin"), ("Weather in New York today", "New York"), ("the weather for São Paulo", "São Paulo")],
)
def test_it_finds_the_city(client: Client, text: str, city: str) -> None:
    state, _ = client.say(text).follow()
    call = next(part for part in parts(state) if part["type"] == "tool-call")
    assert json.loads(call["argsText"]) == {"location": city}


def test_its_arguments_are_streamed(start_server: StartServer) -> None:
    slow = start_server(MOCK_DELAY_SECONDS="0.02")
    seen = set()
    state: Any = None
    with Client(slow.host, slow.port).say("weather in Paris", tools=TOOLS) as reply:
        for _, operations in reply.frames():
            state = apply(state, operations)
            seen |= {part["argsText"] for part in parts(state) if part["type"] == "tool-call"}
    assert len(seen) > 3
    assert all('{"location": "Paris"}'.startswith(text) for text in seen)


def test_a_clients_tool_is_called_with_what_its_schema_requires(client: Client) -> None:
    schema = {"type": "object", "properties": {"town": {"type": "string"}}, "required": ["town"]}
    state, _ = client.say("weather in Rome", tools={"get_weather": {"parameters": schema}}).follow()
    assert json.loads(parts(state)[-1]["argsText"]) == {"town": "Rome"}


def test_it_leaves_a_clients_tool_to_the_client_and_answers_on_its_result(client: Client) -> None:
    before, _ = client.say("What is the weather in Paris?", tools=TOOLS).follow()
    call = parts(before)[-1]
    assert call["type"] == "tool-call"
    assert "result" not in call
    result = {
        "type": "add-tool-result",
        "toolCallId": call["toolCallId"],
        "toolName": "get_weather",
        "result": {"c": 3},
    }
    after, _ = client.send(result, state=before, tools=TOOLS).follow(before)
    assert len(after["messages"]) == 3
    assert parts(after) == [{"type": "text", "text": 'The tool get_weather answered: {"c": 3}'}]
    assert after["provider"] == "completed"
