"""A large body is parsed in slices, to the same value and the same errors as at once, and replies go on meanwhile."""

import asyncio
import json
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from assistant_transport.http import slices
from tests.conftest import StartServer
from tests.wire import Client, apply, message

FILLING = ["x" * 1000] * 300
MANY = [{"a": number} for number in range(40_000)]


def parsed(text: bytes) -> tuple[Any, slices.Original | None]:
    return asyncio.run(slices.parse_large(text))


def refusal(parse: Callable[[], object]) -> str:
    try:
        parse()
    except ValueError as error:
        return f"{type(error).__name__}: {error}"
    return ""


def deep(levels: int, value: Any) -> Any:
    for _ in range(levels):
        value = [value]
    return value


def generated(random: random.Random, size: int) -> Any:
    """Any JSON of about that many values, of which some have nearly all of the others in them."""
    if size <= 1:
        return random.choice([None, True, -1, 1.5e300, 10**30, "", 'é\\"\n\u2028{[,', "y" * random.randrange(3000)])
    items = []
    while size > 0:
        size -= (part := random.choice([1, 1, 1, size // 2 or 1, size // 9 or 1])) + 1
        items.append(generated(random, part))
    return items if random.random() < 0.5 else {f"k{number}": item for number, item in enumerate(items)}


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    "value",
    [
        MANY,
        {"one": MANY, "few": [1, 2], "text": "y" * 300_000},
        {str(number): [number] for number in range(30_000)},
        [*MANY[:10_000], MANY, *MANY[:10_000]],
        [1.5, -2, None, True] * 60_000,
        ["a,b", "]"] * 30_000,
        deep(15, MANY),
        deep(150, FILLING),
        "y" * 300_000,
    ],
    ids=["objects", "members", "keys", "skewed", "numbers", "strings", "nested", "deep", "text"],
)
def test_the_value_is_the_same_as_at_once(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent).encode()
    assert len(text) > slices.SLICE_BYTES
    assert parsed(text)[0] == value


@pytest.mark.parametrize("seed", range(20))
def test_the_value_of_generated_json_is_the_same_as_at_once(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "SLICE_BYTES", 2000)
    value = generated(random.Random(seed), 1000)
    assert parsed(json.dumps(value, ensure_ascii=False).encode())[0] == value


@pytest.mark.parametrize(
    "wrong",
    [
        b'{"__proto__":1}',
        b'{"\\u005f_proto__":1}',
        b'{"constructor":{"prototype":1}}',
        b"1e999",
        b"NaN",
        b'"\\ud800"',
        b'"\xff"',
        b"[1,]",
        b"[" * 300 + b"]" * 300,
        b"",
    ],
)
@pytest.mark.parametrize("place", [b'{"f":%(f)b,"w":%(w)b}', b"[%(w)b,%(f)b]", b'{"f":[%(f)b,[[%(w)b,%(f)b]]]}'])
def test_what_is_refused_at_once_is_refused_in_slices_with_the_same_words(wrong: bytes, place: bytes) -> None:
    text = place % {b"f": json.dumps(FILLING).encode(), b"w": wrong}
    assert refusal(lambda: parsed(text)) == refusal(lambda: slices.parse(text)) != ""


@pytest.mark.parametrize("filling", [b"1", json.dumps(FILLING).encode()])
def test_a_key_that_is_refused_is_found_where_the_json_was_split(filling: bytes) -> None:
    for text in (b'{"a":%b,"__proto__":%b}', b'{"a":%b,"constructor":{"b":%b,"prototype":1}}'):
        with pytest.raises(slices.RefusedError):
            parsed(text % (json.dumps(FILLING).encode(), filling))


def test_no_step_parses_more_than_a_slice_and_others_have_a_turn_between_two(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = 0
    steps: list[tuple[int, int]] = []  # the turns of others before each, and its size
    parse = slices.parse

    def watched(text: bytes) -> Any:
        steps.append((turns, len(text)))
        return parse(text)

    async def main() -> None:
        nonlocal turns
        work = asyncio.create_task(
            slices.parse_large(json.dumps({"state": {"messages": MANY, "n": [1.5] * 99_999}}).encode())
        )
        while not work.done():
            await asyncio.sleep(0)
            turns += 1

    monkeypatch.setattr(slices, "parse", watched)
    asyncio.run(main())
    assert len(steps) >= 8
    assert max(size for _, size in steps) <= slices.SLICE_BYTES + 10
    assert all(later > earlier for (earlier, _), (later, _) in pairwise(steps))


@pytest.fixture(scope="module")
def lockstep(start_server: StartServer) -> Client:
    server = start_server(ASSISTANT="acme.assistants.LockStep")
    return Client(server.host, server.port)


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("kept", [0, 1, 299])
def test_an_edit_sends_the_messages_before_it_as_they_came(lockstep: Client, kept: int, indent: int | None) -> None:
    messages = [
        {"id": str(number), "role": "user", "parts": [{"type": "text", "text": "é\n" + "x" * 1000}], "own": [1.0, 1e22]}
        for number in range(300)
    ]
    state = {"other": [1], "messages": messages}
    edit = message("0", sourceId=str(kept), parentId=str(kept - 1) if kept else None)
    body = json.dumps({"commands": [edit], "state": state}, indent=indent, ensure_ascii=False).encode()
    with lockstep.request("POST", "/assistant", body) as reply:
        assert reply.status == 200
        run = {"runId": reply.headers["X-Run-Id"]}
        (_, operations) = next(reply.frames())
        after = apply(state, operations)
        assert after["messages"][:kept] == messages[:kept]
        assert after["messages"][kept]["parts"] == [{"type": "text", "text": "0"}]
        initial = lockstep.post("/initial-state", run)
        assert initial.json()["state"] == state
        assert b"\n" not in initial.body()
