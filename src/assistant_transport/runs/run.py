"""A run: one reply in the making, from its first frame to its clean end."""

import asyncio
import contextvars
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from assistant_transport.runs.controller import Controller
from assistant_transport.runs.encoders import ENCODERS
from assistant_transport.runs.feed import Feed
from assistant_transport.runs.log import Head, LogUnavailableError, Status, Writer
from assistant_transport.runs.pump import Pump, RunTooLargeError

logger = logging.getLogger(__name__)

# An assistant that does not stop when it is cancelled is left to itself after this many seconds.
_STOP_SECONDS = 0.5
# Without live readers the log is asked this often for others; one that does not answer, so many times.
_ASK_SECONDS = 2.0
_MAX_UNANSWERED = 5


class RunFailedError(Exception):
    """Raised by a run's work: it ends with this text, which is for the user. Whoever raises it has logged why."""


@dataclass(frozen=True)
class Limits:
    """What a run may take. Times are in seconds, sizes in bytes."""

    flush_interval: float = 0.01  # between two frames at the least, the first excepted
    grace: float = 30.0  # without readers
    run_seconds: float = 600.0
    run_bytes: int = 8 * 1024 * 1024


class Run:
    """One reply in the making. It ends with an error frame where something is wrong, and always cleanly.

    Args:
        head: who and where it is.
        state: the client's state, parsed; the run takes it over and changes it.
        limits: what it may take.
        has_subscribers: says whether a run, by its id, is read from the log somewhere.
        counted: the names that it is counted by.
    """

    def __init__(
        self,
        head: Head,
        state: Any,
        limits: Limits,
        has_subscribers: Callable[[str], Awaitable[bool]],
        counted: tuple[str, ...] = (),
    ) -> None:
        self.head = head
        self.counted = counted
        self.feed = Feed()
        self.feed.on_idle = self._idle
        self.encoder = ENCODERS[head.encoding]()
        self.status = Status.RUNNING
        self._began = perf_counter()
        self.first_frame_seconds = 0.0  # what it took from the beginning, once there is one
        self._limits = limits
        self._too_large = f"The reply is larger than {limits.run_bytes} bytes."
        self._has_subscribers = has_subscribers
        self._pump = Pump(self.encoder, self._publish, limits.flush_interval, limits.run_bytes)
        self.controller = Controller(self._pump, state)
        self._writer: Writer | None = None
        self._task: asyncio.Task[None] | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._unanswered = 0
        self._grace: asyncio.TimerHandle | None = None
        self._stopping: tuple[Status, str | None] | None = None
        self._ended = False

    @property
    def is_cancelled(self) -> bool:
        """Whether it was told to stop because nobody wants it any more."""
        return self._stopping is not None and self._stopping[0] is Status.CANCELLED

    @property
    def frames(self) -> int:
        """How many it has written so far."""
        return self._pump.frames

    @property
    def seconds(self) -> float:
        """How long ago it began."""
        return perf_counter() - self._began

    def start(self, work: Callable[[], Awaitable[None]], writer: Writer, on_end: Callable[[], object]) -> None:
        """Begins: `work` writes through `controller`, and the run ends when it returns, raises or is stopped."""
        self._writer = writer
        # Whoever stops the run, or reads it later, does so from a request of its own.
        self._context = contextvars.copy_context()
        self._on_end = on_end
        writer.append(self.feed.so_far())
        self._after(
            self._limits.run_seconds,
            lambda: self.stop(Status.ERROR, f"The reply took longer than {self._limits.run_seconds:g} seconds."),
        )
        self._task = asyncio.create_task(self._carry(work))
        self._task.add_done_callback(lambda _: self._end())  # for one that is cancelled before it begins

    def stop(self, status: Status, message: str | None = None) -> None:
        """Stops the run; the assistant gets a CancelledError at once. `message` goes out as an error frame."""
        if self._task is None or self._stopping is not None or self._ended:
            return
        self._stopping = (status, message)
        self.controller.cancel()
        self._task.cancel()
        self._after(_STOP_SECONDS, self._leave)

    def _leave(self) -> None:
        logger.warning("An assistant goes on although its run was stopped")
        self._end()

    async def _carry(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
            await self.controller.close()
            self._end()
        except asyncio.CancelledError:
            # If nobody stopped the run, a library inside the assistant has lost its own cancellation.
            self._end() if self._stopping else self._fail()
        except RunTooLargeError:
            self._stopping = self._stopping or (Status.ERROR, self._too_large)
            self.controller.cancel()
            self._end()
        except RunFailedError as failure:
            self._stopping = self._stopping or (Status.ERROR, str(failure))
            self.controller.cancel()
            self._end()
        except Exception:
            self._fail()

    def _fail(self) -> None:
        self.controller.cancel()  # what it began beside itself must not go on unseen
        error_id = secrets.token_hex(4)
        logger.exception("The assistant failed, error %s", error_id, extra={"error_id": error_id})
        self._stopping = self._stopping or (
            Status.ERROR,
            f"The assistant failed. Please try again. (Error {error_id})",
        )
        self._end()

    def _end(self) -> None:
        if self._ended:
            return
        self._ended = True
        self.status, message = self._stopping or (Status.DONE, None)
        for timer in self._timers:
            timer.cancel()
        if message:
            self._pump.error(message)
        self._pump.end()
        self.feed.on_idle = None  # or a log that keeps the feed would keep the whole run
        self.feed.end()
        if self._grace is not None:
            self._grace.cancel()
        if self._writer is not None:
            self._writer.end(self.status)
            self._on_end()

    def _publish(self, frames: bytes) -> None:
        if self.feed.ended:
            return
        if not self.feed.size:
            self.first_frame_seconds = self.seconds
        self.feed.append(frames)
        if self._writer is not None:
            self._writer.append(frames)
        if self.feed.size > self._limits.run_bytes:
            self.stop(Status.ERROR, self._too_large)

    def _idle(self) -> None:
        """The last live reader has gone. A run that nobody can come back to is stopped at once."""
        if self.head.resumable:
            self._wait_for_readers()
        else:
            self.stop(Status.CANCELLED)

    def _wait_for_readers(self, at_least: float = 0.0) -> None:
        if self._grace is not None:
            self._grace.cancel()
        if not self._ended:
            seconds = max(self._limits.grace, at_least)
            self._grace = asyncio.get_running_loop().call_later(seconds, self._unattended)

    def _unattended(self) -> None:
        if not self.feed.readers and not self._ended:
            self._question = asyncio.create_task(self._stop_unless_subscribed())

    async def _stop_unless_subscribed(self) -> None:
        try:
            subscribed = await self._has_subscribers(self.head.id)
            self._unanswered = 0
        except LogUnavailableError:
            # Its subscribers wait a while for the log, and so does the run.
            self._unanswered += 1
            subscribed = self._unanswered < _MAX_UNANSWERED
        if subscribed:
            self._wait_for_readers(at_least=_ASK_SECONDS)
        elif not self.feed.readers:
            self.stop(Status.CANCELLED)

    def _after(self, seconds: float, do: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, do, context=self._context))
