"""Pending calls of a single process. A restart forgets them, so their answers are refused then."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant_transport.approvals.kept import Kept, Outcome, PendingCall, PendingCalls, Place, Status

_MOST_THREADS = 10_000  # above it the oldest are forgotten before their time


@dataclass
class _Thread:
    calls: dict[str, Kept]
    expires: dict[str, float]


class MemoryPendingCalls(PendingCalls):
    """Keeps calls in this process. No method awaits anything, so each is atomic."""

    def __init__(self, ttl: float) -> None:
        self._ttl = ttl
        self._threads: dict[Place, _Thread] = {}

    async def open(self, place: Place, calls: Sequence[PendingCall]) -> None:
        now = time.monotonic()
        self._forget(now)
        open_calls = {each.call.id: each for each in await self.kept(place) if not each.is_settled}
        old = self._threads.pop(place, None)
        expires = {call_id: old.expires[call_id] for call_id in open_calls} if old else {}
        new = {call.id: Kept(call, Status.PENDING, None) for call in calls}
        self._threads[place] = _Thread(open_calls | new, expires | dict.fromkeys(new, now + self._ttl))

    async def kept(self, place: Place) -> list[Kept]:
        thread = self._threads.get(place)
        if thread is None:
            return []
        now = time.monotonic()
        return [
            replace(each, status=Status.EXPIRED)
            if each.status is Status.PENDING and now >= thread.expires[call_id]
            else each
            for call_id, each in thread.calls.items()
        ]

    async def decide(self, place: Place, decisions: Mapping[str, Status]) -> tuple[str, Status | None] | None:
        statuses = {each.call.id: each.status for each in await self.kept(place)}
        for call_id in decisions:
            if statuses.get(call_id) is not Status.PENDING:
                return call_id, statuses.get(call_id)
        for call_id, status in decisions.items():
            self._change(place, call_id, status=status)
        return None

    async def finish(self, place: Place, outcomes: Mapping[str, Outcome]) -> list[Kept]:
        known = self._threads[place].calls if place in self._threads else {}
        for call_id in outcomes.keys() & known.keys():
            self._change(place, call_id, outcome=outcomes[call_id])
        return await self.kept(place)

    async def close(self, place: Place) -> list[PendingCall]:
        closed = []
        for each in await self.kept(place):
            if each.status is Status.PENDING:
                closed.append(each.call)
                self._change(place, each.call.id, status=Status.CLOSED)
            elif not each.is_settled:
                self._change(place, each.call.id, status=Status.ABANDONED)
        return closed

    async def forget(self, place: Place) -> None:
        self._threads.pop(place, None)

    async def disconnect(self) -> None:
        pass

    def _change(self, place: Place, call_id: str, **changes: object) -> None:
        calls = self._threads[place].calls
        calls[call_id] = replace(calls[call_id], **changes)  # type: ignore[arg-type]

    def _forget(self, now: float) -> None:
        """Forgets threads in which nothing can be decided any more, oldest first."""
        for place, thread in list(self._threads.items()):
            # Kept as long again, so that a late answer reads why it is refused.
            if max(thread.expires.values()) + self._ttl > now and len(self._threads) < _MOST_THREADS:
                break
            del self._threads[place]
