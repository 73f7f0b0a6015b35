"""What a run's log holds once the run has ended: little, and nothing that a reader who is in the middle gets twice."""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from assistant_transport.runs import Controller, Limits, MemoryLog, Run, RunLog, Runs, Status
from assistant_transport.runs.valkey import ValkeyLog
from tests.browser.cable import Cable
from tests.conftest import StartServer
from tests.runs.test_log import KEYS, log, run, until
from tests.runs.test_valkey import ME, begin, clients, confirm
from tests.server import Valkey
from tests.wire import apply

BEFORE = {"messages": [{"role": "user"}], "kept": True}
ENCODINGS = ("data-stream", "assistant-transport")
Work = Callable[[Controller], Awaitable[None]]
Pause = Callable[[], Awaitable[object]]


def reserve(where: RunLog, encoding: str = "data-stream") -> tuple[Runs, Run]:
    runs = Runs(where, Limits(flush_interval=0.0), max_runs=1)
    state = json.loads(json.dumps(BEFORE))
    with runs.reserve("owner", "thread", encoding, state, discoverable=True) as reserved:
        pass
    return runs, reserved


async def carry(runs: Runs, reserved: Run, work: Work) -> bytes:
    """Does `work` to its end; returns what a live reader got."""
    stream = runs.stream(reserved, lambda: work(reserved.controller), 60)
    return b"".join([frames async for frames in stream])


async def replay(where: RunLog, run_id: str) -> bytes:
    record = await where.find(run_id)
    assert record is not None
    feed = await where.subscribe(record)
    return b"".join([frames async for frames in feed.read(b"", 60)])


def state_after(stream: bytes) -> Any:
    """The state that a client has after a stream of whole frames."""
    state: Any = BEFORE
    for line in stream.decode().splitlines():
        if line.startswith("aui-state:"):
            state = apply(state, json.loads(line.partition(":")[2]))
        elif line.startswith('data: {"type":"update-state"'):
            state = apply(state, json.loads(line.removeprefix("data: "))["operations"])
    return state


def writing(tokens: int, pause: Pause) -> Work:
    """An assistant that writes a message and pauses after each token."""

    async def work(controller: Controller) -> None:
        document = controller.document
        document.set(["messages", 1], {"role": "assistant", "parts": [{"type": "text", "text": ""}]})
        for number in range(tokens):
            document.append_text(["messages", "1", "parts", 0, "text"], f" tok{number % 10}")
            await pause()
        document.set(["provider"], "completed")

    return work


async def logged(where: ValkeyLog) -> None:
    """Returns once all that was written by now is an entry of the log."""
    await asyncio.sleep(0)
    assert await where._batches.written(5)


def entries(valkey: Valkey, run_id: str) -> int:
    return int(valkey.command("XLEN", KEYS.log(run_id))[1:])


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_reply_of_500_tokens_takes_at_most_6_kb_once_it_has_ended(own_valkey: Valkey, encoding: str) -> None:
    async def work() -> None:
        one, two = log(own_valkey), log(own_valkey)
        await one.open()
        await two.open()
        runs, reserved = reserve(one, encoding)
        live = await carry(runs, reserved, writing(500, lambda: logged(one)))
        assert await one._batches.written(5)
        keys = own_valkey.lines("KEYS", f"*{reserved.head.id}*")
        assert sum(int(own_valkey.command("MEMORY", "USAGE", key)[1:]) for key in keys) <= 6000
        assert {own_valkey.command("TTL", key) for key in keys}.isdisjoint({":-1"})
        replayed = await replay(two, reserved.head.id)
        assert len(replayed) < len(live) / 10
        assert state_after(replayed) == state_after(live) == reserved.controller.document.value
        assert replayed.endswith(b"[DONE]\n\n") is (encoding == "assistant-transport")
        await one.close()
        await two.close()

    run(work)


