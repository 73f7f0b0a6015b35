"""The server runs its tools, the client its own; each round goes back to the model."""

import json
import re
from typing import Any

import pytest

from tests.assistants.llm.conftest import Chat, StartChat
from tests.providers import Answer, Say, Use, answer
from tests.server import free_port
from tests.telemetry.scrape import Scraper
from tests.wire import message

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = {"get_weather": {"description": "The weather.", "parameters": SCHEMA}}
CALCULATE = Use("calculate", ['{"expression"', ': "6 * 7"}'], id="call_c")
WEATHER = Use("get_weather", ['{"city": "Paris"}'], id="call_w")


def result(call_id: str, value: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "add-tool-result", "toolCallId": call_id, "toolName": "get_weather", "result": value, **fields}


def test_a_server_tool_is_run_and_its_result_read(chat: Chat) -> None:
    chat.stub.answer(answer(Say(["Let me see."]), CALCULATE), answer(Say(["It is 42."])))
    state, errors = chat.say("6 times 7?").follow()
    assert not errors
    assert [part["kind"] for part in chat.parts(state)] == ["text", "call", "text"]
    assert chat.parts(state)[1] == {
        "kind": "call", "id": "call_c", "name": "calculate", "args": '{"expression": "6 * 7"}',
        "result": "42", "error": False,
    }  # fmt: skip
    assert chat.usage(state) == {"inputTokens": 14, "outputTokens": 10}
    first, second = chat.stub.requests
    assert {"calculate", "current_time"} <= set(chat.format.tools(first.body))
    assert "expression" in chat.format.tools(first.body)["calculate"]["properties"]
    assert second.conversation[-1] == ("result", "call_c", "42")


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (Use("calculate", ['{"expression": "9**9**9"}']), "too large"),
        (Use("calculate", ['{"expression": 5}']), "expression"),
        (Use("calculate", ["{}"]), "expression"),
        (Use("no_such_tool", ["{}"]), "no_such_tool"),
    ],
)
def test_what_goes_wrong_in_a_tool_is_the_models_to_mend(parts_chat: Chat, use: Use, says: str) -> None:
    chat = parts_chat
    chat.stub.answer(answer(use), answer(Say(["Sorry."])))
    state, errors = chat.say("Hi").follow()
    assert not errors
    call, text = chat.parts(state)
    assert call["error"] is True
    assert says in call["result"]
    assert text["text"] == "Sorry."
    assert says in chat.stub.requests[1].conversation[-1][2]


def test_a_clients_tool_ends_the_run_and_its_result_begins_the_next(chat: Chat) -> None:
    chat.stub.answer(answer(Say(["I look."]), WEATHER), answer(Say(["Sunny."])))
    state, errors = chat.say("The weather?", tools=TOOLS).follow()
    assert not errors
    call = chat.parts(state)[-1]
    assert "result" not in call
    assert chat.format.tools(chat.stub.requests[0].body)["get_weather"]["required"] == ["city"]
    state, errors = chat.send(result(call["id"], {"sky": "sunny"}), state=state, tools=TOOLS).follow(state)
    assert not errors
    assert chat.parts(state)[-1]["text"] == "Sunny."
    assert chat.stub.requests[1].conversation[-1] == ("result", "call_w", '{"sky": "sunny"}')


def test_a_clients_tool_may_fail(chat: Chat) -> None:
    chat.stub.answer(answer(WEATHER), answer(Say(["A pity."])))
    state, _ = chat.say("The weather?", tools=TOOLS).follow()
    failed = result("call_w", "Error: no satellite", isError=True)
    _, errors = chat.send(failed, state=state, tools=TOOLS).follow(state)
    assert not errors
    assert "no satellite" in chat.stub.requests[1].conversation[-1][2]
    if chat.format_name == "anthropic":
        assert chat.stub.requests[1].body["messages"][-1]["content"][0]["is_error"] is True


def test_nothing_is_asked_before_every_result_is_there(chat: Chat) -> None:
    other = Use("get_weather", ['{"city": "Rome"}'], id="call_r")
    chat.stub.answer(answer(WEATHER, CALCULATE, other), answer(Say(["Both are sunny."])))
    state, errors = chat.say("Weather, and 6 * 7?", tools=TOOLS).follow()
    assert not errors
    assert [part.get("result") for part in chat.parts(state)] == [None, "42", None]
    state, errors = chat.send(result("call_w", "sunny"), state=state, tools=TOOLS).follow(state)
    assert not errors
    assert len(chat.stub.requests) == 1
    state, errors = chat.send(result("call_r", "sunny"), state=state, tools=TOOLS).follow(state)
    assert not errors
    results = [item[1:] for item in chat.stub.requests[1].conversation if item[0] == "result"]
    assert results == [("call_w", "sunny"), ("call_c", "42"), ("call_r", "sunny")]
    assert chat.parts(state)[-1]["text"] == "Both are sunny."


def test_a_user_who_writes_instead_interrupts_the_call(chat: Chat) -> None:
    chat.stub.answer(answer(WEATHER), answer(Say(["As you like."])))
    state, _ = chat.say("The weather?", tools=TOOLS).follow()
    _, errors = chat.say("Never mind", state=state, tools=TOOLS).follow(state)
    assert not errors
    *_, interrupted, said = chat.stub.requests[1].conversation
    assert interrupted[:2] == ("result", "call_w")
    assert "interrupted" in interrupted[2]
    assert said == ("user", "Never mind")


