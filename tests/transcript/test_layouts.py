"""What the transcript writes, in both layouts, down to the field."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from runs import Controller
from tests.runs.carry import carry
from transcript import LAYOUTS, Call, Entry, Image, Reasoning, Text, Transcript, Usage


def written(layout: str, write: Callable[[Transcript], None], before: Any = None) -> Any:
    """The state as the client has it after `write`, without the messages' ids, which must be there and unique."""

    async def assistant(controller: Controller) -> None:
        write(LAYOUTS[layout](controller.document))
        await asyncio.sleep(0)

    copy = json.loads(json.dumps(before))
    run, reply = carry(assistant, before)
    state, errors = reply.follow(copy)
    assert not errors
    assert state == run.controller.document.value
    ids = [message.pop("id") for message in state["messages"]]
    assert all(isinstance(name, str) for name in ids)
    assert len(set(ids)) == len(ids)
    return state


def a_whole_turn(transcript: Transcript) -> None:
    transcript.add_user_message([{"type": "text", "text": "Hi"}])
    message = transcript.assistant_message()
    message.append_reasoning("Let me ")
    message.append_reasoning("think.")
    message.append_text("I ")
    message.append_text("look.")
    call = message.add_tool_call("get_weather", call_id="c1")
    call.append_args('{"city": ')
    call.append_args('"Paris"}')
    call.set_result({"sky": "sunny"})
    message.append_text("It is sunny.")
    message.set_usage(input_tokens=10, output_tokens=9)
    transcript.finish("completed")


def test_parts_has_a_turn_in_one_message() -> None:
    assert written("parts", a_whole_turn) == {
        "messages": [
            {"role": "user", "parts": [{"type": "text", "text": "Hi"}]},
            {
                "role": "assistant",
                "parts": [
                    {"type": "reasoning", "text": "Let me think."},
                    {"type": "text", "text": "I look."},
                    {
                        "type": "tool-call",
                        "toolCallId": "c1",
                        "toolName": "get_weather",
                        "argsText": '{"city": "Paris"}',
                        "result": {"sky": "sunny"},
                    },
                    {"type": "text", "text": "It is sunny."},
                ],
                "usage": {"inputTokens": 10, "outputTokens": 9},
            },
        ],
        "provider": "completed",
    }


def test_langchain_has_a_turn_in_ai_tool_ai() -> None:
    summary = [{"type": "summary_text", "text": "Let me think."}]
    assert written("langchain", a_whole_turn) == {
        "messages": [
            {"type": "human", "content": "Hi"},
            {
                "type": "ai",
                "content": "I look.",
                "additional_kwargs": {"reasoning": {"type": "reasoning", "summary": summary}},
                "tool_calls": [
                    {
                        "id": "c1",
                        "name": "get_weather",
                        "args": {"city": "Paris"},
                        "partial_json": '{"city": "Paris"}',
                    }
                ],
            },
            {
                "type": "tool",
                "tool_call_id": "c1",
                "name": "get_weather",
                "content": '{"sky": "sunny"}',
                "status": "success",
            },
            {
                "type": "ai",
                "content": "It is sunny.",
                "tool_calls": [],
                "usage_metadata": {"input_tokens": 10, "output_tokens": 9, "total_tokens": 19},
            },
        ],
        "provider": "completed",
    }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_of_several_calls_gets_its_own_result(layout: str) -> None:
    def write(transcript: Transcript) -> None:
        message = transcript.assistant_message()
        for name in ("one", "two"):
            message.add_tool_call(name, {}, call_id=name).set_result(f"result of {name}")

    messages = written(layout, write)["messages"]
    if layout == "parts":
        (message,) = messages
        assert [(call["toolName"], call["result"]) for call in message["parts"]] == [
            ("one", "result of one"),
            ("two", "result of two"),
        ]
    else:
        assert [message["type"] for message in messages] == ["ai", "tool", "ai", "tool"]
        assert [(message["name"], message["content"]) for message in messages if message["type"] == "tool"] == [
            ("one", "result of one"),
            ("two", "result of two"),
        ]


