"""What the log promises beyond what HTTP responses show, on a real Valkey."""

import asyncio
import dataclasses
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant_transport.runs import Head, LogUnavailableError, MemoryLog, Quotas, Status
from assistant_transport.runs.feed import Feed
from assistant_transport.runs.valkey import ValkeyLog, backlog
from assistant_transport.runs.valkey.keys import Keys
from tests.server import Valkey, environment


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """One that the test may disturb."""
    server = Valkey()
    yield server
    server.kill()


KEYS = Keys("assistant")
HEAD = Head("a-run", "owner", True, "thread", "data-stream", "{}")


def log(valkey: Valkey, url: str | None = None, **options: Any) -> ValkeyLog:
    settings = {
        "prefix": "assistant",
        "ttl": 60.0,
        "lease": 2.0,
        "max_run_seconds": 60.0,
        "cancel": lambda run_id: None,
        "quotas": Quotas(),
        **options,
    }
    return ValkeyLog(url or valkey.url, **settings)


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 60))


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    while True:
        try:
            if await holds():
                return
        except LogUnavailableError:
            pass
        await asyncio.sleep(0.05)


async def has_status(where: ValkeyLog, status: Status) -> bool:
    record = await where.find(HEAD.id)
    return record is not None and record.status is status


def test_a_run_whose_log_has_a_gap_is_marked_broken(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        one, two = log(valkey, lease=60.0), log(valkey, lease=60.0)
        await one.open()
        await two.open()
        logged = one.begin(HEAD, Feed())
        logged.append(b"first\n")
        await until(lambda: has_status(two, Status.RUNNING))
        valkey.signal(signal.SIGSTOP)
        monkeypatch.setattr(backlog, "MAX_BACKLOG_BYTES", 100)
        for _ in range(10):
            logged.append(b"x" * 30 + b"\n")
        logged.end(Status.DONE)
        valkey.signal(signal.SIGCONT)
        await until(lambda: has_status(two, Status.BROKEN))
        feed = await two.subscribe(await two.find(HEAD.id))  # type: ignore[arg-type]
        frames = [frames async for frames in feed.read(b"", 60)]
        assert b"A part of this reply was lost" in b"".join(frames)
        await one.close()
        await two.close()

    run(work)


def test_a_producer_never_appends_once_its_run_was_marked_interrupted(valkey: Valkey) -> None:
    async def work() -> None:
        one, two = log(valkey), log(valkey)
        await one.open()
        await two.open()
        logged = one.begin(HEAD, Feed())
        logged.append(b"first\n")
        assert await one._batches.written(5)
        one._leases._runs.clear()  # it renews no lease any more
        await until(lambda: has_status(two, Status.INTERRUPTED))
        record = await two.find(HEAD.id)
        assert record is not None
        logged.append(b"second\n")
        logged.end(Status.DONE)
        await one._batches.written(5)
        feed = await two.subscribe(record)
        frames = b"".join([frames async for frames in feed.read(b"", 60)])
        assert frames.startswith(b"first\n3:")
        assert frames.count(b"3:") == 1
        assert b"second" not in frames
        assert (await two.find(HEAD.id)).status is Status.INTERRUPTED  # type: ignore[union-attr]
        await one.close()
        await two.close()

    run(work)


def test_a_run_whose_lease_is_missing_lives_on_when_it_is_renewed(valkey: Valkey) -> None:
    lease = f"{KEYS.run(HEAD.id)}:lease"

    async def work() -> None:
        one, two = log(valkey, lease=3.0), log(valkey, lease=3.0)
        await one.open()
        await two.open()
        logged = one.begin(HEAD, Feed())
        logged.append(b"first\n")
        feed = await two.subscribe(await two.find(HEAD.id))  # type: ignore[arg-type]
        assert valkey.command("DEL", lease) == ":1"  # as an outage of a lease does
        assert await has_status(two, Status.RUNNING)
        assert valkey.command("HEXISTS", KEYS.run(HEAD.id), "missing") == ":1"
        while valkey.command("EXISTS", lease) == ":0":
            await asyncio.sleep(0.05)
        assert valkey.command("HEXISTS", KEYS.run(HEAD.id), "missing") == ":0"
        logged.append(b"second\n")
        logged.end(Status.DONE)
        assert b"".join([frames async for frames in feed.read(b"", 60)]) == b"first\nsecond\n"
        await one.close()
        await two.close()

    run(work)


def test_at_full_memory_leases_are_renewed_and_runs_found_and_followed(valkey: Valkey) -> None:
    async def work() -> None:
        cancelled: asyncio.Queue[str] = asyncio.Queue()
        one, two = log(valkey, lease=1.0, cancel=cancelled.put_nowait), log(valkey, lease=1.0)
        await one.open()
        await two.open()
        logged = one.begin(HEAD, Feed())
        logged.append(b"first\n")
        await until(lambda: has_status(two, Status.RUNNING))
        assert valkey.command("CONFIG", "SET", "maxmemory-policy", "noeviction") == "+OK"
        assert valkey.command("CONFIG", "SET", "maxmemory", "1") == "+OK"
        assert valkey.command("DEL", f"{KEYS.run(HEAD.id)}:lease") == ":1"
        logged.append(b"second\n")
        feed = await two.subscribe(await two.find(HEAD.id))  # type: ignore[arg-type]
        assert await two.has_subscribers(HEAD.id)
        while valkey.command("EXISTS", f"{KEYS.run(HEAD.id)}:lease") == ":0":
            await asyncio.sleep(0.05)
        await two.cancel(HEAD.id)
        assert await cancelled.get() == HEAD.id
        assert valkey.command("CONFIG", "SET", "maxmemory", "0") == "+OK"
        logged.end(Status.CANCELLED)
        assert b"".join([frames async for frames in feed.read(b"", 60)]) == b"first\nsecond\n"
        await one.close()
        await two.close()

    run(work)


def test_a_dead_processs_run_is_marked_at_full_memory_once_two_looks_missed_its_lease(valkey: Valkey) -> None:
    async def work() -> None:
        one, two = log(valkey, lease=1.0), log(valkey, lease=1.0)
        await one.open()
        await two.open()
        one.begin(HEAD, Feed()).append(b"first\n")
        assert await one._batches.written(5)
        await one.close()  # as if it had died: it says nothing of its runs
        assert valkey.command("CONFIG", "SET", "maxmemory", "1") == "+OK"
        assert await has_status(two, Status.RUNNING)
        feed = await two.subscribe(await two.find(HEAD.id))  # type: ignore[arg-type]
        assert b"has stopped" in b"".join([frames async for frames in feed.read(b"", 60)])
        assert await has_status(two, Status.INTERRUPTED)
        await two.close()

    run(work)


def test_memory_keeps_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant_transport.runs.memory.MAX_BYTES", 1000)

    async def work() -> None:
        kept = MemoryLog(ttl=60)
        for number in range(5):
            feed = Feed()
            feed.append(b"x" * 400)
            kept.begin(Head(str(number), "owner", True, "thread", "data-stream", "{}"), feed).end(Status.DONE)
        assert [number for number in range(5) if await kept.find(str(number))] == [3, 4]
        latest = await kept.latest("owner", "thread")
        assert latest is not None
        assert latest.head.id == "4"

    run(work)


@pytest.mark.parametrize("after", ["append", "end"])
def test_a_valkey_that_came_back_with_an_older_memory_breaks_the_runs_that_it_lost_a_part_of(
    tmp_path: Path, after: str
) -> None:
    server = Valkey(None, "--dir", str(tmp_path))
    whole_head = dataclasses.replace(HEAD, id="another-run", thread="another")

    async def work() -> None:
        one, two = log(server), log(server)
        await one.open()
        await two.open()
        lost, whole = one.begin(HEAD, Feed()), one.begin(whole_head, Feed())
        for number in range(3):
            for writer in (lost, whole):
                writer.append(b"%d\n" % number)
            assert await one._batches.written(5)
        assert server.command("SAVE") == "+OK"
        lost.append(b"3\n")
        assert await one._batches.written(5)
        server.kill()
        server.start()
        # The run that nothing is missing of is the first to be written.
        whole.append(b"3\n")
        assert await one._batches.written(30)
        if after == "append":
            lost.append(b"4\n")
        lost.end(Status.DONE, b"merged\n")
        whole.end(Status.DONE)
        assert await one._batches.written(30)
        await until(lambda: has_status(two, Status.BROKEN))
        record = await two.find(whole_head.id)
        assert record is not None
        assert record.status is Status.DONE
        feed = await two.subscribe(record)
        assert b"".join([frames async for frames in feed.read(b"", 60)]) == b"0\n1\n2\n3\n"
        await one.close()
        await two.close()

    try:
        run(work)
    finally:
        server.kill()


def test_a_batch_whose_answer_was_lost_is_written_once(valkey: Valkey) -> None:
    async def work() -> None:
        one, two = log(valkey), log(valkey)
        await one.open()
        await two.open()
        logged = one.begin(HEAD, Feed())
        for number in range(2):
            logged.append(b"%d\n" % number)
            assert await one._batches.written(5)
        write, answers = one._batches._write, [False, True, True, False, True]

        async def write_and_lose_the_answer(**arguments: Any) -> Any:
            answer = await write(**arguments)
            if not answers.pop(0):
                raise TimeoutError
            return answer

        one._batches._write = write_and_lose_the_answer
        for number in range(2, 4):
            logged.append(b"%d\n" % number)
            assert await one._batches.written(5)
        logged.end(Status.DONE)
        assert await one._batches.written(5)
        assert answers == []
        record = await two.find(HEAD.id)
        assert record is not None
        assert record.status is Status.DONE
        feed = await two.subscribe(record)
        assert b"".join([frames async for frames in feed.read(b"", 60)]) == b"0\n1\n2\n3\n"
        await one.close()
        await two.close()

    run(work)


def test_a_run_that_was_marked_takes_nothing_although_its_next_entries_need_no_check(valkey: Valkey) -> None:
    async def work() -> None:
        one, two = log(valkey), log(valkey)
        await one.open()
        await two.open()
        logged = one.begin(HEAD, Feed())
        for number in range(5):
            logged.append(b"%d\n" % number)
            assert await one._batches.written(5)
        one._leases._runs.clear()  # it renews no lease any more
        await until(lambda: has_status(two, Status.INTERRUPTED))
        marked = valkey.command("XLEN", KEYS.log(HEAD.id))
        for number in range(5, 8):
            logged.append(b"%d\n" % number)
            assert await one._batches.written(5)
        assert valkey.command("XLEN", KEYS.log(HEAD.id)) == marked == ":6"
        assert await has_status(two, Status.INTERRUPTED)
        await one.close()
        await two.close()

    run(work)


def test_a_long_run_is_checked_again_and_again_and_ends_whole(valkey: Valkey) -> None:
    async def work() -> None:
        one, two = log(valkey), log(valkey)
        await one.open()
        await two.open()
        logged = one.begin(HEAD, Feed())
        count = 2 * backlog.CHECK_EVERY + 3
        for number in range(count):
            logged.append(b"%d\n" % number)
            assert await one._batches.written(5)
            last = int(valkey.text("HGET", KEYS.run(HEAD.id), "seq"))
            assert number + 1 <= last < number + 1 + backlog.CHECK_EVERY
        logged.end(Status.DONE)
        assert await one._batches.written(5)
        feed = await two.subscribe(await two.find(HEAD.id))  # type: ignore[arg-type]
        frames = b"".join([frames async for frames in feed.read(b"", 60)])
        assert frames == b"".join(b"%d\n" % number for number in range(count))
        await one.close()
        await two.close()

    run(work)


def test_many_look_ups_at_once_all_get_an_answer(valkey: Valkey) -> None:
    async def work() -> None:
        one = log(valkey)
        await one.open()
        one.begin(HEAD, Feed())
        found = await asyncio.gather(*(one.find(HEAD.id) for _ in range(400)))
        assert all(record is not None for record in found)
        await one.close()

    run(work)


def test_states_count_in_the_backlog_and_a_batch_is_bounded(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "MAX_BACKLOG_BYTES", 3000)
    monkeypatch.setattr(backlog, "MAX_BATCH_BYTES", 1000)

    async def work() -> None:
        one = log(valkey)
        for number in range(5):  # before it is open: as if Valkey were away
            one.begin(Head(str(number), "owner", True, None, "data-stream", '"' + "x" * 900 + '"'), Feed())
        assert one._batches._backlog.size < 3000
        await one.open()
        assert await one._batches.written(5)
        assert [await one.find(str(number)) is not None for number in range(5)] == [True, True, True, False, False]
        assert one._batches._backlog.size == 0
        await one.close()

    run(work)


def test_a_subscription_is_known_to_the_run_at_once(valkey: Valkey) -> None:
    async def work() -> None:
        one, two = log(valkey), log(valkey)
        await one.open()
        await two.open()
        one.begin(HEAD, Feed())
        record = await one.find(HEAD.id)
        assert record is not None
        assert not await one.has_subscribers(HEAD.id)
        await two.subscribe(record)
        assert await one.has_subscribers(HEAD.id)
        await one.close()
        await two.close()

    run(work)


@pytest.mark.parametrize(("variables", "imported"), [({}, False), ({"REDIS_URL": "redis://127.0.0.1:1/0"}, True)])
def test_redis_is_imported_only_where_it_is_used(variables: dict[str, str], imported: bool) -> None:
    code = """
import asyncio, sys
import assistant_backend.asgi
from assistant_transport.http import registry

async def main():
    registry.runs()
    print("redis" in sys.modules)

asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(**variables), capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{imported}\n"