def test_a_cancelled_call_and_a_message_are_answered_once(chat: Chat) -> None:
    chat.stub.answer(answer(WEATHER), answer(Say(["As you like."])))
    state, _ = chat.say("The weather?", tools=TOOLS).follow()
    cancelled = result("call_w", "Tool execution was cancelled.", isError=True)
    _, errors = chat.send(cancelled, message("Never mind"), state=state, tools=TOOLS).follow(state)
    assert not errors
    assert len(chat.stub.requests) == 2


def test_calls_of_one_id_get_ids_of_their_own(chat: Chat) -> None:
    """Some servers count their calls from 0 in every answer."""
    chat.stub.answer(answer(CALCULATE), answer(CALCULATE), answer(WEATHER, CALCULATE))
    state, errors = chat.say("Hi", tools=TOOLS).follow()
    assert not errors
    calls = [part for part in chat.parts(state) if part["kind"] == "call"]
    assert len({call["id"] for call in calls}) == 4
    assert [call.get("result") for call in calls] == ["42", "42", None, "42"]


@pytest.mark.parametrize(
    ("tools", "says"),
    [
        ({"calculate": {"parameters": SCHEMA}}, "tools.calculate: this server has a tool of that name"),
        ({"my tool": {"parameters": SCHEMA}}, "1 to 64 letters"),
        ({"t": {"parameters": {"type": "string"}}}, "expected a JSON Schema of type object"),
        ({"t": {"parameters": {"type": "object", "properties": 5}}}, "not a valid JSON Schema"),
    ],
)
def test_a_tool_that_cannot_be_is_refused(parts_chat: Chat, tools: dict[str, Any], says: str) -> None:
    reply = parts_chat.say("Hi", tools=tools)
    assert reply.status == 400
    assert says in reply.json()["error"]
    assert not parts_chat.stub.requests


@pytest.fixture(scope="module")
def bounded(start_chat: StartChat) -> Chat:
    own = ",".join(f"acme.own_tools.{name}" for name in ("broken", "infinite", "proto", "meet"))
    return start_chat(MAX_TOOL_ROUNDS="2", SERVER_TOOLS=f"calculate,current_time,{own}")


@pytest.fixture(scope="module")
def impatient(start_chat: StartChat) -> Chat:
    return start_chat(TOOL_TIMEOUT_SECONDS="0.2", SERVER_TOOLS="acme.own_tools.sleepy")


def test_the_rounds_are_bounded(bounded: Chat) -> None:
    bounded.stub.forget()
    bounded.stub.answer(*[answer(CALCULATE)] * 9)
    state, errors = bounded.say("Hi").follow()
    assert "called tools 2 times without coming to an answer" in errors[0]
    assert len(bounded.stub.requests) == 3
    assert bounded.usage(state) == {"inputTokens": 21, "outputTokens": 15}


def test_the_rounds_of_a_clients_tool_are_too(bounded: Chat) -> None:
    bounded.stub.forget()
    state: Any = None
    commands: list[Any] = [message("Hi")]
    for number in range(9):
        bounded.stub.answer(answer(Use("get_weather", ['{"city": "Paris"}'], id=f"call_{number}")))
        state, errors = bounded.send(*commands, state=state, tools=TOOLS).follow(state)
        if errors:
            break
        commands = [result(f"call_{number}", "sunny")]
    assert "called tools 2 times" in errors[0]
    assert len(bounded.stub.requests) == 3


@pytest.mark.parametrize(
    ("tool", "says"),
    [
        ("broken", "The tool failed."),
        ("infinite", "[null]"),
        ("proto", "result"),
    ],
)
def test_a_tool_of_the_users_own_that_fails(bounded: Chat, tool: str, says: str) -> None:
    bounded.stub.forget()
    bounded.stub.answer(answer(Use(tool, ["{}"])), answer(Say(["Sorry."])))
    state, errors = bounded.say("Hi").follow()
    assert not errors
    assert says in json.dumps(bounded.parts(state)[0]["result"])
    if tool == "broken":
        assert "the tool's own secret" in bounded.log()
        assert "the tool's own secret" not in json.dumps(bounded.stub.requests[1].body)


def test_a_tool_that_takes_too_long_is_given_up(impatient: Chat) -> None:
    impatient.stub.answer(answer(Use("sleepy", ["{}"])), answer(Say(["Sorry."])))
    state, errors = impatient.say("Hi").follow()
    assert not errors
    assert "The tool took too long." in json.dumps(impatient.parts(state)[0]["result"])


def test_a_result_larger_than_a_reply_may_be_ends_it_for_that_reason(start_chat: StartChat, layout: str) -> None:
    port = free_port()
    settings = {"SERVER_TOOLS": "acme.own_tools.large", "MAX_RUN_BYTES": "200000", "METRICS_PORT": str(port)}
    chat = start_chat(layout=layout, **settings)
    chat.stub.answer(answer(Use("large", ["{}"])))
    _, errors = chat.say("Hi").follow()
    assert errors == ["The reply is larger than 200000 bytes."]
    assert len(chat.stub.requests) == 1
    (line,) = [json.loads(line) for line in chat.log().splitlines() if "run error" in line]
    assert (line["outcome"], line["reason"]) == ("error", "too_large")
    assert not re.search("unexpected|raceback|assistant failed", chat.log())
    counted = Scraper(port).samples()
    assert counted["assistant_reply_failures_total{assistant=openai,reason=too_large}"] == 1


def test_several_server_tools_run_at_once(bounded: Chat) -> None:
    """Each waits for the other."""
    bounded.stub.forget()
    both: Answer = answer(Use("meet", ["{}"], id="a"), Use("meet", ["{}"], id="b"))
    bounded.stub.answer(both, answer(Say(["Met."])))
    state, errors = bounded.say("Hi").follow()
    assert not errors
    assert [part.get("result") for part in bounded.parts(state)][:2] == ["met", "met"]
