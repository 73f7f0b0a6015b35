"""The player of the cases plays what right servers send, and notices each thing that a case may say and is not so."""

import copy
import json
from typing import Any

import pytest

from tests.assistants.llm.player import Stages, play
from tests.providers import Answer, Say, Think, Use, answer
from tests.providers.conditions import holds
from tests.providers.formats import FORMATS

THINKS_AND_CALLS = answer(Think(["A ", "sum."], signature="signed=="), Use("calculate", ['{"expression"', ': "6*7"}']))
WEATHER = {"get_weather": {"description": "The weather.", "parameters": {"type": "object", "properties": {}}}}
IS_RESULT = {
    "chat": {"some": "body.messages.*", "is": {"role": "tool"}},
    "responses": {"some": "body.input.*", "is": {"type": "function_call_output"}},
    "anthropic": {"some": "body.messages.*.content.*", "is": {"type": "tool_result"}},
}


def streamed(api: str, said: Answer) -> dict[str, Any]:
    return {"stream": list(FORMATS[api].frames(said, {"model": "m", "stream_options": {"include_usage": True}}))}


def a_case(api: str = "chat") -> dict[str, Any]:
    calls = [{"name": "calculate", "args": {"expression": "6*7"}, "id": "call_1", "result": "42", "answered": True}]
    return {
        "api": api,
        "settings": {},
        "provider": [
            {"when": [IS_RESULT[api]], "answer": streamed(api, answer(Say(["It is ", "42."])))},
            {"when": [], "answer": streamed(api, THINKS_AND_CALLS)},
        ],
        "turns": [{"say": "6*7?"}],
        "expect": {
            "turns": [
                {
                    "outcome": "done",
                    "text": "It is 42.",
                    "text_ends": "42.",
                    "text_not": "think",
                    "reasoning": "A sum.",
                    "calls": calls,
                    "usage": {"inputTokens": 14, "outputTokens": 10},
                    "seconds": 30,
                }
            ],
            "requests": [
                {"request": 1, "must": [{"paired": True}, IS_RESULT[api]]},
                {"request": -1, "must_not": [{"request": 0}]},
            ],
        },
    }


@pytest.mark.parametrize("api", IS_RESULT)
def test_it_plays_each_format(api: str, layout: str, stages: Stages) -> None:
    play(a_case(api), layout, stages)


@pytest.mark.parametrize(
    "changed",
    [
        {"outcome": "error"},
        {"text": "It is 43."},
        {"text_ends": "43."},
        {"text_not": "4[2]"},
        {"reasoning": "A product."},
        {"usage": {"inputTokens": 14}},
        {"usage": None},
        {"seconds": 0},
        {"calls": []},
        {"calls": [{"name": "calculate", "args": {"expression": "6*7"}, "id": "call_2"}]},
        {"calls": [{"name": "calculate", "args": {"expression": "6*7"}, "result": "43"}]},
        {"calls": [{"name": "calculate", "args": {"expression": "6*7"}, "answered": False}]},
        {"calls": [{"name": "calculate", "args": {"expression": "7*6"}}]},
        {"calls": [{"name": "calc", "args": {"expression": "6*7"}}]},
    ],
    ids=json.dumps,
)
def test_it_notices_a_turn_that_is_not_as_expected(changed: dict[str, Any], layout: str, stages: Stages) -> None:
    case = a_case()
    case["expect"]["turns"][0] |= changed
    with pytest.raises(AssertionError):
        play(case, layout, stages)


@pytest.mark.parametrize(
    "expected",
    [
        {"request": 2, "must": []},
        {"request": 0, "must": [{"some": "body.messages.*", "is": {"role": "tool"}}]},
        {"request": 1, "must_not": [{"paired": True}]},
    ],
    ids=json.dumps,
)
def test_it_notices_a_request_that_is_not_as_expected(expected: dict[str, Any], stages: Stages) -> None:
    case = a_case()
    case["expect"]["requests"].append(expected)
    with pytest.raises(AssertionError):
        play(case, "parts", stages)


def test_it_notices_a_request_that_no_rule_is_for(stages: Stages) -> None:
    case = a_case()
    case["provider"].pop()
    with pytest.raises(AssertionError, match="no rule"):
        play(case, "parts", stages)


