"""What a reply has beside text: sources, files, data, and results that are not final yet, in both layouts."""

from typing import Any

import pytest

from assistant_transport.transcript import LAYOUTS, Call, Text, Transcript
from tests.transcript.written import written

PAGE, PNG = "https://example.com/paris", "data-in-base64"


def everything(transcript: Transcript) -> None:
    message = transcript.assistant_message()
    message.append_reasoning("Hm.")
    message.append_text("Look: ")
    message.add_file(PNG, "image/png", "map.png")
    message.add_source(PAGE, "Paris")
    message.add_source(PAGE)
    message.add_data("chart", {"bars": [1, None]})
    message.append_text("That is all.")


def without_source_ids(sources: list[Any]) -> list[Any]:
    assert len({source.pop("id") for source in sources}) == len(sources)
    return sources


def test_in_parts_they_are_parts_in_their_order() -> None:
    (message,) = written("parts", everything)["messages"]
    _, text, file, *sources, chart, last = message["parts"]
    assert (text["text"], last["text"]) == ("Look: ", "That is all.")
    assert file == {"type": "file", "data": PNG, "mimeType": "image/png", "filename": "map.png"}
    source = {"type": "source", "sourceType": "url", "url": PAGE}
    assert without_source_ids(sources) == [source | {"title": "Paris"}, source]
    assert chart == {"type": "data", "name": "chart", "data": {"bars": [1, None]}}


def test_in_langchain_a_file_is_a_block_and_the_rest_is_what_the_converter_hands_on_as_custom() -> None:
    first, last = written("langchain", everything)["messages"]
    block = {"type": "file", "mime_type": "image/png", "source_type": "base64", "data": PNG}
    assert first["content"] == [{"type": "text", "text": "Look: "}, block | {"metadata": {"filename": "map.png"}}]
    assert first["additional_kwargs"]["reasoning"]["summary"][0]["text"] == "Hm."
    custom = first["additional_kwargs"]["metadata"]
    assert without_source_ids(custom["sources"]) == [{"url": PAGE, "title": "Paris"}, {"url": PAGE}]
    assert custom["data"] == [{"name": "chart", "data": {"bars": [1, None]}}]
    assert last["content"] == "That is all."


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_file_may_be_an_address_and_come_first_or_after_a_call(layout: str) -> None:
    def write(transcript: Transcript) -> None:
        message = transcript.assistant_message()
        message.add_data("early", 1)
        message.append_reasoning("Hm.")
        message.add_file(PAGE, "text/html")
        message.add_tool_call("t", {}).set_result(1)
        message.add_file(PNG, "image/png")

    messages = written(layout, write)["messages"]
    if layout == "parts":
        assert [part["type"] for part in messages[0]["parts"]] == ["data", "reasoning", "file", "tool-call", "file"]
        return
    first, _, last = messages
    assert first["content"] == [{"type": "file", "mime_type": "text/html", "source_type": "url", "url": PAGE}]
    assert first["additional_kwargs"]["metadata"] == {"data": [{"name": "early", "data": 1}]}
    assert "reasoning" in first["additional_kwargs"]
    assert last["content"][0]["data"] == PNG


@pytest.mark.parametrize("layout", LAYOUTS)
def test_models_read_none_of_it_and_no_result_that_is_preliminary(layout: str) -> None:
    def write(transcript: Transcript) -> None:
        everything(transcript)
        call = transcript.assistant_message().add_tool_call("t", {}, call_id="c")

        def answered() -> Any:
            (found,) = [part for entry in transcript.entries() for part in entry.parts if isinstance(part, Call)]
            return found.result if found.is_answered else "no answer"

        call.set_preliminary_result({"found": 1})
        call.set_preliminary_result({"found": 2})
        assert answered() == "no answer"
        call.set_result({"found": 3})
        assert answered() == {"found": 3}
        texts = [part.text for entry in transcript.entries() for part in entry.parts if isinstance(part, Text)]
        assert "".join(texts) == "Look: That is all."

    *_, last = written(layout, write)["messages"]
    if layout == "parts":
        assert (last["parts"][0]["result"], last["parts"][0]["isPreliminary"]) == ({"found": 3}, False)
    else:
        assert last["content"] == {"found": 3}
        assert "additional_kwargs" not in last


def test_sources_between_two_calls_leave_them_calls_of_two_responses() -> None:
    def write(transcript: Transcript) -> None:
        message = transcript.assistant_message()
        message.add_tool_call("one", {}).set_result(1)
        message.add_source(PAGE)
        message.add_tool_call("two", {})
        calls = [part for part in transcript.entries()[0].parts if isinstance(part, Call)]
        assert [call.begins_response for call in calls] == [False, True]

    written("parts", write)
