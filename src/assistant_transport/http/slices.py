"""Parses large JSON in slices, with a turn of the event loop for replies in progress between two of them.

Neither pydantic_core nor a thread can be interrupted while it parses. So the JSON is first split into parts that stay
text (msgspec's Raw; 2 to 4 ms for 4 MiB), and these are parsed some at a time. No step takes longer than that split.
"""

import asyncio
import gc
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from msgspec import DecodeError, Raw
from msgspec.json import Decoder
from pydantic_core import from_json

from assistant_transport.runs import strict_json

SLICE_BYTES = 128 * 1024  # 16,000 objects at most, which take 4 ms
# What is nested more deeply is parsed at once: each level is another reading of the whole.
_MAX_LEVELS = 16
# The turns of the event loop that a token takes from the end of an assistant's pause to the socket.
_TURNS = 4

_members = Decoder(dict[str, Raw]).decode
_items = Decoder(list[Raw]).decode


class RefusedError(ValueError):
    """JSON that a client would not accept. The text says what it has, in words that go after "it has"."""


@dataclass(frozen=True)
class Original:
    """The large state of a request as it came, which is not to be encoded again while nobody has changed it."""

    state: str  # JSON in one line
    messages: Sequence[bytes]  # each of state.messages as JSON; empty if that is no list


async def give_way() -> None:
    """Lets everybody who has something to send do so."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


def parse(text: bytes) -> Any:
    """The value of `text`, JSON.

    Raises:
        RefusedError: it has something that a client would not accept.
        ValueError: it is not JSON.
    """
    value = from_json(text, allow_inf_nan=False)
    if strict_json.is_suspicious(text) and (refused := strict_json.refusal(value)):
        raise RefusedError(refused)
    return value


async def parse_large(text: bytes) -> tuple[Any, Original | None]:
    """As `parse`, in slices; and the state of the request that `text` is, if it has one, as it came."""
    collects = gc.isenabled()
    gc.disable()  # JSON has no cycles, and each collection would look through all that is parsed by then
    try:
        await give_way()
        return await _parse(Raw(text), _MAX_LEVELS), await _original(text)
    except RefusedError:
        raise
    except (ValueError, RecursionError):
        return parse(text), None  # an error is to name its position in the whole
    finally:
        if collects:
            gc.enable()


async def _parse(text: Raw, levels: int) -> Any:
    begin = bytes(memoryview(text)[:64]).lstrip()[:1]
    if len(text) <= SLICE_BYTES or not levels or begin not in (b"{", b"["):
        value = parse(bytes(text))
        await give_way()
        return value
    if begin == b"[":
        if (values := await _parse_numbers(bytes(text))) is not None:
            return values
        items = _items(text)
        await give_way()
        return await _parse_all(items, levels - 1)
    members = _members(text)
    await give_way()
    value = dict(zip(members, await _parse_all(list(members.values()), levels - 1), strict=True))
    if refused := strict_json.refusal_of_keys(value):
        raise RefusedError(refused)
    return value


async def _parse_numbers(text: bytes) -> list[Any] | None:
    """The list that `text` is, cut at commas, if it has only numbers and the like: a Raw for each costs too much."""
    if b'"' in text or b"{" in text or text.count(b"[") != 1 or text.count(b"]") != 1:
        return None
    begin, end = text.index(b"[") + 1, text.index(b"]")
    values: list[Any] = []
    while begin < end:
        comma = text.find(b",", begin + SLICE_BYTES, end)
        cut = end if comma < 0 else comma
        values += parse(b"[%b]" % text[begin:cut])
        begin = cut + 1
        await give_way()
    return values


async def _parse_all(parts: Sequence[Raw], levels: int) -> list[Any]:
    """The values of `parts`, each time of so many as are a slice together."""
    size = sum(map(len, parts))
    if size <= SLICE_BYTES:
        values: list[Any] = parse(b"[%b]" % b",".join(parts))
        await give_way()
        return values
    if len(parts) == 1:
        return [await _parse(parts[0], levels)]
    step = max(1, len(parts) // ceil(size / SLICE_BYTES))
    values = []
    for first in range(0, len(parts), step):
        values += await _parse_all(parts[first : first + step], levels)
    return values


async def _original(text: bytes) -> Original | None:
    state = _members(text).get("state")
    if state is None or len(state) <= SLICE_BYTES:
        return None
    await give_way()
    try:
        messages = _items(_members(state)["messages"])
    except (DecodeError, KeyError):
        messages = []
    await give_way()
    original = Original(strict_json.one_line(state), messages)
    await give_way()
    return original
