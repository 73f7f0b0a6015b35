"""A feed is idle when nobody reads it and nobody is about to."""

import asyncio
from collections.abc import Callable, Coroutine
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
