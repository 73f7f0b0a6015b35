"""Characters that were cut in two are whole again, or U+FFFD; what is stored is always valid text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_transport.assistants.llm.jsontext import Mender, mend, mend_value, parse, without_unsafe
from assistant_transport.runs.strict_json import is_acceptable

TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("aé€😀"), max_size=20)


def units(text: str) -> list[str]:
    """`text` as JavaScript has it: each half of a pair by itself."""
    data = text.encode("utf-16-le")
    return [data[i : i + 2].decode("utf-16-le", "surrogatepass") for i in range(0, len(data), 2)]


def cut(pieces: list[str], sizes: list[int]) -> list[str]:
    found, start = [], 0
    while start < len(pieces):
        size = sizes[start % len(sizes)]
        found.append("".join(pieces[start : start + size]))
        start += size
    return found


SIZES = st.lists(st.integers(1, 3), min_size=1, max_size=5)


@given(TEXT, SIZES)
def test_pairs_that_were_cut_are_put_together(text: str, sizes: list[int]) -> None:
    mender = Mender()
    assert "".join(mender.take(piece) for piece in cut(units(text), sizes)) + mender.rest() == text


@given(TEXT, SIZES)
def test_bytes_that_were_cut_are_put_together(text: str, sizes: list[int]) -> None:
    data = text.encode()
    pieces = cut([data[i : i + 1].decode("latin-1") for i in range(len(data))], sizes)
    events = [b'{"a": ' + json.dumps(piece, ensure_ascii=False).encode("latin-1") + b"}" for piece in pieces]
    mender = Mender()
    assert "".join(mender.take(parse(event)["a"]) for event in events) + mender.rest() == text


@given(st.lists(st.text(st.characters(), max_size=3) | st.sampled_from(["\ud83d", "\ude00", "\udcf0", "\udc9f"])))
def test_whatever_comes_the_text_is_valid(pieces: list[str]) -> None:
    mender = Mender()
    mended = "".join(mender.take(piece) for piece in pieces) + mender.rest()
    assert mended.encode().decode() == mended


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("a\ud83db", "a\ufffdb"),
        ("\ude00", "\ufffd"),
        ("\ud83d\ud83d\ude00", "\ufffd😀"),
        ("\ud83d\ude00", "😀"),
        ("ok", "ok"),
    ],
)
def test_a_half_without_its_other_half_becomes_a_replacement_character(text: str, mended: str) -> None:
    assert mend(text) == mended
    assert mend_value({text: [text, 1, None]}) == {mended: [mended, 1, None]}


def test_a_half_is_held_back_and_nothing_else() -> None:
    mender = Mender()
    assert mender.take("Hi \ud83d") == "Hi "
    assert mender.take("\ude00!") == "😀!"
    assert mender.rest() == ""


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "{'a': 1}", b"\xff"])
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - by whichever parser
        parse(text)


def test_what_strict_clients_refuse_is_left_out() -> None:
    value = {"a": [float("nan"), float("-inf"), 1.5], "__proto__": 1, "constructor": {"prototype": 1, "b": "\ud83d"}}
    assert without_unsafe(value) == {"a": [None, None, 1.5], "constructor": {"b": "\ufffd"}}
    assert is_acceptable(without_unsafe(value))
