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
    "[THINK]a[1] = [/b][/THINK]Yes.": ("a[1] = [/b]", "Yes."),
    "[1, 2]": ("", "[1, 2]"),
    "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>Yes.": ("a", "Yes."),
    "<think>never closed": ("never closed", ""),
    "Let me see.</think>\n\nYes.": ("", "Let me see.Yes."),
    "a <b> c </th d": ("", "a <b> c </th d"),
    "<thin air> is thin": ("", "<thin air> is thin"),
    "  <p>Hello</p>": ("", "  <p>Hello</p>"),
    "Use <think> tags</think>": ("", "Use <think> tags"),
    "<": ("", "<"),
    "<think>a</thi": ("a</thi", ""),
    "<think>a</think>b</think>c": ("a", "b</think>c"),
    "<think>a</think>\n<think>b</think>\n\nc": ("a\nb", "c"),
    "<think></think><thinking></thinking><think>b</think>c": ("b", "c"),
    "<think>a</think><think> is the tag.": ("a", "<think> is the tag."),
    "<think>a</think>\n<thi": ("a", "<thi"),
    "<think>a</think>\n": ("a", ""),
}
AFTER_A_FIELD = {
    "<think>\n\n</think>\n\nYes.": "Yes.",
    "\n<think></think>Yes.": "Yes.",
    "</think>Yes.": "Yes.",
    "Yes.": "Yes.",
    "\n\nYes.": "\n\nYes.",
    "<think> is the tag, </think> its end.": "<think> is the tag, </think> its end.",
    "It ends by </think>": "It ends by </think>",
    "<thi": "<thi",
    "<think>": "<think>",
    "<think></think>": "",
}


SIZES = st.lists(st.integers(1, 7), min_size=1, max_size=40)


@given(answer=st.sampled_from(list(ANSWERS)), sizes=SIZES)
def test_it_is_told_however_it_is_cut(answer: str, sizes: list[int]) -> None:
    assert told(answer, sizes) == ANSWERS[answer]


@given(answer=st.sampled_from(list(AFTER_A_FIELD)), sizes=SIZES)
def test_after_reasoning_in_a_field_only_an_empty_pair_is_left_out(answer: str, sizes: list[int]) -> None:
    assert told(answer, sizes, after_field=True) == ("", AFTER_A_FIELD[answer])


def told(answer: str, sizes: list[int], *, after_field: bool = False) -> tuple[str, str]:
    """The reasoning and the text of an answer that comes in pieces of these sizes."""
    text: list[str] = []
    reasoning: list[str] = []
    splitter = ThinkingSplitter(text.append, reasoning.append)
    if after_field:
        splitter.after_field()
    rest = answer
    while rest:
        size = sizes[len(rest) % len(sizes)]
        splitter.take(rest[:size])
        rest = rest[size:]
    splitter.flush()
    return "".join(reasoning), "".join(text)


@pytest.mark.parametrize("piece", ["Hi", "a < b", "x<y", "<b>", "</b>", "<thx"])
def test_what_cannot_be_a_tag_is_shown_at_once(piece: str) -> None:
    text: list[str] = []
    splitter = ThinkingSplitter(text.append, lambda _: None)
    splitter.take(piece)
    assert "".join(text) == piece
