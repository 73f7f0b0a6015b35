"""Writes the runs of this process to Valkey, behind the live replies' back: in batches, each one round trip."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from redis.exceptions import RedisError, ResponseError

from assistant_transport.runs.encoders import ending
from assistant_transport.runs.log import Head, Status, Writer
from assistant_transport.runs.valkey import scripts
from assistant_transport.runs.valkey.scripts import Client

logger = logging.getLogger(__name__)

BATCH_SECONDS = 0.03  # what comes within this time goes in one round trip
RETRY_SECONDS = 0.5
MAX_REFUSALS = 20
MAX_BATCH_BYTES = 4 * 1024 * 1024
MAX_BATCH_RUNS = 200
MAX_BACKLOG_BYTES = 64 * 1024 * 1024  # what may wait for a Valkey that is away or slow, for all runs together
_GAP = "A part of this reply was lost. Please send your message again."


@dataclass
class _Pending:
    """What of one run is still to be written."""

    head: Head
    create: bool = True
    seq: int = 1
    frames: list[bytes] = field(default_factory=list)
    status: Status | None = None
    since: float = 0.0  # the loop's time at which the oldest of `frames` came
    closed: bool = False  # nothing more is taken: it ended, is broken, or was marked by another process


class RunWriter(Writer):
    """One run's way into the batches."""

    def __init__(self, batches: "BatchWriter", pending: _Pending) -> None:
        self._batches = batches
        self._pending = pending

    def append(self, frames: bytes) -> None:
        if not self._pending.closed:
            self._batches.add(self._pending, frames)

    def end(self, status: Status) -> None:
        if not self._pending.closed:
            self._batches.close(self._pending, status)


