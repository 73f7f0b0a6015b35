"""A feed is idle when nobody reads it and nobody is about to."""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

import pytest

from assistant_transport.runs import Feed, feed


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(main(), 30))


def test_a_reader_that_was_announced_keeps_the_feed_when_another_leaves() -> None:
    async def main() -> None:
        idle = asyncio.Event()
        shared = Feed(on_idle=idle.set)
        shared.append(b"1")
        first, second = shared.read(b"", 60), shared.read(b"", 60)
        shared.expect_reader()
        await anext(first)
        shared.expect_reader()
        await first.aclose()
        assert not idle.is_set()
        await anext(second)
        await second.aclose()
        assert idle.is_set()

    run(main)


def test_a_reader_that_never_comes_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "UNREAD_SECONDS", 0.01)

    async def main() -> None:
        idle = asyncio.Event()
        unread = Feed(on_idle=idle.set)
        unread.expect_reader()
        assert not unread.is_idle
        await idle.wait()
        assert unread.is_idle

    run(main)


def test_a_large_log_is_read_in_pieces_with_turns_between_them() -> None:
    async def main() -> None:
        turns = 0
        frames = [b"x" * 100] * 9000 + [b"y" * (feed.PIECE_BYTES * 5 // 2)] + [b"z"]
        shared = Feed()
        for frame in frames:
            shared.append(frame)
        shared.end()
        read: list[tuple[int, bytes]] = []

        async def reader() -> None:
            read.extend([(turns, piece) async for piece in shared.read(b"", 60)])

        work = asyncio.create_task(reader())
        while not work.done():
            await asyncio.sleep(0)
            turns += 1
        assert b"".join(piece for _, piece in read) == b"".join(frames)
        assert max(len(piece) for _, piece in read) <= feed.PIECE_BYTES
        assert all(earlier < later for (earlier, _), (later, _) in pairwise(read))

    run(main)


def test_a_reader_that_is_handed_a_large_frame_in_pieces_does_not_lag() -> None:
    async def main() -> None:
        shared = Feed()
        read: list[bytes] = []

        async def reader() -> None:
            async for piece in shared.read(b"", 60):
                if not read:
                    shared.append(b"next")
                    shared.end()
                read.append(piece)

        work = asyncio.create_task(reader())
        await asyncio.sleep(0)
        large = b"x" * 4 * feed.MAX_LAG_BYTES
        shared.append(large)
        await work
        assert b"".join(read) == large + b"next"

    run(main)