class Steps:
    """Lets an assistant go on token by token, each of which is in the log before the next."""

    def __init__(self, one: ValkeyLog) -> None:
        self._log = one
        self._next: asyncio.Queue[None] = asyncio.Queue()
        self._reached: asyncio.Queue[None] = asyncio.Queue()

    async def pause(self) -> None:
        await logged(self._log)
        self._reached.put_nowait(None)
        await self._next.get()

    async def reach(self, count: int) -> None:
        """Returns after `count` more pauses have begun; each of the others has ended."""
        for number in range(count):
            if number:
                self._next.put_nowait(None)
            await self._reached.get()

    def go_on(self) -> None:
        self._next.put_nowait(None)


async def has_read(where: ValkeyLog, run_id: str, count: int) -> bool:
    subscription = where._subscriptions._subscriptions.get(run_id)
    return subscription is not None and subscription.last == b"%d-1" % count


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_readers_in_the_middle_of_a_run_that_ends_get_its_rest_once(own_valkey: Valkey, encoding: str) -> None:
    async def work() -> None:
        way = Cable(own_valkey.port)
        one, close = log(own_valkey), log(own_valkey)
        cut_off = log(own_valkey, f"redis://127.0.0.1:{way.port}/0", lease=20.0)
        for each in (one, close, cut_off):
            await each.open()
        runs, reserved = reserve(one, encoding)
        run_id = reserved.head.id
        steps = Steps(one)
        live = asyncio.create_task(carry(runs, reserved, writing(20, steps.pause)))
        await steps.reach(5)
        readers = [asyncio.create_task(replay(each, run_id)) for each in (close, cut_off)]
        read = entries(own_valkey, run_id)
        await until(lambda: has_read(cut_off, run_id, read))
        way.cut()
        steps.go_on()
        await steps.reach(15)
        written = entries(own_valkey, run_id)
        assert written > read
        await until(lambda: has_read(close, run_id, written))
        steps.go_on()
        whole = state_after(await live)
        assert await one._batches.written(5)
        assert entries(own_valkey, run_id) == 1
        way.plug_in()
        followed, resumed = [await reader for reader in readers]
        assert followed == await live  # who has read all but the last entry sees nothing of the merged ones
        assert state_after(resumed) == whole
        assert len(resumed) < len(followed)
        for each in (one, close, cut_off):
            await each.close()
        way.close()

    run(work)


def test_readers_of_an_earlier_build_go_on_from_any_entry_with_the_merged_one(own_valkey: Valkey) -> None:
    """They read the fields of frames and status only, of entries whose number is higher than the last one's."""

    async def work() -> None:
        one = log(own_valkey)
        await one.open()
        runs, reserved = reserve(one)
        known: list[list[Any]] = []

        async def pause() -> None:
            await logged(one)
            known.append(await one._commands.xrange(KEYS.log(reserved.head.id)))

        whole = state_after(await carry(runs, reserved, writing(20, pause)))
        assert await one._batches.written(5)
        for earlier in ([], *known):
            position = earlier[-1][0] if earlier else "0-0"
            ((_, (last,)),) = await one._commands.xread({KEYS.log(reserved.head.id): position})
            assert last[1][b"s"] == b"done"
            assert state_after(b"".join(fields[b"f"] for _, fields in [*earlier, last])) == whole
        await one.close()

    run(work)


def test_what_is_more_than_state_is_kept_as_it_is(own_valkey: Valkey) -> None:
    async def with_chunks(controller: Controller) -> None:
        for _ in range(20):
            controller.append_text("a word")
            await asyncio.sleep(0)
        await writing(20, lambda: asyncio.sleep(0))(controller)

    async def work() -> None:
        one = log(own_valkey)
        await one.open()
        for where in (one, MemoryLog(ttl=60)):
            runs, reserved = reserve(where)
            live = await carry(runs, reserved, with_chunks)
            assert live.count(b"a word") == 20
            assert await replay(where, reserved.head.id) == live
        await one.close()

    run(work)