def test_langchain_begins_a_new_message_where_one_cannot_hold_it() -> None:
    def write(transcript: Transcript) -> None:
        message = transcript.assistant_message()
        message.append_text("a")
        message.append_reasoning("b")
        message.add_tool_call("t", {"x": 1})
        message.add_tool_call("t", {"x": 2})
        message.append_text("c")

    messages = written("langchain", write)["messages"]
    assert [(entry["content"], len(entry["tool_calls"])) for entry in messages] == [("a", 0), ("", 2), ("c", 0)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_call_without_arguments_gets_an_empty_object_when_it_is_complete_and_not_before(layout: str) -> None:
    def args(state: Any) -> Any:
        entry = state["messages"][0]
        return entry["parts"][0]["argsText"] if layout == "parts" else entry["tool_calls"][0]["partial_json"]

    def begin(transcript: Transcript) -> None:
        transcript.assistant_message().add_tool_call("t")

    def failed(transcript: Transcript) -> None:
        begin(transcript)
        transcript.finish("error")

    def completed(transcript: Transcript) -> None:
        begin(transcript)
        transcript.finish("completed")

    assert args(written(layout, begin)) == ""
    assert args(written(layout, failed)) == ""
    assert args(written(layout, completed)) == "{}"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_complete_arguments_grow_no_more(layout: str) -> None:
    def write(transcript: Transcript) -> None:
        call = transcript.assistant_message().add_tool_call("t", {"x": 1})
        with pytest.raises(ValueError, match="complete"):
            call.append_args("!")

    written(layout, write)


def test_an_error_result_says_so() -> None:
    def write(transcript: Transcript) -> None:
        call = transcript.assistant_message().add_tool_call("t", {}, call_id="c")
        call.set_result("it broke", is_error=True, artifact=[1])

    part = written("parts", write)["messages"][0]["parts"][0]
    assert (part["isError"], part["artifact"], part["result"]) == (True, [1], "it broke")
    tool = written("langchain", write)["messages"][1]
    assert (tool["status"], tool["artifact"], tool["content"]) == ("error", [1], "it broke")


def test_a_later_result_replaces_an_earlier_one() -> None:
    def write(transcript: Transcript) -> None:
        transcript.assistant_message().add_tool_call("t", {}, call_id="c")
        transcript.add_tool_result("c", "cancelled", is_error=True)
        transcript.add_tool_result("c", {"x": 1}, is_error=False)

    part = written("parts", write)["messages"][0]["parts"][0]
    assert (part["isError"], part["result"]) == (False, {"x": 1})
    tools = [entry for entry in written("langchain", write)["messages"] if entry["type"] == "tool"]
    assert [(entry["status"], entry["content"]) for entry in tools] == [("success", '{"x": 1}')]


def test_langchain_puts_a_late_result_directly_behind_its_call() -> None:
    calls = [{"id": name, "name": name.upper(), "args": {}} for name in ("c1", "c2")]
    before = {
        "messages": [
            {"id": "1", "type": "human", "content": "x"},
            {"id": "2", "type": "ai", "content": "", "tool_calls": calls},
            {"id": "3", "type": "tool", "tool_call_id": "c1", "name": "C1", "content": "1", "status": "success"},
            {"id": "4", "type": "human", "content": "meanwhile"},
        ]
    }

    def write(transcript: Transcript) -> None:
        assert transcript.add_tool_result("c2", [2], name="something else") == "C2"

    messages = written("langchain", write, before)["messages"]
    assert [entry["type"] for entry in messages] == ["human", "ai", "tool", "tool", "human"]
    assert (messages[3]["name"], messages[3]["content"]) == ("C2", "[2]")


def test_langchain_renders_images_as_image_urls() -> None:
    parts = [{"type": "text", "text": "Look"}, {"type": "image", "image": "data:image/png;base64,AA"}]
    state = written("langchain", lambda transcript: transcript.add_user_message(parts))
    assert state["messages"][0]["content"] == [
        {"type": "text", "text": "Look"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}},
    ]


def test_langchain_edits_keep_a_whole_turn() -> None:
    kinds = {"h1": "human", "a1": "ai", "t1": "tool", "a2": "ai", "h2": "human", "a3": "ai"}
    before = {"messages": [{"id": name, "type": kind, "content": ""} for name, kind in kinds.items()]}
    state = written("langchain", lambda transcript: transcript.edit("a1", "h2"), before)
    assert [entry["type"] for entry in state["messages"]] == ["human", "ai", "tool", "ai"]


def test_no_field_is_ever_null() -> None:
    def no_nulls(value: Any) -> bool:
        if isinstance(value, dict):
            return all(no_nulls(inner) for inner in value.values())
        return all(no_nulls(inner) for inner in value) if isinstance(value, list) else value is not None

    for layout in LAYOUTS:
        assert no_nulls(written(layout, a_whole_turn))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_call_behind_a_clients_result_gets_its_own_result_where_it_stands(layout: str) -> None:
    def write(transcript: Transcript) -> None:
        transcript.add_tool_result("unknown", 1)
        transcript.assistant_message().add_tool_call("t", {}, call_id="c").set_result(2)

    messages = written(layout, write)["messages"]
    assert len(messages) == {"parts": 2, "langchain": 4}[layout]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_two_calls_of_one_id_get_two(layout: str) -> None:
    def write(transcript: Transcript) -> None:
        message = transcript.assistant_message()
        first, second = message.add_tool_call("t", call_id="0"), message.add_tool_call("t", call_id="0")
        assert first.id == "0" != second.id
        first.append_args('{"x": 1}')  # several may be streamed at once
        second.append_args('{"x": 2}')

    written(layout, write)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_was_said_can_be_read_whatever_the_layout(layout: str) -> None:
    def write(transcript: Transcript) -> None:
        transcript.add_user_message([{"type": "text", "text": "Look"}, {"type": "image", "image": "data:x"}])
        message = transcript.assistant_message()
        message.begin_reasoning("Hm").sign({"signature": "s", "provider": "p"})
        message.append_reasoning("m.")
        message.append_text("I call.")
        message.add_tool_call("t", {"x": 1}, call_id="c").set_result("done", is_error=True)
        message.set_usage(input_tokens=1, output_tokens=2)
        transcript.assistant_message().set_usage(input_tokens=1, output_tokens=2)
        assert transcript.usage == Usage(2, 4)
        user, assistant, *_ = transcript.entries()
        assert user == Entry(True, [Text("Look"), Image("data:x")])
        reasoning = Reasoning("Hmm.", {"signature": "s", "provider": "p"})
        assert assistant == Entry(
            False, [reasoning, Text("I call."), Call("c", "t", '{"x": 1}', "done", is_error=True)]
        )

    written(layout, write)
