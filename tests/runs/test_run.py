"""A run in this process: its grace without readers, its end, and what it leaves behind."""

import asyncio
import gc
import weakref
from collections.abc import AsyncGenerator, AsyncIterator

from assistant_transport.runs import Limits, MemoryLog, Runs, Status


def test_the_grace_begins_anew_when_a_reader_comes_back_and_leaves() -> None:
    async def main() -> None:
        runs = Runs(MemoryLog(ttl=60), Limits(grace=3600), max_runs=1)
        with runs.reserve("owner", "thread", "data-stream", {"a": ""}, discoverable=True) as run:
            pass

        async def work() -> None:
            run.controller.document.append_text(["a"], "x")
            await asyncio.Event().wait()

        async def leave(reader: AsyncGenerator[bytes, None]) -> asyncio.TimerHandle:
            await anext(reader)
            await reader.aclose()
            assert run._grace is not None
            assert run._grace._timer is not None
            return run._grace._timer

        first = await leave(runs.stream(run, work, heartbeat=60))
        second = await leave(run.feed.read(b"", 60))
        assert first.cancelled()
        assert not second.cancelled()
        assert run.status is Status.RUNNING
        run.stop(Status.CANCELLED)

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
        await stopped.wait()

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
