"""What has changed of a value, or of the list of messages, reaches a strict client, and little else is sent."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_transport.assistants.langgraph import changes
from assistant_transport.assistants.langgraph.message_list import MessageList
from assistant_transport.runs.document import StateDocument
from tests.wire import apply

VALUES = st.recursive(
    st.none() | st.integers(0, 3) | st.sampled_from(["", "a", "ab", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "a", "b"]), inner, max_size=3),
    max_leaves=8,
)
MESSAGES = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from("abcdef"), "content": st.sampled_from(["x", "xy", "z"])}),
    max_size=6,
    unique_by=lambda message: message["id"],
)


class Sent:
    """Takes a document's operations, and applies them as a client does."""

    def __init__(self, state: Any) -> None:
        self.state = state
        self.size = 0

    def set(self, path: str, value: str) -> None:
        self._apply("set", path, json.loads(value), len(value))

    def append_text(self, path: str, text: str) -> None:
        self._apply("append-text", path, text, len(text))

    def _apply(self, kind: str, path: str, value: Any, size: int) -> None:
        self.state = apply(self.state, [{"type": kind, "path": json.loads(path), "value": value}])
        self.size += size


def document(state: Any) -> tuple[StateDocument, Sent]:
    sent = Sent(state)
    return StateDocument(json.loads(json.dumps(state)), sent), sent


@given(VALUES, VALUES)
def test_a_client_gets_the_value(before: Any, after: Any) -> None:
    written, sent = document({"key": before})
    changes.write(written, ["key"], after)
    assert sent.state == written.value == {"key": after}


@pytest.mark.parametrize(
    ("before", "after", "size"),
    [
        (["x" * 999], ["x" * 999, "y"], 3),
        ({"a": "x" * 999, "b": 1}, {"a": "x" * 999, "b": 2}, 1),
        ({"a": ["x" * 999]}, {"a": ["x" * 999 + "more"]}, 4),
        ("x" * 999, "x" * 999, 0),
    ],
)
def test_what_stays_is_not_sent(before: Any, after: Any, size: int) -> None:
    written, sent = document({"key": before})
    changes.write(written, ["key"], after)
    assert sent.size == size


@given(MESSAGES, st.lists(MESSAGES, max_size=4))
def test_a_list_of_messages_becomes_each_of_others_and_ends_without_free_places(before: Any, steps: Any) -> None:
    written, sent = document({"messages": before})
    messages = MessageList(written)
    for step in steps:
        messages.replace(step)
        assert messages.read() == step
        assert [message for message in sent.state["messages"] if message.get("type") != "remove"] == step
    messages.close()
    assert sent.state["messages"] == written.value["messages"] == messages.read() == (steps[-1] if steps else before)


def test_a_message_that_goes_costs_what_stands_behind_it() -> None:
    long = [{"id": str(number), "content": "x" * 1000} for number in range(100)]
    written, sent = document({"messages": [*long, {"id": "a", "content": "y"}, {"id": "b", "content": "z"}]})
    messages = MessageList(written)
    messages.replace([*long, {"id": "b", "content": "z"}])
    messages.put(len(messages), {"id": "c", "content": "z"})
    messages.close()
    assert sent.size < 200
