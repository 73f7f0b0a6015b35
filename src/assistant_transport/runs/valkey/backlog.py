"""What of this process's runs is still to be written to Valkey, within bounds."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from assistant_transport.runs.encoders import ending
from assistant_transport.runs.log import Head, Status
from assistant_transport.runs.valkey.keys import Keys, head_fields

logger = logging.getLogger(__name__)

MAX_BATCH_BYTES = 4 * 1024 * 1024
MAX_BATCH_RUNS = 200
CHECK_EVERY = 64  # a run is checked, as write_script.WRITE says, at every so many of its entries
MAX_BACKLOG_BYTES = 64 * 1024 * 1024  # of all runs together, while Valkey is unavailable or slow
GAP = "A part of this reply was lost. Please send your message again."


class Arrival(NamedTuple):
    """When a run got something to be written: its number and its time."""

    number: int
    time: float


@dataclass
class PendingRun:
    """What of one run is still to be written."""

    head: Head
    create: bool = True
    seq: int = 1
    written: int = 0  # the number of its last entry that Valkey has acknowledged
    frames: list[bytes] = field(default_factory=list)
    status: Status | None = None
    merged: bytes = b""  # in place of all frames, once it has ended
    arrival: Arrival = field(init=False)  # of the oldest of it
    doubtful: bool = False  # Valkey may have lost a part of it: it is to be checked
    closed: bool = False  # nothing more is taken: it has ended, is broken, or was marked by another process

    @property
    def goes_on(self) -> bool:
        """Whether it neither begins nor ends by what is still to be written, nor is to be checked."""
        return not (self.create or self.status or self.doubtful or self.seq % CHECK_EVERY == 1)

    @property
    def size(self) -> int:
        return sum(map(len, self.frames)) + len(self.merged) + self.create * len(self.head.state)

    def take(self, keys: Keys) -> list[Any]:
        """The arguments that write_script.WRITE takes for the run; they are not pending any more."""
        frames = b"".join(self.frames)
        arguments: list[Any] = [self.head.id, self.seq, frames]
        if not self.goes_on:
            creation = head_fields(self.head) if self.create else []
            found_by = keys.found_by(self.head)
            arguments += [self.status or "", self.merged, *found_by, len(creation), *creation]
        self.frames.clear()
        self.merged = b""
        self.create = self.doubtful = False
        self.seq += 1
        return arguments


class Backlog:
    """The runs that have something to be written, in the order in which they got it.

    Args:
        time: the clock, in seconds.
    """

    def __init__(self, time: Callable[[], float]) -> None:
        self.size = 0
        self.arrivals = 0
        self._time = time
        self._runs: dict[str, PendingRun] = {}

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._runs

    @property
    def oldest(self) -> Arrival | None:
        """The arrival of the run that waits longest, if any does."""
        return next((run.arrival for run in self._runs.values()), None)

    def add_run(self, head: Head) -> PendingRun:
        """Adds a new run; one that finds too much waiting is closed, so it is not logged at all."""
        run = PendingRun(head)
        run.closed = not self._has_room(len(head.state))
        if not run.closed:
            self._add(run, len(head.state))
        return run

    def add_frames(self, run: PendingRun, frames: bytes) -> None:
        """Adds a run's frames; if too much waits already they are dropped, and the run is marked broken."""
        if not self._has_room(len(frames)):
            logger.error("A run's log has a gap: Valkey is unavailable or too slow")
            size = run.size
            run.frames = [ending(run.head.encoding, GAP)]
            self._add(run, run.size - size)
            self.close(run, Status.BROKEN)
            return
        run.frames.append(frames)
        self._add(run, len(frames))

    def close(self, run: PendingRun, status: Status, merged: bytes = b"") -> None:
        """Adds a run's outcome, after which it takes nothing, and, if there is room, what replaces its frames."""
        run.status = status
        run.closed = True
        if self._has_room(len(merged)):
            run.merged = merged
        self._add(run, len(run.merged))

    def take_batch(self, keys: Keys) -> tuple[list[PendingRun], list[Any]]:
        """The runs to be written next, within bounds, and the script's arguments for them."""
        batch: list[PendingRun] = []
        size = 0
        for run in islice(self._runs.values(), MAX_BATCH_RUNS):
            batch.append(run)
            size += run.size
            if size > MAX_BATCH_BYTES:
                break
        self.size -= size
        ongoing: list[Any] = []
        others: list[Any] = []
        for run in batch:
            del self._runs[run.head.id]
            (ongoing if run.goes_on else others).extend(run.take(keys))
        return batch, [len(ongoing) // 3, *ongoing, *others]

    def _has_room(self, size: int) -> bool:
        return self.size + size <= MAX_BACKLOG_BYTES

    def _add(self, run: PendingRun, size: int) -> None:
        self.size += size
        if run.head.id not in self._runs:
            self.arrivals += 1
            run.arrival = Arrival(self.arrivals, self._time())
            self._runs[run.head.id] = run