def test_it_answers_a_call_for_the_client(layout: str, stages: Stages) -> None:
    case = a_case()
    case["provider"][1]["answer"] = streamed("chat", answer(Use("get_weather", ["{}"])))
    case["tools"] = WEATHER
    case["turns"].append({"result": "sun", "of": 0})
    case["expect"] = {
        "turns": [
            {"outcome": "done", "calls": [{"name": "get_weather", "args": {}, "answered": False}]},
            {"outcome": "done", "text": "It is 42.", "calls": [{"name": "get_weather", "args": {}, "result": "sun"}]},
        ],
        "requests": [{"request": 1, "must": [{"some": "body.messages.*", "is": {"content": "sun"}}]}],
    }
    play(case, layout, stages)


def test_it_reads_an_error_and_streams_in_chunks(stages: Stages) -> None:
    case = a_case()
    cut = streamed("chat", answer(Say(["Half"]), end="cut")) | {"headers": {"transfer-encoding": "chunked"}}
    case["provider"] = [{"when": [], "answer": cut}]
    case["expect"] = {"turns": [{"outcome": "error", "text": "Half", "error_not": "does not know"}], "requests": []}
    play(case, "parts", stages)
    wrong = copy.deepcopy(case)
    wrong["expect"]["turns"][0]["error_not"] = "provider"
    with pytest.raises(AssertionError):
        play(wrong, "parts", stages)


CALL = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
REQUEST = {
    "headers": {"authorization": "Bearer k"},
    "body": {
        "max_tokens": 500,
        "nothing": None,
        "messages": [
            {"role": "user", "content": "Grüße"},
            {"role": "user", "content": [{"type": "text", "text": "x"}]},
            {"role": "assistant", "content": None, "tool_calls": [CALL, CALL | {"id": "b"}]},
            {"role": "tool", "tool_call_id": "b", "content": ""},
            {"role": "tool", "tool_call_id": "a", "content": "1"},
        ],
    },
}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"some": "body.max_tokens"}, True),
        ({"some": "body.nothing"}, False),
        ({"some": "body.absent.deeper"}, False),
        ({"none": "body.nothing"}, True),
        ({"some": "headers.authorization", "is": "Bearer k"}, True),
        ({"none": "headers.authorization", "is": "Bearer k"}, False),
        ({"some": "body.max_tokens", "is": 500}, True),
        ({"some": "body.max_tokens", "is": "500"}, False),
        ({"some": "body.max_tokens", "above": 499}, True),
        ({"some": "body.max_tokens", "above": 500}, False),
        ({"some": "body.messages.*.content", "type": "array"}, True),
        ({"some": "body.messages.*.content", "type": "object"}, False),
        ({"some": "body.messages.*.content", "holds": "rüß"}, True),
        ({"some": "body.messages.*", "is": {"role": "user", "content": "Grüße"}}, True),
        ({"some": "body.messages.*", "is": {"role": "tool", "content": "Grüße"}}, False),
        ({"some": "body.messages.*", "has": ["tool_calls.*.id", "role"]}, True),
        ({"some": "body.messages.*", "has": ["tool_calls", "content"]}, False),
        ({"some": "body.messages.*", "has": ["tool_calls"], "lacks": ["reasoning_content"]}, True),
        ({"some": "body.messages.*", "has": ["tool_call_id"], "lacks": ["content"]}, True),
        ({"some": "body.messages.*", "has": ["tool_calls"], "lacks": ["role"]}, False),
        ({"twice": "body.messages.*.role", "is": "user"}, True),
        ({"twice": "body.messages.*.role", "is": "assistant"}, False),
        ({"twice": "body.messages.*.tool_calls.*.id"}, False),
        ({"twice": "body.messages.*.role"}, True),
        ({"paired": True}, True),
        ({"request": 3}, True),
        ({"request": 0}, False),
    ],
    ids=json.dumps,
)
def test_a_condition_holds_or_not(condition: dict[str, Any], expected: bool) -> None:
    assert holds(condition, REQUEST, 3) is expected


def test_ids_that_differ_are_not_paired() -> None:
    for body in (
        {"messages": REQUEST["body"]["messages"][:-1]},
        {"input": [{"type": "function_call", "call_id": "a"}, {"type": "function_call_output", "call_id": "b"}]},
        {"messages": [{"content": [{"type": "tool_use", "id": "a"}]}, {"content": [{"tool_use_id": "b"}]}]},
    ):
        assert not holds({"paired": True}, {"headers": {}, "body": body})
