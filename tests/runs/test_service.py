"""The runs of a process: limits hold from the moment that a run is reserved, and none is reserved for nothing."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import ExitStack
from typing import Any

import pytest

from assistant_transport.runs import (
    Limits,
    MemoryLog,
    Quota,
    QuotaExceededError,
    Run,
    RunRefusedError,
    Runs,
    Status,
    feed,
)

QUOTA = Quota("owner", "alice", max_runs=1)


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 30))


def reserve(runs: Runs, *quotas: Quota) -> Any:
    return runs.reserve("alice", "thread", "data-stream", {"a": ""}, discoverable=True, quotas=quotas)


def stream(runs: Runs, reserved: Run) -> AsyncIterator[bytes]:
    async def work() -> None:
        reserved.controller.document.append_text(["a"], "written")

    return runs.stream(reserved, work, heartbeat=60)


def test_two_reservations_in_one_turn_of_the_loop_both_count() -> None:
    async def main() -> None:
        runs = Runs(MemoryLog(ttl=60), Limits(), max_runs=1)
        with reserve(runs), pytest.raises(RunRefusedError), reserve(runs):
            pass

    run(main())


def test_two_reservations_in_one_turn_of_the_loop_both_count_for_a_quota() -> None:
    async def main() -> None:
        runs = Runs(MemoryLog(ttl=60), Limits(), max_runs=9)
        with reserve(runs, QUOTA):
            with pytest.raises(QuotaExceededError) as exceeded, reserve(runs, QUOTA):
                pass
            assert exceeded.value.quota == QUOTA
            with reserve(runs, Quota("key", "alice", max_runs=1)):
                pass  # another quota, though for the same name

    run(main())


def test_memory_is_counted_from_the_reservation_on() -> None:
    async def main() -> None:
        runs = Runs(MemoryLog(ttl=60), Limits(), max_runs=9, max_memory_bytes=1)
        with reserve(runs), pytest.raises(RunRefusedError), reserve(runs):
            pass

    run(main())


def test_a_request_that_fails_after_the_reservation_releases_it_at_once() -> None:
    async def main() -> None:
        log = MemoryLog(ttl=60)
        runs = Runs(log, Limits(), max_runs=1)
        for _ in range(2):
            with pytest.raises(LookupError), reserve(runs, QUOTA):
                raise LookupError
            assert runs.active == 0
        assert await log.only_running("alice") is None

    run(main())


def test_a_run_that_nobody_reads_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        runs = Runs(MemoryLog(ttl=60), Limits(), max_runs=1)
        with reserve(runs, QUOTA) as unread:
            pass
        while runs.active:
            await asyncio.sleep(0.01)
        assert unread.status is Status.CANCELLED
        late = b"".join([frames async for frames in stream(runs, unread)])
        assert b"written" not in late
        assert b"3:" in late, "its reader is told"

    monkeypatch.setattr(feed, "UNREAD_SECONDS", 0.05)
    run(main())


def test_a_reserved_run_can_be_stopped_before_it_is_read() -> None:
    async def main() -> None:
        runs = Runs(MemoryLog(ttl=60), Limits(), max_runs=1)
        with reserve(runs) as reserved:
            pass
        assert runs.stop(reserved.head.id, "alice")
        assert runs.active == 0
        assert [frames async for frames in stream(runs, reserved)] == []

    run(main())


def test_a_drain_waits_for_a_reserved_run() -> None:
    async def main() -> None:
        runs = Runs(MemoryLog(ttl=60), Limits(), max_runs=9)
        with ExitStack() as requests:
            reserved = requests.enter_context(reserve(runs))
        drained = asyncio.create_task(runs.drain(60))
        await asyncio.sleep(0)
        assert not drained.done()
        assert b"written" in b"".join([frames async for frames in stream(runs, reserved)])
        await drained

    run(main())
