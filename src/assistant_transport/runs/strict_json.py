"""JSON as a strict assistant-ui client accepts it, and not otherwise.

The client parses every frame with secure-json-parse (npm assistant-stream 0.3.44). It drops a frame that holds NaN,
Infinity, a `__proto__` key or a `constructor.prototype`, with a warning in its console: its state silently diverges.
"""

import json
import re
from collections.abc import Iterator
from json import JSONEncoder
from json.encoder import encode_basestring
from typing import Any

from pydantic_core import from_json, to_json

from assistant_transport.runs.assistant_stream_internals import StateProxy

# What a path of an operation must not contain (npm assistant-stream 0.3.44, assertSafePathSegment).
UNSAFE_SEGMENTS = frozenset({"__proto__", "constructor", "prototype"})

_MAX_NUMBER = 1.7976931348623157e308  # above it a number is Infinity in JavaScript
_UNSAFE_KEYS = re.compile(r'"__proto__"|"prototype"')
_SUSPICIOUS = (b'"__proto__"', b'"prototype"')
_ESCAPED_LETTER = re.compile(rb"\\u00[567]")  # may hide one of these
# Numbers with all their digits as 0: 4 MB took 7 ms so, and 50 ms by a regular expression.
_DIGITS = bytes.maketrans(b"123456789E", b"000000000e")
_LARGE_NUMBERS = (b"0e000", b"0e+000", b"0" * 200)
_SURROGATE = re.compile("[\ud800-\udfff]")


def _refuse(value: object) -> object:
    if isinstance(value, StateProxy):
        raise TypeError("a part of the state cannot be stored elsewhere in it: store a plain value")
    raise TypeError(f"{type(value).__name__} is not JSON: store str, int, float, bool, None, list or dict")


_encoder = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_refuse)
_SCALARS = frozenset({str, int, float, bool, type(None)})


def encode(value: object) -> str:
    """`value` as compact JSON.

    Raises:
        ValueError: NaN, Infinity, a circular reference, or a key that a client would refuse.
        TypeError: something that is not JSON.
    """
    text = _encoder.encode(value)
    if _UNSAFE_KEYS.search(text) and (key := _unsafe_key(value)):
        raise ValueError(f"the key {key} is not allowed: clients drop whatever holds it")
    return text


def encode_and_copy(value: object) -> tuple[str, Any]:
    """`value` as `encode` has it, and a copy of it as a client will have it, which nobody else can change."""
    text = encode(value)
    return text, value if type(value) in _SCALARS else json.loads(text)


def encode_parsed(value: object) -> str:
    """`value`, which was parsed from acceptable JSON and only changed by such, as JSON: several times as fast."""
    try:
        return to_json(value).decode()
    except ValueError:
        return encode(value)  # it contains half of a surrogate pair, or is very deep


def encode_stored(value: object) -> str:
    """As `encode_parsed`, in text that UTF-8 has bytes for: half of a surrogate pair is an escape."""
    try:
        return to_json(value).decode()
    except ValueError:
        return to_bytes(encode(value)).decode()


def copy_parsed(value: object) -> tuple[str, Any]:
    """As `encode_and_copy`, of a value that `encode_parsed` takes."""
    try:
        text = to_json(value)
        return text.decode(), value if type(value) in _SCALARS else from_json(text)
    except ValueError:
        return encode_and_copy(value)


def is_acceptable(value: object) -> bool:
    """Whether `value` is JSON that a client accepts."""
    try:
        encode(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def one_line(text: bytes) -> str:
    """JSON in one line, as a frame must be. A string has no line breaks, so they are between values only."""
    line = str(text, "utf-8")
    return line.replace("\n", " ").replace("\r", " ") if "\n" in line or "\r" in line else line


def quote(text: str) -> str:
    """`text` as a JSON string."""
    return encode_basestring(text)


def to_bytes(frame: str) -> bytes:
    """A frame of JSON as UTF-8; half of a surrogate pair, which UTF-8 has no bytes for, as its escape."""
    try:
        return frame.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", frame).encode()


def is_suspicious(text: bytes) -> bool:
    """Whether JSON may hold something that `refusal` finds, which is not worth a walk through most values."""
    if any(word in text for word in _SUSPICIOUS) or _ESCAPED_LETTER.search(text):
        return True
    zeros = text.translate(_DIGITS)
    return any(number in zeros for number in _LARGE_NUMBERS)


def refusal(value: Any) -> str | None:
    """What in parsed JSON, however deep, a client does not accept, in words that go after "it has"; None if nothing."""
    for item in _walk(value):
        if isinstance(item, dict):
            if refused := refusal_of_keys(item):
                return refused
        elif isinstance(item, int | float) and abs(item) > _MAX_NUMBER:
            return "a number that is too large"
    return None


def refusal_of_keys(item: dict[str, Any]) -> str | None:
    """As `refusal`, of an object's own keys."""
    return f"the key {key}, which is not allowed" if (key := _unsafe_key_of(item)) else None


def _unsafe_key(value: Any) -> str | None:
    return next((key for item in _walk(value) if isinstance(item, dict) and (key := _unsafe_key_of(item))), None)


def _unsafe_key_of(item: dict[str, Any]) -> str | None:
    if "__proto__" in item:
        return "__proto__"
    constructor = item.get("constructor")
    return "constructor.prototype" if isinstance(constructor, dict) and "prototype" in constructor else None


def _walk(value: Any) -> Iterator[Any]:
    """`value` and all that is in it. Not recursive: JSON may be nested more deeply than Python's stack."""
    pending = [value]
    while pending:
        item = pending.pop()
        yield item
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list | tuple):
            pending.extend(item)
