"""Writes the runs of this process to Valkey in batches, each one round trip, while the live replies go on."""

import asyncio
import logging
from contextlib import suppress
from typing import Any

from redis.exceptions import ResponseError

from assistant_transport.runs.log import Head, Status, Writer
from assistant_transport.runs.valkey import scripts, write_script
from assistant_transport.runs.valkey.backlog import GAP, Arrival, Backlog, PendingRun
from assistant_transport.runs.valkey.client import UNAVAILABLE, Client, milliseconds
from assistant_transport.runs.valkey.health import Health
from assistant_transport.runs.valkey.keys import Keys
from assistant_transport.runs.valkey.leases import LOST_ENTRIES, TAKEN_FOR_DEAD, Leases

logger = logging.getLogger(__name__)

BATCH_SECONDS = 0.03  # what comes within this time goes in one round trip, of many runs within a longer one
MAX_BATCH_SECONDS = 0.1
RETRY_SECONDS = 0.5
MAX_REFUSALS = 20
_REASONS: dict[str, str] = {
    "": "Valkey has lost its log",
    Status.INTERRUPTED: TAKEN_FOR_DEAD,
    Status.BROKEN: LOST_ENTRIES,
}


class RunWriter(Writer):
    """Puts one run into the batches."""

    def __init__(self, batches: "BatchWriter", run: PendingRun) -> None:
        self._batches = batches
        self._run = run

    def append(self, frames: bytes) -> None:
        if not self._run.closed:
            self._batches.append(self._run, frames)

    def end(self, status: Status, merged: bytes = b"") -> None:
        if not self._run.closed:
            self._batches.end(self._run, status, merged)


class BatchWriter:
    """Writes batches until it is cancelled.

    Args:
        client: to Valkey.
        keys: of the runs.
        process: this process's name.
        leases: renews those of the runs that are written.
        health: knows whether Valkey refuses every run, or only these.
        lease, running_ttl, ended_ttl: how long a lease, a running run and an ended run last, in seconds.
    """

    def __init__(
        self, client: Client, keys: Keys, process: str, leases: Leases, health: Health,
        *, lease: float, running_ttl: float, ended_ttl: float,
    ) -> None:  # fmt: skip
        self._loop = asyncio.get_running_loop()
        self._write = keys.script(client, write_script.WRITE)
        self._keys = keys
        self._used = keys.used((), keys.batch(process))
        self._leases = leases
        self._health = health
        self._arguments = [*map(milliseconds, (lease, running_ttl, ended_ttl)), process, scripts.endings(GAP)]
        self._backlog = Backlog(self._loop.time)
        self._batches = 0
        self._writing: Arrival | None = None  # of the oldest in the batch that is being written
        self._wanted = asyncio.Event()
        self._urgent = asyncio.Event()
        self._batch_written = asyncio.Event()

    @property
    def lag(self) -> float:
        """For how many seconds the oldest of what is not yet written has waited."""
        oldest = self._oldest
        return self._loop.time() - oldest.time if oldest else 0.0

    @property
    def _oldest(self) -> Arrival | None:
        return self._writing or self._backlog.oldest

    def begin(self, head: Head) -> RunWriter:
        """Takes up a run."""
        run = self._backlog.add_run(head)
        if not run.closed:
            self._leases.add(run)
            self._wanted.set()
            self._urgent.set()  # whoever has the run's id may ask for it at once, elsewhere
        return RunWriter(self, run)

    def append(self, run: PendingRun, frames: bytes) -> None:
        self._backlog.add_frames(run, frames)
        self._wanted.set()

    def end(self, run: PendingRun, status: Status, merged: bytes) -> None:
        self._backlog.close(run, status, merged)
        self._wanted.set()

    async def write_forever(self) -> None:
        """Writes whatever comes; a batch that did not get through is sent again as it was."""
        runs = 0
        while True:
            await self._wanted.wait()
            with suppress(TimeoutError):
                # To wake Valkey up costs it as much as some 50 entries do.
                seconds = min(BATCH_SECONDS * (1 + runs / 100), MAX_BATCH_SECONDS)
                await asyncio.wait_for(self._urgent.wait(), seconds)
            self._urgent.clear()
            self._wanted.clear()
            last = self._backlog.arrivals
            runs = 0
            while (oldest := self._backlog.oldest) and oldest.number <= last:
                runs += await self._write_batch()

    async def _write_batch(self) -> int:
        """Writes one batch; returns of how many runs."""
        self._writing = self._backlog.oldest
        batch, arguments = self._backlog.take_batch(self._keys)
        self._batches += 1
        used = [*self._used, *(key for run in batch for key in self._keys.used_by(run.head))]
        statuses = await self._persist(len(batch), used, [self._batches, *arguments])
        for run in batch:
            status = None if statuses is None else statuses.get(run.head.id, Status.RUNNING)
            if status not in (None, run.status, Status.RUNNING):  # it may have ended while this was written
                logger.warning("A run cannot be resumed: %s", _REASONS.get(status, status))
            elif status is not None:
                run.written = run.seq - 1
            run.closed = run.closed or status != Status.RUNNING
            if run.closed and run.head.id not in self._backlog:
                self._leases.end(run)
        self._writing = None
        self._batch_written.set()
        self._batch_written.clear()
        return len(batch)

    async def _persist(self, runs: int, used: list[str], arguments: list[Any]) -> dict[str, str] | None:
        """Writes a batch, however often it takes, and returns the statuses of runs that are not running, by their ids.

        One that Valkey keeps refusing, though it takes others, costs its runs their log: None then.
        """
        refusals = 0
        while refusals < MAX_REFUSALS:
            try:
                found: list[bytes] = await self._write(keys=used, args=[*self._arguments, *arguments])
            except UNAVAILABLE as error:
                self._health.check_soon()
                refusals += isinstance(error, ResponseError) and self._health.problem is None
                await asyncio.sleep(RETRY_SECONDS)
            else:
                is_wrong, *words = [word.decode() for word in found]
                if is_wrong:
                    self._leases.doubt_all()
                return dict(zip(words[::2], words[1::2], strict=True))
        logger.error("The run log refuses %d runs; they are not logged", runs)
        return None

    async def written(self, seconds: float) -> bool:
        """True once all that there is by now is written; False if `seconds` were not enough."""
        last = self._backlog.arrivals
        self._urgent.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (oldest := self._oldest) and oldest.number <= last:
                    await self._batch_written.wait()
                return True
        return False
