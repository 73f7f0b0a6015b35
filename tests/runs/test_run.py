"""A run's own clockwork, in this process: grace begins anew with every reader that leaves."""

import asyncio

from runs import Controller, Limits, MemoryLog, Runs, Status


def test_the_grace_begins_anew_when_a_reader_comes_back_and_leaves() -> None:
    async def main() -> None:
        runs = Runs(MemoryLog(ttl=60), Limits(grace=1.0), most=1)
        run = runs.new("owner", "thread", "data-stream", {"a": ""}, found=True)
        endless = asyncio.Event()

        async def work() -> None:
            controller: Controller = run.controller
            controller.document.append_text(["a"], "x")
            await endless.wait()

        async def leave(reader: object) -> None:
            await anext(reader)  # type: ignore[call-overload]
            await reader.aclose()  # type: ignore[attr-defined]

        await leave(runs.carry(run, work, heartbeat=60))
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
        runs = Runs(MemoryLog(ttl=60), Limits(run_bytes=1000, flush_interval=0), most=1)
        run = runs.new("owner", None, "data-stream", {"a": ""}, found=False)

        async def work() -> None:
            run.controller.document.append_text(["a"], "x" * 5000)

        data = b"".join([frames async for frames in runs.carry(run, work, heartbeat=60)])
        assert run.status is Status.DONE
        assert b'"x' in data
        assert b"3:" not in data

    asyncio.run(main())
