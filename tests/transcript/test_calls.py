"""Tool calls and their results in both layouts: each result belongs to its own call, wherever that is."""

from typing import Any

import pytest

from assistant_transport.transcript import LAYOUTS, Call, Transcript
from tests.transcript.written import written

SIGNATURE = {"provider": "p", "extra": {"a": None}}


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
def test_complete_arguments_cannot_be_appended_to(layout: str) -> None:
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
    assert [(entry["status"], entry["content"]) for entry in tools] == [("success", {"x": 1})]


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


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_call_after_a_clients_result_gets_its_own_result(layout: str) -> None:
    def write(transcript: Transcript) -> None:
        transcript.add_tool_result("unknown", 1)
        transcript.assistant_message().add_tool_call("t", {}, call_id="c").set_result(2)

    messages = written(layout, write)["messages"]
    assert len(messages) == {"parts": 2, "langchain": 4}[layout]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_second_call_of_the_same_id_gets_a_new_id(layout: str) -> None:
    def write(transcript: Transcript) -> None:
        message = transcript.assistant_message()
        first, second = message.add_tool_call("t", call_id="0"), message.add_tool_call("t", call_id="0")
        assert first.id == "0" != second.id
        first.append_args('{"x": 1}')  # several may be streamed at once
        second.append_args('{"x": 2}')

    written(layout, write)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_call_keeps_what_its_provider_wants_back_and_which_response_it_is_of(layout: str) -> None:
    def write(transcript: Transcript) -> None:
        message = transcript.assistant_message()
        both = [message.add_tool_call("one", {}, call_id="1"), message.add_tool_call("one", {}, call_id="2")]
        both[1].sign(SIGNATURE)
        for call in both:
            call.set_result("done")
        message.add_tool_call("one", {}, call_id="3")
        entries = [entry.parts for entry in transcript.entries()]
        assert [
            [(part.id, part.signature, part.begins_response) for part in parts if isinstance(part, Call)]
            for parts in entries
        ] == (
            [[("1", None, False), ("2", SIGNATURE, False), ("3", None, True)]]
            if layout == "parts"
            else [[("1", None, False), ("2", SIGNATURE, False)], [("3", None, False)]]
        )

    written(layout, write)


@pytest.mark.parametrize("args", ['{"a": "\\ud83d"}', '{"__proto__": 1}', '{"a": NaN}', "[" * 9999])
def test_arguments_that_no_client_takes_stay_text(args: str) -> None:
    def write(transcript: Transcript) -> None:
        call = transcript.assistant_message().add_tool_call("t", call_id="c")
        call.append_args(args)
        call.complete()

    (call,) = written("langchain", write)["messages"][0]["tool_calls"]
    assert call["args"] == {}
    assert call["partial_json"] == args


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_result_that_comes_after_further_text_does_not_move_what_follows(layout: str) -> None:
    def write(transcript: Transcript) -> None:
        message = transcript.assistant_message()
        calls = []
        for text in ("A", "B"):
            message.append_text(text)
            calls.append(message.add_tool_call("t", {}))
        message.append_text("C")
        for call in calls:
            call.set_result("done")
        message.append_text("D")
        message.set_usage(input_tokens=1, output_tokens=1)

    messages = written(layout, write)["messages"]
    if layout == "parts":
        assert [part.get("text", part.get("result")) for part in messages[0]["parts"]] == [
            "A",
            "done",
            "B",
            "done",
            "CD",
        ]
    else:
        assert [message["content"] for message in messages] == ["A", "done", "B", "done", "CD"]
        assert "usage_metadata" in messages[-1]
