"""What is kept of a call that waits for a decision, and where: the interface, and its types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol


class Status(StrEnum):
    """What became of a call."""

    PENDING = "pending"
    APPROVED = "approved"
    EDITED = "edited"  # approved with other arguments
    DENIED = "denied"
    CLOSED = "closed"  # the user wrote on instead of deciding
    ABANDONED = "abandoned"  # approved, but the user wrote on before there was a result: maybe its process died
    EXPIRED = "expired"  # nobody decided in time


class Place(NamedTuple):
    """Whose call it is, and in which of their threads."""

    owner: str
    thread: str


@dataclass(frozen=True)
class PendingCall:
    """A model's call of a tool as it was when the person was asked: what runs is this copy, not the client's.

    `id` is the question's, `call_id` the call's in the transcript; `arguments` is JSON.
    """

    id: str
    call_id: str
    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How a decided call ended: its result (any JSON), and the decision as the state shows it (`approval`)."""

    result: Any
    is_error: bool
    approval: dict[str, Any]
    model_text: str | None = None  # what the model reads in place of the result


@dataclass(frozen=True)
class Kept:
    call: PendingCall
    status: Status
    outcome: Outcome | None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will come of it."""
        return self.outcome is not None or self.status in (Status.CLOSED, Status.ABANDONED, Status.EXPIRED)


class PendingCalls(Protocol):
    """Keeps calls for APPROVAL_TTL_SECONDS. Each method is atomic, across all processes that share the store.

    All raise LogUnavailableError where the store cannot be used.
    """

    async def open(self, place: Place, calls: Sequence[PendingCall]) -> None:
        """Keeps `calls` as pending, and forgets those of the thread that are settled."""

    async def kept(self, place: Place) -> list[Kept]:
        """What is kept of a thread's calls."""

    async def decide(self, place: Place, decisions: Mapping[str, Status]) -> tuple[str, Status | None] | None:
        """Decides pending calls, by their questions' ids: all of them, or none where one is not pending.

        Returns the id and the status (None: not known) of one that is not pending; None if all were decided.
        """

    async def finish(self, place: Place, outcomes: Mapping[str, Outcome]) -> list[Kept]:
        """Keeps the outcomes of decided calls; returns what is kept of the thread after that."""

    async def close(self, place: Place) -> list[PendingCall]:
        """Denies what is pending, since the user wrote on, and gives up what has no outcome. Returns the former."""

    async def forget(self, place: Place) -> None:
        """Forgets all calls of a thread."""

    async def disconnect(self) -> None:
        """Closes connections, if there are any."""
