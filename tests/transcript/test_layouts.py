"""Every field that the transcript writes, in both layouts."""

from typing import Any

import pytest

from assistant_transport.transcript import LAYOUTS, Call, Entry, Image, Reasoning, Text, Transcript, Usage
from tests.transcript.written import written


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


def test_in_parts_a_turn_is_one_message() -> None:
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


def test_in_langchain_a_turn_is_an_ai_a_tool_and_an_ai_message() -> None:
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
                "content": {"sky": "sunny"},
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
def test_entries_are_the_same_in_both_layouts(layout: str) -> None:
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


@pytest.mark.parametrize(("layout", "name"), [("parts", "usage"), ("langchain", "usage_metadata")])
def test_what_nobody_knows_of_a_replys_usage_is_left_out(layout: str, name: str) -> None:
    def write(transcript: Transcript) -> None:
        transcript.assistant_message().set_usage(input_tokens=None, output_tokens=2)
        transcript.count_usage(input_tokens=None, output_tokens=3)
        assert transcript.usage == Usage(None, 5)

    assert list(written(layout, write)["messages"][0][name].values()) == [2]
