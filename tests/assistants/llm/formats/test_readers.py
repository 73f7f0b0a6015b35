"""Whatever JSON a server streams, it is read or is a failure that is known; the state stays one that a client takes."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant_transport.assistants.llm import history
from assistant_transport.assistants.llm.failures import ModelRequestError
from assistant_transport.assistants.llm.formats import CHAT, MESSAGES, RESPONSES, Format, ModelRequest
from assistant_transport.assistants.llm.writing import Writing
from assistant_transport.runs import StateDocument
from assistant_transport.transcript import LAYOUTS

WORDS = st.sampled_from(
    ["", "a", "{", "}", "{}", "null", '{"expression": "1+1"}', "calc", "ulate", "calculate", "<think>", "</th", "ink>",
     "call_0", "stop", "error", "tool_use", "text", "thinking", "message", "function_call", "reasoning", "\ud83d", "😀"]
)  # fmt: skip
SCALAR = st.none() | st.booleans() | st.integers(-1, 2) | st.floats(allow_nan=False) | WORDS
ANYTHING = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6
)


def objects(**fields: Any) -> st.SearchStrategy[Any]:
    """Objects with some of the fields; one in a few holds something else instead of an object."""
    shaped = st.fixed_dictionaries({}, optional={name: value | ANYTHING for name, value in fields.items()})
    return shaped | shaped | shaped | ANYTHING


USAGE = objects(prompt_tokens=SCALAR, completion_tokens=SCALAR, input_tokens=SCALAR, output_tokens=SCALAR)
FUNCTION = objects(name=WORDS, arguments=WORDS | objects(expression=WORDS))
CALL = objects(index=SCALAR, id=WORDS, function=FUNCTION, extra_content=ANYTHING)
DELTA = objects(
    content=WORDS, reasoning_content=WORDS, reasoning=WORDS, tool_calls=st.lists(CALL, max_size=3), refusal=WORDS,
    reasoning_details=st.lists(objects(type=WORDS, index=SCALAR, text=WORDS, data=WORDS), max_size=2),
)  # fmt: skip
CHUNK = objects(
    choices=st.lists(objects(delta=DELTA, message=DELTA, finish_reason=WORDS), max_size=2), usage=USAGE, error=ANYTHING
)
BLOCK = objects(
    type=WORDS, text=WORDS, thinking=WORDS, signature=WORDS, id=WORDS, name=WORDS, input=ANYTHING, data=WORDS
)
MESSAGES_EVENT = objects(
    type=st.sampled_from(["message_start", "content_block_start", "content_block_delta", "content_block_stop",
                          "message_delta", "message_stop", "ping", "error"]),
    index=SCALAR, content_block=BLOCK, usage=USAGE, message=objects(usage=USAGE),
    delta=objects(type=st.sampled_from(["text_delta", "thinking_delta", "signature_delta", "input_json_delta"]),
                  text=WORDS, thinking=WORDS, signature=WORDS, partial_json=WORDS, stop_reason=WORDS),
)  # fmt: skip
ITEM = objects(
    type=WORDS, id=WORDS, call_id=WORDS, name=WORDS, arguments=WORDS, encrypted_content=WORDS,
    content=st.lists(objects(type=WORDS, text=WORDS), max_size=2), summary=st.lists(objects(text=WORDS), max_size=2),
)  # fmt: skip
KINDS = ["response." + kind for kind in (
    "output_text.delta", "output_text.done", "output_item.added", "output_item.done", "function_call_arguments.delta",
    "function_call_arguments.done", "reasoning_summary_text.delta", "reasoning_text.delta", "refusal.delta",
    "completed", "incomplete", "failed",
)]  # fmt: skip
RESPONSES_EVENT = objects(
    type=st.sampled_from(KINDS), item=ITEM, delta=WORDS, text=WORDS, arguments=WORDS, output_index=SCALAR,
    item_id=WORDS, summary_index=SCALAR, content_index=SCALAR,
    response=objects(output=st.lists(ITEM, max_size=2), usage=USAGE, status=WORDS, incomplete_details=ANYTHING),
)  # fmt: skip
EVENTS = {CHAT: CHUNK, MESSAGES: MESSAGES_EVENT, RESPONSES: RESPONSES_EVENT}
NAMES = {CHAT: "chat", MESSAGES: "messages", RESPONSES: "responses"}


class Nowhere:
    def set(self, path: str, value: str) -> None: ...
    def append_text(self, path: str, text: str) -> None: ...


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("wire", EVENTS, ids=NAMES.get)
@settings(max_examples=200)
@given(data=st.data())
def test_any_events_are_read_or_are_a_known_failure(wire: Format, layout: str, data: st.DataObject) -> None:
    document = StateDocument({"messages": []}, Nowhere())
    transcript = LAYOUTS[layout](document)
    writing = Writing(transcript, frozenset({"calculate"}), splits_thinking=True)
    reader = wire.reader(writing)
    for event in data.draw(st.lists(EVENTS[wire], max_size=8)):
        try:
            if data.draw(st.booleans()) and isinstance(event, dict):
                reader.read_document(event)
            else:
                reader.take("", json.dumps(event).encode())
        except ModelRequestError:
            continue
    writing.end_response()
    try:
        reader.check()
        for call in writing.finish_calls():
            assert call.shown is not None
            call.arguments()
    except ModelRequestError:
        pass
    writing.count(reader.input_tokens, reader.output_tokens, reader.cached_tokens)
    writing.set_usage("m")
    json.dumps(document.value, ensure_ascii=False, allow_nan=False).encode()
    conversation = history.conversation(transcript.entries())
    json.dumps(wire.body(ModelRequest("m", conversation)))
