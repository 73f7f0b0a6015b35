"""Where runs are kept, so that a reader who was cut off finds the whole reply: the interface, and its types."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from assistant_transport.runs.feed import Feed


class Status(StrEnum):
    """What became of a run."""

    RUNNING = "running"
    DONE = "done"
    ERROR = "error"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"  # its process died, or had to stop before the run was done
    BROKEN = "broken"  # its log has a gap, so it is never replayed


@dataclass(frozen=True)
class Head:
    """What identifies a run.

    `owner` is an opaque name; `discoverable` says whether the owner finds its latest run without an id; `thread` is the
    client's name of a thread or None; `encoding` a key of runs.ENCODERS; `state` the client's state before, as JSON.
    """

    id: str
    owner: str
    discoverable: bool
    thread: str | None
    encoding: str
    state: str


@dataclass(frozen=True)
class Record:
    """A run as the log knows it."""

    head: Head
    status: Status


class LogUnavailableError(Exception):
    """The log cannot be reached, or does not answer in time. Live replies go on without it."""


class Writer(Protocol):
    """Logs one run. It never waits and never raises: a log that is unavailable must not disturb a live reply."""

    def append(self, frames: bytes) -> None:
        """Takes whole frames."""

    def end(self, status: Status, merged: bytes = b"") -> None:
        """Takes the outcome, after which nothing may be appended.

        `merged`, if it is given, is a shorter stream in place of the whole: it ends alike, and who has read a part of
        the whole may go on with it.
        """


class RunLog(Protocol):
    """Keeps runs until a while after their end.

    `find`, `latest`, `only_running`, `forget`, `forget_owner`, `subscribe`, `has_subscribers`, `cancel` and
    `claim_thread` raise LogUnavailableError.
    """

    async def open(self) -> None:
        """Begins to work, without waiting until the log can be reached."""

    async def drain(self, seconds: float) -> None:
        """Lets the readers here of other processes' runs read on for `seconds`, then ends their feeds with an error."""

    async def close(self) -> None:
        """Writes what is left, for a bounded time."""

    @property
    def problem(self) -> str | None:
        """Why runs cannot be logged right now, in a word; None while they can be."""

    @property
    def lag(self) -> float:
        """For how many seconds the oldest of the frames that are not logged yet has waited."""

    def begin(self, head: Head, feed: Feed) -> Writer:
        """Begins to log a run, whose live frames are in `feed`; it becomes its thread's latest."""

    async def find(self, run_id: str) -> Record | None:
        """The run of that id, if it is kept."""

    async def latest(self, owner: str, thread: str) -> Record | None:
        """The owner's latest run in `thread`."""

    async def only_running(self, owner: str) -> Record | None:
        """The run of the owner that is running, in whichever thread; None where none is, or several are."""

    async def subscribe(self, record: Record) -> Feed:
        """The frames of a run that was found, from its first on, live until its end. The caller is about to read it."""

    async def forget(self, owner: str, thread: str) -> None:
        """Forgets the owner's latest run in `thread`; earlier ones, which are not found by it, expire."""

    async def forget_owner(self, owner: str) -> None:
        """Forgets all runs of an owner that have ended. It may take long: it looks through all runs."""

    def note_read(self, head: Head) -> None:
        """Takes it that the run's owner has read it to its end: one in a thread need not be kept for as long then."""

    async def has_subscribers(self, run_id: str) -> bool:
        """Whether somebody in another process reads the run from the log."""

    async def cancel(self, run_id: str) -> None:
        """Tells the process that carries the run to stop it."""

    async def claim_thread(self, head: Head, *, cancel: bool) -> bool:
        """Whether no other process has a run on the thread now. With `cancel` one that has is told to stop it.

        Within this process there is one run at a time on a thread. It has the thread until `release_thread`, or until
        its process dies; a run that has lost it, in an outage of the log, is stopped.
        """

    def release_thread(self, head: Head) -> None:
        """Lets another process claim the thread. It neither waits nor raises."""
