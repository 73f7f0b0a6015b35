"""JSON and text as models and their servers write them, also where a character was cut in two."""

import json
import math
import re
from typing import Any

from pydantic_core import from_json

_SURROGATE = re.compile("[\ud800-\udfff]")
# Half of a surrogate pair; or bytes of a character that go on, as "surrogateescape" writes bytes.
_HALF = re.compile("(?:[\ud800-\udbff]|[\udcc2-\udcf4][\udc80-\udcbf]{0,2})\\Z")
_UNSAFE_KEYS = ("__proto__", "prototype")  # clients drop a frame that holds one, the latter in `constructor`
# Escapes within JSON text: one that may go on in the next piece, a pair of surrogates, half a pair, any other.
_ESCAPE = re.compile(
    r"(?P<open>\\(?:u[\da-fA-F]{0,3}|u[dD][89abAB][\da-fA-F]{2}(?:\\(?:u(?:[dD](?:[c-fC-F][\da-fA-F]?)?)?)?)?)?\Z)"
    r"|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}"
    r"|(?P<half>\\u[dD][89a-fA-F][\da-fA-F]{2})"
    r"|\\.",
    re.DOTALL,
)
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def parse(data: bytes | str) -> Any:
    """The value that `data` is. A string in it may hold a surrogate, where a character was cut: see Mender.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return from_json(data)
    except ValueError:
        text = data.decode("utf-8", "surrogateescape") if isinstance(data, bytes) else data
        try:
            return json.loads(text, strict=False)
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None


def mend(text: str) -> str:
    """`text` with halves of a character put together, or U+FFFD where the other half is missing."""
    if text.isascii() or _SURROGATE.search(text) is None:
        return text
    paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return _NO_BYTE.sub("\ufffd", paired).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def mend_value(value: Any) -> Any:
    """`value`, any JSON, with all its strings mended."""
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, list):
        return [mend_value(item) for item in value]
    if isinstance(value, dict):
        return {mend(name): mend_value(item) for name, item in value.items()}
    return value


def without_unsafe(value: Any) -> Any:
    """`value`, any JSON, as strict clients take it: mended, null for NaN and Infinity, and without unsafe keys."""
    if isinstance(value, list):
        return [without_unsafe(item) for item in value]
    if isinstance(value, dict):
        return {mend(name): without_unsafe(item) for name, item in value.items() if name not in _UNSAFE_KEYS}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return mend_value(value)


class Mender:
    """Mends a text that comes in pieces: half a character waits for its other half."""

    __slots__ = ("_half",)

    def __init__(self) -> None:
        self._half = ""

    def take(self, piece: str) -> str:
        """As much of the text as is certain."""
        if not self._half and (piece.isascii() or _SURROGATE.search(piece) is None):
            return piece
        text = self._half + piece
        half = _HALF.search(text)
        self._half = half[0] if half else ""
        return mend(text[: len(text) - len(self._half)])

    def rest(self) -> str:
        """What is left when no piece follows."""
        half, self._half = self._half, ""
        return mend(half)


class EscapeMender:
    """Mends JSON text that comes in pieces: an escaped half of a character without its other half becomes U+FFFD."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open = ""

    def take(self, piece: str) -> str:
        """As much of the text as is certain."""
        if not self._open and "\\" not in piece:
            return piece
        text, self._open = self._open + piece, ""
        return _ESCAPE.sub(self._mended, text)

    def rest(self) -> str:
        """What is left when no piece follows."""
        left, self._open = self._open, ""
        return "\\ufffd" + left[6:] if len(left) >= 6 else left

    def _mended(self, escape: re.Match[str]) -> str:
        if escape["open"] is not None:
            self._open = escape["open"]
            return ""
        return "\\ufffd" if escape["half"] is not None else escape[0]
