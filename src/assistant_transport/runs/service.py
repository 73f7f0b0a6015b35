"""The runs of this process: how many there may be, where they are kept, and how they end when the process does."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from typing import Any

from assistant_transport.runs.log import Head, Record, RunLog, Status
from assistant_transport.runs.quotas import Quota, Quotas
from assistant_transport.runs.run import Limits, Run
from assistant_transport.runs.strict_json import encode_parsed
from assistant_transport.runs.threads import Threads

_INTERRUPTED = "The server had to stop before the reply was done. Please try again."
_FULL = "Too many replies are being written right now. Please try again in a moment."


class RunRefusedError(Exception):
    """No new run now. The text is for the user."""


class QuotaExceededError(Exception):
    """Somebody has as many runs as they may: `quota` is exhausted."""

    def __init__(self, quota: Quota) -> None:
        super().__init__(f"{quota.kind} {quota.name} has {quota.max_runs} runs")
        self.quota = quota


class Runs:
    """Reserves runs, begins them, finds them and stops them.

    Args:
        log: where they are kept.
        limits: what each may take.
        max_runs: how many there may be at once.
        quotas: how many there are for whom, here and in other processes.
        max_memory_bytes: about how many bytes they may hold of what their clients sent.
        max_wait: how many seconds a run may wait for an earlier one of its thread.
    """

    def __init__(
        self,
        log: RunLog,
        limits: Limits,
        max_runs: int,
        quotas: Quotas | None = None,
        max_memory_bytes: float = float("inf"),
        max_wait: float = 30.0,
    ) -> None:
        self.log = log
        self.draining = False
        self._limits = limits
        self._max_runs = max_runs
        self._quotas = quotas or Quotas()
        self._max_memory_bytes = max_memory_bytes
        self._memory = 0
        self._threads = Threads(log, max_wait)
        self._active: dict[str, Run] = {}
        self._empty = asyncio.Event()

    @property
    def active(self) -> int:
        """How many there are right now, reserved ones included."""
        return len(self._active)

    @contextmanager
    def reserve(
        self,
        owner: str,
        thread: str | None,
        encoding: str,
        state: Any,
        *,
        discoverable: bool,
        quotas: Sequence[Quota] = (),
        encoded: str | None = None,
    ) -> Iterator[Run]:
        """A run that counts in every limit from now on, to be begun by `stream`.

        It is released at once where the block raises, and after feed.UNREAD_SECONDS where `stream` is never read. The
        arguments are those of its Head, `state` parsed; `encoded` is `state` as JSON, if that is known.

        Raises:
            RunRefusedError: this process stops, or has as many runs as it may.
            QuotaExceededError: one of `quotas` is exhausted.
        """
        head = Head(secrets.token_urlsafe(24), owner, discoverable, thread, encoding, encoded or encode_parsed(state))
        memory = _memory(head)
        self._admit(memory, quotas)
        run = Run(head, state, self._limits, self.log.has_subscribers, lambda run: self._release(run, memory, quotas))
        self._active[head.id] = run
        try:
            yield run
        except BaseException:
            run.stop(Status.CANCELLED)
            raise
        run.feed.expect_reader()

    async def claim_thread(self, run: Run, *, cancel: bool) -> None:
        """Waits until no other run is on the thread of a reserved run, which then has it until its end.

        With `cancel` an earlier one is stopped.

        Raises:
            ThreadBusyError: the earlier one goes on after `max_wait`.
            LogUnavailableError: it cannot be known whether another process has one.
        """
        await self._threads.claim(run, cancel=cancel)

    def _admit(self, memory: int, quotas: Sequence[Quota]) -> None:
        """Counts a new run in every limit, or raises."""
        if self.draining:
            raise RunRefusedError("This server is restarting. Please try again.")
        if quota := self._quotas.exceeded(quotas):
            raise QuotaExceededError(quota)
        too_much = self._active and self._memory + memory > self._max_memory_bytes
        if too_much or len(self._active) >= self._max_runs:
            raise RunRefusedError(_FULL)
        self._quotas.take(quotas)
        self._memory += memory

    def _release(self, run: Run, memory: int, quotas: Sequence[Quota]) -> None:
        del self._active[run.head.id]
        self._quotas.release(quotas)
        self._memory -= memory
        if not self._active:
            self._empty.set()

    def _begin(self, run: Run, work: Callable[[], Awaitable[None]], on_end: Callable[[Run], object]) -> None:
        """Begins `run`, unless it was stopped or released before. `on_end` is called when it has ended."""
        if run.status is Status.RUNNING:
            run.start(work, self.log.begin(run.head, run.feed), on_end)

    async def stream(
        self,
        run: Run,
        work: Callable[[], Awaitable[None]],
        heartbeat: float,
        on_end: Callable[[Run], object] = lambda _: None,
    ) -> AsyncGenerator[bytes, None]:
        """Begins `run` when its first frame is asked for, and yields its frames; it goes on without its reader."""
        self._begin(run, work, on_end)
        async with aclosing(run.feed.read(run.encoder.heartbeat, heartbeat)) as reader:
            async for frames in reader:
                yield frames
        self.log.note_read(run.head)

    async def send(
        self,
        run: Run,
        work: Callable[[], Awaitable[None]],
        heartbeat: float,
        on_end: Callable[[Run], object],
        write: Callable[[bytes], Awaitable[None]],
    ) -> None:
        """As `stream`, with what that yields given to `write`."""
        self._begin(run, work, on_end)
        await run.feed.send(write, run.encoder.heartbeat, heartbeat)
        self.log.note_read(run.head)

    async def cancel(self, record: Record) -> None:
        """Stops a run, in whichever process it is."""
        if not self.stop(record.head.id, record.head.owner) and record.status is Status.RUNNING:
            await self.log.cancel(record.head.id)

    def stop(self, run_id: str, owner: str | None = None) -> bool:
        """Stops a run of this process, of `owner` if one is given; False if it has no such run."""
        run = self._active.get(run_id)
        if run is None or owner not in (None, run.head.owner):
            return False
        run.stop(Status.CANCELLED)
        return True

    async def drain(self, seconds: float) -> None:
        """Refuses new runs, lets those under way end for `seconds`, and interrupts what is left."""
        self.draining = True
        await asyncio.gather(self._drain_active(seconds), self.log.drain(seconds))

    async def _drain_active(self, seconds: float) -> None:
        await self._wait_until_empty(seconds)
        while self._active:
            for run in list(self._active.values()):
                run.stop(Status.INTERRUPTED, _INTERRUPTED)
            await self._wait_until_empty(1)

    async def _wait_until_empty(self, seconds: float) -> None:
        """Returns when no run is left, or after `seconds`."""
        self._empty.clear()
        if self._active:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), seconds)


def _memory(head: Head) -> int:
    """About how many bytes a run's state takes: as text here and in its request; parsed, each object or list 250."""
    return 4 * len(head.state) + 250 * (head.state.count("{") + head.state.count("["))
