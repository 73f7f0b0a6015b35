"""What strict clients refuse is found in JSON, and nothing of it is overlooked by the quick look that comes first."""

import json
from typing import Any

import pytest

from assistant_transport.runs import strict_json
from assistant_transport.runs.strict_json import encode, encode_parsed, is_acceptable, is_suspicious, refusal

REFUSED = [
    ({"a": [{"__proto__": 1}]}, "the key __proto__, which is not allowed"),
    ({"constructor": {"prototype": None}}, "the key constructor.prototype, which is not allowed"),
    ([{"a": 10**309}], "a number that is too large"),
    ([-(10**309)], "a number that is too large"),
]


@pytest.mark.parametrize(("value", "words"), REFUSED)
def test_what_is_refused_is_named(value: Any, words: str) -> None:
    assert refusal(value) == words
    assert is_suspicious(json.dumps(value).encode())


@pytest.mark.parametrize(
    "text", [b'{"\\u005f_proto__":1}', b"1e309", b"1E+309", b"-2.5e400", b"9" * 309, b'{"constructor":{"prototype":1}}']
)
def test_however_it_is_written_it_is_suspicious(text: bytes) -> None:
    assert is_suspicious(text)


@pytest.mark.parametrize("value", [None, {"constructor": {"a": 1}}, {"prototype": 1}, [1e308, 10**300, "1e999"]])
def test_what_clients_take_is_not_refused(value: Any) -> None:
    assert refusal(value) is None
    assert is_acceptable(value)
    assert json.loads(encode(value)) == value


def test_an_ordinary_request_is_not_suspicious() -> None:
    assert not is_suspicious(json.dumps({"state": {"messages": [{"text": "1e3 \n e300"}]}, "n": 1.5e-7}).encode())


def test_text_of_any_language_is_not_suspicious_however_it_is_escaped() -> None:
    assert not is_suspicious(json.dumps("Grüße, 你好 \U0001f600 \x1b").encode())


@pytest.mark.parametrize("value", ["\ud83d", {"a": ["\udc00", 1]}, [[[1.5]]]])
def test_what_was_parsed_is_encoded_as_ever(value: Any) -> None:
    assert encode_parsed(value) == encode(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"__proto__": 1}, object(), {1}])
def test_what_clients_refuse_is_not_acceptable(value: Any) -> None:
    assert not is_acceptable(value)


def test_a_circle_is_not_acceptable() -> None:
    circle: list[Any] = []
    circle.append(circle)
    assert not is_acceptable(circle)


def test_what_was_parsed_is_encoded_and_copied_without_another_check(monkeypatch: pytest.MonkeyPatch) -> None:
    very_deep: Any = []
    for _ in range(300):
        very_deep = [very_deep]
    for value in ("é\n", 1.5, None, {"a": [1, {"b": "c"}]}, very_deep):
        text, copy = strict_json.copy_parsed(value)
        assert json.loads(text) == copy == value
    monkeypatch.setattr(strict_json, "encode", None)
    value: dict[str, list[int]] = {"a": []}
    _, copy = strict_json.copy_parsed(value)
    value["a"].append(1)
    assert copy == {"a": []}
