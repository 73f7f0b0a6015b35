"""Reasoning between tags is told from the answer, however the tags are cut; nothing else is held back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_transport.assistants.llm.thinking import ThinkingSplitter

ANSWERS = {
    "<think>Let me see.</think>Yes.": ("Let me see.", "Yes."),
    " \n<think>\nLet me see.</think>\n\nYes.": ("Let me see.", "Yes."),
    "<thinking>a < b</thinking>Yes, a < b.": ("a < b", "Yes, a < b."),
    "<thought>a</thought>b": ("a", "b"),
    "<think></think>Yes.": ("", "Yes."),
    "<think>never closed": ("never closed", ""),
    "Let me see.</think>\n\nYes.": ("", "Let me see.Yes."),
    "a <b> c </th d": ("", "a <b> c </th d"),
    "<thin air> is thin": ("", "<thin air> is thin"),
    "  <p>Hello</p>": ("", "  <p>Hello</p>"),
    "Use <think> tags</think>": ("", "Use <think> tags"),
    "<": ("", "<"),
    "<think>a</thi": ("a</thi", ""),
    "<think>a</think>b</think>c": ("a", "b</think>c"),
}


@given(answer=st.sampled_from(list(ANSWERS)), sizes=st.lists(st.integers(1, 7), min_size=1, max_size=40))
def test_it_is_told_however_it_is_cut(answer: str, sizes: list[int]) -> None:
    text: list[str] = []
    reasoning: list[str] = []
    splitter = ThinkingSplitter(text.append, reasoning.append)
    rest = answer
    while rest:
        size = sizes[len(rest) % len(sizes)]
        splitter.take(rest[:size])
        rest = rest[size:]
    splitter.flush()
    assert ("".join(reasoning), "".join(text)) == ANSWERS[answer]


@pytest.mark.parametrize("piece", ["Hi", "a < b", "x<y", "<b>", "</b>", "<thx"])
def test_what_cannot_be_a_tag_is_shown_at_once(piece: str) -> None:
    text: list[str] = []
    splitter = ThinkingSplitter(text.append, lambda _: None)
    splitter.take(piece)
    assert "".join(text) == piece
