"""Arguments that are right come out as they came, however they are cut; others are understood where that is certain."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant_transport.assistants.llm.arguments import Arguments

TEXT = st.text(st.sampled_from('{}[]":,\\ua\n\u00e9\U0001f600'), max_size=6)
VALUES = st.recursive(
    st.integers(0, 9) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
OBJECTS = st.dictionaries(TEXT, VALUES, min_size=1, max_size=2)
CUTS = st.lists(st.integers(1, 6), min_size=1, max_size=20)


@given(value=OBJECTS, is_ascii=st.booleans(), cuts=CUTS)
@example(value={"a": {"a": 1}}, is_ascii=True, cuts=[5, 7])  # a piece that is an object and begins as all before it
@example(value={"a": {"a": {"a": 1}}}, is_ascii=True, cuts=[5, 5, 7])
@example(value={"{": 1}, is_ascii=True, cuts=[2, 20])
@example(value={"a": "\\ud83d"}, is_ascii=True, cuts=[1])
def test_an_object_comes_out_as_it_came(value: Any, is_ascii: bool, cuts: list[int]) -> None:
    text = json.dumps(value, ensure_ascii=is_ascii, separators=(",", ":"))
    assert taken(pieces(text, cuts)) == text


@given(value=OBJECTS, cuts=CUTS)
def test_an_object_that_is_encoded_twice_is_that_object(value: Any, cuts: list[int]) -> None:
    text = json.dumps(value)
    assert taken(pieces(json.dumps(text), cuts)) == text


@given(value=st.dictionaries(st.just("key"), VALUES, min_size=1), cuts=CUTS)
def test_all_so_far_in_every_piece_is_said_once(value: Any, cuts: list[int]) -> None:
    text = json.dumps(value)
    ends = [sum(cuts[: end + 1]) for end in range(len(cuts))]
    assert taken([*(text[:end] for end in ends if 1 < end < len(text)), text]) == text


@pytest.mark.parametrize(
    ("came", "right"),
    [
        (['{"a":1}', '{"a":', "1}"], '{"a":1}'),  # the whole of it again, in pieces
        (["{}", '{"a":1}'], '{"a":1}'),
        (['"', "abc", '"'], '"abc"'),  # a string that holds no object is what it is
        (['{"a":', '{"a":', "broken"], '{"a":{"a":broken'),
        (['{"a":"\\ud83', 'd"}'], '{"a":"\\ufffd"}'),
        (['{"a":"\\ud83d', '\\ude00"}'], '{"a":"\\ud83d\\ude00"}'),
        (['{"a":"\\ud83d', "\\ud83d", '\\ude00"}'], '{"a":"\\ufffd\\ud83d\\ude00"}'),
        (['{"a":"\\ude00"}'], '{"a":"\\ufffd"}'),
        (['{"a":"\\\\', 'ud83d"}'], '{"a":"\\\\ud83d"}'),  # an escaped backslash, no escaped half
        (['{"a":"\\ud83d'], '{"a":"\\ufffd'),
        (['{"a":"\\u00'], '{"a":"\\u00'),
    ],
)
def test_what_is_not_right_is_understood_where_that_is_certain(came: list[str], right: str) -> None:
    assert taken(came) == right


def pieces(text: str, sizes: list[int]) -> list[str]:
    cut: list[str] = []
    while text:
        size = sizes[len(cut) % len(sizes)]
        cut, text = [*cut, text[:size]], text[size:]
    return cut


def taken(pieces: list[str]) -> str:
    """The text of the arguments that come in these pieces."""
    arguments = Arguments()
    text = "".join(map(arguments.take, pieces)) + arguments.rest()
    assert text == arguments.text
    return text
