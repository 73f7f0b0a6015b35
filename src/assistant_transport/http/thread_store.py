"""What keeps threads for the server: the interface that the app `threads` implements."""

from dataclasses import dataclass
from typing import Any, Protocol

from assistant_transport.callers import Caller
from assistant_transport.runs import Run, StateDocument
from assistant_transport.transcript import Usage


class ThreadsUnavailableError(Exception):
    """Kept threads cannot be read right now: the database does not answer."""


class ThreadInUseError(Exception):
    """Another process writes a reply on the thread, and shares no log of runs with this one."""


class ThreadLayoutError(Exception):
    """The thread's messages are of another layout than this server writes. The text is for whoever runs it."""


@dataclass(frozen=True)
class RunReport:
    """What is recorded of a run, as it begins and when it has ended."""

    run: Run
    usage: Usage
    model: str  # that the assistant asked, or empty
    cached_tokens: int | None  # of the input tokens
    assistant: str
    key: str  # the name that quotas count the caller by, or empty


class KeptThread(Protocol):
    """One thread, for the one run that has claimed it."""

    state: dict[str, Any]
    """As the server keeps it; the run takes it over and changes it."""

    ids: frozenset[str]
    """The ids of all messages, of other branches too."""

    def watch(self, document: StateDocument) -> None:
        """Notes from now on what is changed in the run's state, which is `state` already."""

    def begin(self, report: RunReport, *, keeps_calls: bool) -> None:
        """Stores what the request has changed, and what the run changes from now on, until `end`.

        With `keeps_calls` the assistant keeps its calls itself, so those of a run that is cut off stay open.
        """

    def end(self, report: RunReport) -> None:
        """Stores the outcome."""


class ThreadStore(Protocol):
    """All threads that the server keeps. One a process."""

    @property
    def problem(self) -> str | None:
        """Why threads cannot be stored right now, for an operator; None if they can."""

    async def load(self, caller: Caller, name: str) -> KeptThread:
        """The caller's thread of that name, for a run that has claimed it; an empty one if there is none yet.

        A run on it whose process died is marked as interrupted, and its open calls are closed.

        Raises:
            ThreadsUnavailableError, ThreadInUseError, ThreadLayoutError
        """

    def record(self, caller: Caller, report: RunReport) -> None:
        """Keeps what a run of no kept thread took."""

    async def settled(self) -> None:
        """Returns once what this process's runs have written is stored, and at once while it cannot be."""

    async def close(self) -> None:
        """Stores what waits, for a few seconds, and stops."""
