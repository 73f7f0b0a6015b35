"""JSON as a strict assistant-ui client accepts it, and not otherwise.

The client parses every frame with secure-json-parse: one that holds NaN, Infinity, a `__proto__` key or a
`constructor.prototype` is dropped with a console warning, and the reply silently diverges.
"""

import re
from json import JSONEncoder
from json.encoder import encode_basestring
from typing import Any

from assistant_transport.runs.assistant_stream_internals import StateProxy

_SUSPICIOUS = re.compile(r'"__proto__"|"prototype"')
_SURROGATE = re.compile("[\ud800-\udfff]")


def _refuse(value: object) -> object:
    if isinstance(value, StateProxy):
        raise TypeError("a part of the state cannot be stored elsewhere in it: store a plain value")
    raise TypeError(f"{type(value).__name__} is not JSON: store str, int, float, bool, None, list or dict")


_encoder = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_refuse)


def encode(value: object) -> str:
    """`value` as compact JSON.

    Raises:
        ValueError: NaN, Infinity, a circular reference, or a key that a client would refuse.
        TypeError: something that is not JSON.
    """
    text = _encoder.encode(value)
    if _SUSPICIOUS.search(text) and (key := unsafe_key(value)):
        raise ValueError(f"the key {key} is not allowed: clients drop whatever holds it")
    return text


def quote(text: str) -> str:
    """`text` as a JSON string."""
    return encode_basestring(text)


def to_bytes(frame: str) -> bytes:
    """A frame of JSON as UTF-8; half of a surrogate pair, which UTF-8 has no bytes for, as its escape."""
    try:
        return frame.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", frame).encode()


def unsafe_key(value: Any) -> str | None:
    """The first key in `value`, however deep, that secure-json-parse refuses, else None."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            if "__proto__" in item:
                return "__proto__"
            constructor = item.get("constructor")
            if isinstance(constructor, dict) and "prototype" in constructor:
                return "constructor.prototype"
            pending.extend(item.values())
        elif isinstance(item, list | tuple):
            pending.extend(item)
    return None