def test_an_error_that_ended_a_run_ends_what_it_is_merged_to(own_valkey: Valkey) -> None:
    async def failing(controller: Controller) -> None:
        await writing(20, lambda: asyncio.sleep(0))(controller)
        raise ValueError

    async def work() -> None:
        one = log(own_valkey)
        await one.open()
        for where in (one, MemoryLog(ttl=60)):
            runs, reserved = reserve(where)
            live = await carry(runs, reserved, failing)
            replayed = await replay(where, reserved.head.id)
            assert len(replayed) < len(live)
            assert live.splitlines()[-1].startswith(b"3:")
            assert replayed.splitlines()[-1] == live.splitlines()[-1]
            assert state_after(replayed) == state_after(live)
        await one.close()

    run(work)


def test_in_memory_a_reader_goes_on_with_what_it_began_to_read(own_valkey: Valkey) -> None:
    async def work() -> None:
        where = MemoryLog(ttl=60)
        runs, reserved = reserve(where)
        before_the_end: list[Any] = []

        async def pause() -> None:
            if len(before_the_end) < 10:
                record = await where.find(reserved.head.id)
                assert record is not None
                feed = await where.subscribe(record)
                before_the_end.append((feed.size, feed.read(b"", 60)))
            await asyncio.sleep(0)

        live = await carry(runs, reserved, writing(50, pause))
        merged = await replay(where, reserved.head.id)
        assert len(merged) < len(live) / 5
        assert state_after(merged) == state_after(live)
        for size, reader in before_the_end:
            assert b"".join([frames async for frames in reader]) == live
            assert size == 0 or live[:size].endswith(b"]\n")
        assert sum(where._ended.values()) == len(merged) + len(json.dumps(BEFORE, separators=(",", ":")))

    run(work)


def test_at_full_memory_a_run_ends_once_there_is_room(own_valkey: Valkey) -> None:
    async def work() -> None:
        one, two = log(own_valkey), log(own_valkey)
        await one.open()
        await two.open()
        runs, reserved = reserve(one)
        run_id = reserved.head.id
        steps = Steps(one)
        live = asyncio.create_task(carry(runs, reserved, writing(20, steps.pause)))
        await steps.reach(20)
        before = entries(own_valkey, run_id)
        assert own_valkey.command("CONFIG", "SET", "maxmemory", "1") == "+OK"
        steps.go_on()
        whole = state_after(await live)
        await until(lambda: is_full(one))
        assert not await one._batches.written(0.1)
        assert entries(own_valkey, run_id) == before
        record = await two.find(run_id)
        assert record is not None
        assert record.status is Status.RUNNING
        assert own_valkey.command("CONFIG", "SET", "maxmemory", "0") == "+OK"
        assert await one._batches.written(10)
        assert entries(own_valkey, run_id) == 1
        assert state_after(await replay(two, run_id)) == whole
        await one.close()
        await two.close()

    run(work)


async def is_full(where: ValkeyLog) -> bool:
    return where.problem == "full"


def test_a_process_that_dies_while_its_run_ends_leaves_all_entries_or_the_merged_one(
    start_server: StartServer, own_valkey: Valkey
) -> None:
    variables = {"ASSISTANT": "acme.assistants.LockStep", "REDIS_URL": own_valkey.url, "RUN_LEASE_SECONDS": "1"}
    pair = [start_server(**variables) for _ in range(2)]
    one, two = clients(pair)
    live = begin(one, 12)
    run_id = live.headers["X-Run-Id"]
    for number in range(11):
        confirm(one)
        while f"{number + 1} " not in live.next_line():
            pass
    own_valkey.signal(signal.SIGSTOP)
    try:
        confirm(one)
        live.body()  # its end is on the way to Valkey, or is not
        pair[0].kill()
    finally:
        own_valkey.signal(signal.SIGCONT)
    resumed = two.post("/resume", {"runId": run_id}, **ME)
    state, errors = resumed.follow({"messages": [{}, {"parts": [{"type": "text", "text": ""}]}]})
    words = state["messages"][1]["parts"][0]["text"].split()
    assert words == [str(number) for number in range(len(words))]
    if errors:
        assert errors == ["The server that wrote this reply has stopped. Please send your message again."]
        assert entries(own_valkey, run_id) > 1  # on a busy machine one entry may hold several words
    else:
        assert len(words) == 12
        assert state["provider"] == "completed"
        assert entries(own_valkey, run_id) == 1
