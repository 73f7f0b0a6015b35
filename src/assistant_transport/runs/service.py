"""The runs of this process: how many there may be, where they are kept, and how they end when the process does."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from assistant_transport.runs.log import Head, Record, RunLog, Status
from assistant_transport.runs.quotas import Quotas
from assistant_transport.runs.run import Limits, Run
from assistant_transport.runs.strict_json import encode

_INTERRUPTED = "The server had to stop before the reply was done. Please try again."
_FULL = "Too many replies are being written right now. Please try again in a moment."


class RunRefusedError(Exception):
    """No new run now. The text is for the user."""


class QuotaExceededError(Exception):
    """Somebody has as many runs as they may; the argument is the name that they are counted by."""


class Runs:
    """Starts runs, finds them and stops them.

    Args:
        log: where they are kept.
        limits: what each may take.
        max_runs: how many may be carried at once.
        quotas: how many are carried for whom, here and elsewhere.
        max_memory_bytes: about how many bytes those that are carried may hold of what their clients sent.
    """

    def __init__(
        self,
        log: RunLog,
        limits: Limits,
        max_runs: int,
        quotas: Quotas | None = None,
        max_memory_bytes: float = float("inf"),
    ) -> None:
        self.log = log
        self.draining = False
        self._limits = limits
        self._max_runs = max_runs
        self._quotas = quotas or Quotas()
        self._max_memory_bytes = max_memory_bytes
        self._memory = 0
        self._live: dict[str, Run] = {}
        self._empty = asyncio.Event()

    def new(
        self,
        owner: str,
        thread: str | None,
        encoding: str,
        state: Any,
        *,
        discoverable: bool,
        quotas: Mapping[str, int] | None = None,
    ) -> Run:
        """A run that is still to be carried; the arguments are those of its Head, `state` parsed.

        `quotas` says by which names it is counted, and how many runs each may have. It is counted from the moment that
        it is carried, which is to follow in the same turn of the loop.

        Raises:
            RunRefusedError: this process stops, or has runs enough.
            QuotaExceededError: one of `quotas` has.
        """
        if self.draining:
            raise RunRefusedError("This server is restarting. Please try again.")
        if name := self._quotas.used_up(quotas or {}):
            raise QuotaExceededError(name)
        if len(self._live) >= self._max_runs:
            raise RunRefusedError(_FULL)
        head = Head(secrets.token_urlsafe(24), owner, discoverable, thread, encoding, encode(state))
        if self._live and self._memory + _memory(head) > self._max_memory_bytes:
            raise RunRefusedError(_FULL)
        return Run(head, state, self._limits, self.log.has_subscribers, tuple(quotas or ()))

    @property
    def active(self) -> int:
        """How many are carried right now."""
        return len(self._live)

    async def carry(
        self,
        run: Run,
        work: Callable[[], Awaitable[None]],
        heartbeat: float,
        on_end: Callable[[Run], object] = lambda _: None,
    ) -> AsyncIterator[bytes]:
        """Starts `run` and yields its frames; it goes on when the reader stops reading. `on_end` hears of its end."""
        self._live[run.head.id] = run
        self._quotas.take(run.counted)
        self._memory += _memory(run.head)

        def ended() -> None:
            self._remove(run)
            on_end(run)

        run.start(work, self.log.begin(run.head, run.feed), ended)
        async for frames in run.feed.read(run.encoder.heartbeat, heartbeat):
            yield frames

    async def cancel(self, record: Record) -> None:
        """Stops a run, in whichever process it is carried."""
        if not self.stop(record.head.id, record.head.owner) and record.status is Status.RUNNING:
            await self.log.cancel(record.head.id)

    def stop(self, run_id: str, owner: str | None = None) -> bool:
        """Stops a run of this process, of `owner` if one is given; False if it has no such run."""
        run = self._live.get(run_id)
        if run is None or owner not in (None, run.head.owner):
            return False
        run.stop(Status.CANCELLED)
        return True

    async def drain(self, seconds: float) -> None:
        """Takes no new runs, lets those that are carried end for `seconds`, and interrupts what is left."""
        self.draining = True
        await asyncio.gather(self._drain_live(seconds), self.log.drain(seconds))

    async def _drain_live(self, seconds: float) -> None:
        await self._emptied(seconds)
        while self._live:
            for run in list(self._live.values()):
                run.stop(Status.INTERRUPTED, _INTERRUPTED)
            await self._emptied(1)

    async def _emptied(self, seconds: float) -> None:
        """Returns when no run is left, or after `seconds`."""
        self._empty.clear()
        if self._live:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), seconds)

    def _remove(self, run: Run) -> None:
        del self._live[run.head.id]
        self._quotas.give_back(run.counted)
        self._memory -= _memory(run.head)
        if not self._live:
            self._empty.set()


def _memory(head: Head) -> int:
    """About what a run's state takes: as text here and in its request, and parsed, each object or list 250 bytes."""
    return 4 * len(head.state) + 250 * (head.state.count("{") + head.state.count("["))