class BatchWriter:
    """Writes batches until it is closed."""

    def __init__(
        self, client: Client, prefix: str, process: str, *, lease: float, running_ttl: float, ended_ttl: float
    ) -> None:
        self._refused = self._silent = False
        self._loop = asyncio.get_running_loop()
        self._writing_since: float | None = None  # as _Pending.since, of what is on its way
        self.running: dict[str, _Pending] = {}  # whose leases are to be renewed
        self._write = client.register_script(scripts.WRITE)
        self._renew = client.register_script(scripts.RENEW)
        self._prefix = prefix
        self._lease = lease
        gaps = [ending(encoding, _GAP) for encoding in ("data-stream", "assistant-transport")]
        self._arguments = [prefix, _ms(lease), _ms(running_ttl), _ms(ended_ttl), process, *gaps]
        self._changed: dict[str, _Pending] = {}
        self._size = 0
        self._wanted = asyncio.Event()
        self._urgent = asyncio.Event()
        self._next = self._in_flight = _done()

    @property
    def degraded(self) -> bool:
        """Whether runs cannot be logged: Valkey is silent, or refuses what is written."""
        return self._refused or self._silent

    @property
    def lag(self) -> float:
        """For how many seconds the oldest of what comes has waited to be written."""
        oldest = next(iter(self._changed.values()), None)
        since = self._writing_since or (oldest and oldest.since)
        return self._loop.time() - since if since else 0.0

    def begin(self, head: Head) -> RunWriter:
        """Takes up a run, unless too much waits to be written already: then it is not logged at all."""
        pending = _Pending(head)
        if self._size + len(head.state) > MAX_BACKLOG_BYTES:
            pending.closed = True
            return RunWriter(self, pending)
        self._size += len(head.state)
        self.running[head.id] = pending
        self._change(pending)
        self._urgent.set()  # whoever has the run's id may ask for it at once, elsewhere
        return RunWriter(self, pending)

    def add(self, pending: _Pending, frames: bytes) -> None:
        """Takes a run's frames; a backlog that has grown too large costs the run its log."""
        if self._size + len(frames) > MAX_BACKLOG_BYTES:
            self._break(pending)
            return
        self._size += len(frames)
        pending.frames.append(frames)
        self._change(pending)

    def close(self, pending: _Pending, status: Status) -> None:
        """Takes a run's outcome, after which it takes nothing."""
        pending.status = status
        pending.closed = True
        self._change(pending)

    def _break(self, pending: _Pending) -> None:
        logger.error("A run's log has a gap: Valkey is away or too slow")
        self._size -= sum(map(len, pending.frames))
        pending.frames = [ending(pending.head.encoding, _GAP)]
        self._size += len(pending.frames[0])
        self.close(pending, Status.BROKEN)

    def _change(self, pending: _Pending) -> None:
        if not self._changed:
            self._next = self._loop.create_future()
        if pending.head.id not in self._changed:
            pending.since = self._loop.time()
            self._changed[pending.head.id] = pending
        self._wanted.set()

    async def write_batches(self) -> None:
        """Writes whatever comes, for ever; a batch that did not get through is tried again as it was."""
        while True:
            await self._wanted.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._urgent.wait(), BATCH_SECONDS)
            self._urgent.clear()
            self._wanted.clear()
            self._in_flight = self._next
            while self._changed and not self._wanted.is_set():
                batch, arguments = self._take()
                self._writing_since = batch[0].since
                for pending, written in zip(batch, await self._persist(batch, arguments), strict=True):
                    pending.closed = pending.closed or not written
                    if pending.closed and pending.head.id not in self._changed:
                        self.running.pop(pending.head.id, None)
                self._writing_since = None
            if self._changed:
                self._wanted.set()
            if not self._in_flight.done():
                self._in_flight.set_result(None)

    def _take(self) -> tuple[list[_Pending], list[Any]]:
        """What is to be written now, within bounds: the runs, and the script's arguments for them."""
        batch: list[_Pending] = []
        size = 0
        for pending in self._changed.values():
            batch.append(pending)
            size += sum(map(len, pending.frames)) + len(pending.head.state) * pending.create
            if size > MAX_BATCH_BYTES or len(batch) == MAX_BATCH_RUNS:
                break
        arguments: list[Any] = [*self._arguments]
        for pending in batch:
            frames = b"".join(pending.frames)
            self._size -= len(frames)
            pending.frames.clear()
            head = pending.head
            del self._changed[head.id]
            arguments += [head.id, pending.seq, frames, pending.status or "", int(pending.create), *places(head)]
            if pending.create:
                arguments += [head.owner, int(head.discoverable), head.thread or "", head.encoding, head.state]
                self._size -= len(head.state)
            pending.create = False
            pending.seq += 1
        return batch, arguments

    async def _persist(self, batch: list[_Pending], arguments: list[Any]) -> list[int]:
        """Writes a batch, however often it takes; one that Valkey keeps refusing costs its runs their log."""
        refusals = 0
        while refusals < MAX_REFUSALS:
            try:
                results: list[int] = await self._write(args=arguments)
            except (RedisError, OSError, TimeoutError) as error:
                if not self.degraded:
                    logger.warning("The run log is away: %s", type(error).__name__)
                self._refused = True
                refusals += isinstance(error, ResponseError)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self._refused = False
                return results
        logger.error("The run log refuses %d runs; they are not logged", len(batch))
        return [0] * len(batch)

    async def renew_leases(self) -> None:
        """Renews the leases, for ever, tokens or not; which also finds out whether Valkey is there."""
        while True:
            ids = [run_id for run_id, pending in self.running.items() if not pending.closed]
            try:
                await self._renew(args=[self._prefix, _ms(self._lease), *ids])
                self._silent = False
            except (RedisError, OSError, TimeoutError):
                self._silent = True
            await asyncio.sleep(self._lease / 3)

    async def written(self, seconds: float) -> bool:
        """True once everything is written that there is by now; False if `seconds` were not enough."""
        self._urgent.set()
        _, late = await asyncio.wait({self._in_flight, self._next}, timeout=seconds)
        return not late


def places(head: Head) -> tuple[str, str]:
    """The names of the two places where the run is the latest; empty where it is not to be found without its id."""
    if not head.discoverable:
        return "", ""
    return place(head.owner, None), place(head.owner, head.thread) if head.thread is not None else ""


def place(owner: str, thread: str | None) -> str:
    """The name of an owner's latest run, or of its thread's."""
    return owner if thread is None else f"{owner}:{sha256(thread.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _done() -> "asyncio.Future[None]":
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.set_result(None)
    return future


def _ms(seconds: float) -> int:
    return max(1, int(seconds * 1000))
