"""A run's own clockwork, in this process: grace begins anew with every reader that leaves."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator

from assistant_transport.runs import Controller, Limits, MemoryLog, Runs, Status


def test_the_grace_begins_anew_when_a_reader_comes_back_and_leaves() -> None:
    async def main() -> None:
        runs = Runs(MemoryLog(ttl=60), Limits(grace=1.0), max_runs=1)
        with runs.reserve("owner", "thread", "data-stream", {"a": ""}, discoverable=True) as run:
            pass
        endless = asyncio.Event()

        async def work() -> None:
            controller: Controller = run.controller
            controller.document.append_text(["a"], "x")
            await endless.wait()

        async def leave(reader: object) -> None:
            await anext(reader)  # type: ignore[call-overload]
            await reader.aclose()  # type: ignore[attr-defined]

        await leave(runs.stream(run, work, heartbeat=60))
        for _ in range(4):
            await asyncio.sleep(0.2)
            await leave(run.feed.read(b"", 60))
        assert run.status is Status.RUNNING, "no pause was as long as the grace"
        while run.status is Status.RUNNING:
            await asyncio.sleep(0.05)
        assert run.status is Status.CANCELLED

    asyncio.run(asyncio.wait_for(main(), 30))


def test_a_last_frame_that_is_too_large_does_not_undo_the_end() -> None:
    async def main() -> None:
        runs = Runs(MemoryLog(ttl=60), Limits(max_bytes=1000, flush_interval=0), max_runs=1)
        with runs.reserve("owner", None, "data-stream", {"a": ""}, discoverable=False) as run:
            pass

        async def work() -> None:
            run.controller.document.append_text(["a"], "x" * 5000)

        data = b"".join([frames async for frames in runs.stream(run, work, heartbeat=60)])
        assert run.status is Status.DONE
        assert b'"x' in data
        assert b"3:" not in data

    asyncio.run(main())


def test_a_kept_feed_does_not_keep_its_run() -> None:
    async def main() -> None:
        log = MemoryLog(ttl=60)
        runs = Runs(log, Limits(), max_runs=1)
        with runs.reserve("owner", None, "data-stream", {"a": ""}, discoverable=True) as run:
            pass
        run_id = run.head.id

        async def work() -> None:
            pass

        async for _ in runs.stream(run, work, heartbeat=60):
            pass
        gone = weakref.ref(run)
        del run, work
        await asyncio.sleep(0)
        gc.collect()
        assert gone() is None
        assert await log.find(run_id) is not None

    asyncio.run(main())


def test_a_failed_run_stops_the_streams_that_its_assistant_added() -> None:
    async def main() -> None:
        runs = Runs(MemoryLog(ttl=60), Limits(), max_runs=1)
        with runs.reserve("owner", None, "data-stream", {"a": ""}, discoverable=True) as run:
            pass
        stopped = asyncio.Event()

        async def endless() -> AsyncIterator[object]:
            try:
                await asyncio.Event().wait()
                yield None
            finally:
                stopped.set()

        async def work() -> None:
            run.controller.add_stream(endless())
            await asyncio.sleep(0)
            raise RuntimeError

        async for _ in runs.stream(run, work, heartbeat=60):
            pass
        await asyncio.wait_for(stopped.wait(), 5)

    asyncio.run(main())


def test_what_was_published_before_the_start_is_logged_too() -> None:
    async def main() -> None:
        runs = Runs(MemoryLog(ttl=60), Limits(), max_runs=1)
        with runs.reserve("owner", None, "data-stream", {"a": ""}, discoverable=True) as run:
            pass
        logged: list[bytes] = []

        class Writer:
            def append(self, frames: bytes) -> None:
                logged.append(frames)

            def end(self, status: Status) -> None:
                pass

        async def work() -> None:
            pass

        run.controller.document.set(["a"], "before")
        await asyncio.sleep(0.01)  # a middleware that suspends
        run.start(work, Writer(), on_end=lambda _: None)
        async for _ in run.feed.read(b"", 60):
            pass
        assert b"before" in b"".join(logged)

    asyncio.run(main())
