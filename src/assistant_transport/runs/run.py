"""A run: one reply in the making, from its first frame to its clean end."""

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

from assistant_transport.runs.controller import Controller
from assistant_transport.runs.encoders import ENCODERS
from assistant_transport.runs.failures import log_failure
from assistant_transport.runs.feed import Feed
from assistant_transport.runs.grace import Grace
from assistant_transport.runs.log import Head, Status, Writer
from assistant_transport.runs.pump import Pump
from assistant_transport.runs.timers import Timer, timers

logger = logging.getLogger(__name__)

# An assistant that ignores its cancellation is left behind after this many seconds.
_STOP_SECONDS = 0.5
_UNREAD = "The reply could not be sent in time. Please try again."

Work = Callable[[], Awaitable[None]]


class RunFailedError(Exception):
    """Raised by a run's work: it ends with this text, which is for the user. Whoever raises it has logged why."""


@dataclass(frozen=True)
class Limits:
    """What a run may take. Times are in seconds, sizes in bytes."""

    flush_interval: float = 0.01  # the least time between two frames, the first excepted
    grace: float = 30.0  # without readers, of a run whose owner finds it again
    anonymous_grace: float = 2.0  # without readers, of any other run: only its id opens it
    max_seconds: float = 600.0
    max_bytes: int = 8 * 1024 * 1024


class Run:
    """One reply in the making: reserved first, begun by `start`. It always ends cleanly, after a failure with an error.

    Args:
        head: what identifies it.
        state: the client's state, parsed; the run takes it over and changes it.
        limits: what it may take.
        has_subscribers: asks the log whether a run, by its id, is read from it somewhere.
        on_end: called once, when the run has ended, whether it had begun or not.
    """

    def __init__(
        self,
        head: Head,
        state: Any,
        limits: Limits,
        has_subscribers: Callable[[str], Awaitable[bool]],
        on_end: Callable[["Run"], object],
    ) -> None:
        self.head = head
        self.feed = Feed(on_idle=self._handle_idle)
        self.encoder = ENCODERS[head.encoding]()
        self.status = Status.RUNNING
        self.exceeded: str | None = None  # the limit that it was stopped at: `too_large` or `too_slow`
        self.reason = ""  # why its assistant gave up, by a stable name
        self.stored: asyncio.Future[None] | None = None  # done when what it wrote is kept, where somebody keeps it
        self.first_frame_seconds = 0.0  # from the reservation to the first frame, once there is one
        self._reserved = perf_counter()
        self._limits = limits
        self._pump = Pump(self.encoder, self._publish, limits.flush_interval, limits.max_bytes, self._handle_too_large)
        self.controller = Controller(self._pump, state)
        self._has_subscribers = has_subscribers
        self._grace: Grace | None = None  # once it was without readers
        self._on_end = [on_end]
        self._writer: Writer | None = None
        self._task: asyncio.Task[None] | None = None
        self._timers: list[Timer] = []
        self._outcome: tuple[Status, str | None] | None = None  # decided before the work has ended
        self._ended = False

    @property
    def is_cancelled(self) -> bool:
        """Whether its client stopped it, or nobody reads it."""
        return self._outcome is not None and self._outcome[0] is Status.CANCELLED

    @property
    def frames(self) -> int:
        """How many it has written so far."""
        return self._pump.frames

    @property
    def seconds(self) -> float:
        """How long ago it was reserved."""
        return perf_counter() - self._reserved

    def start(self, work: Work, writer: Writer, on_end: Callable[["Run"], object]) -> None:
        """Begins: `work` writes through `controller`, and the run ends when it returns, raises or is stopped."""
        self._writer = writer
        # The run may be stopped from another request, whose context is not the run's.
        self._context = contextvars.copy_context()
        self._on_end.append(on_end)
        writer.append(self.feed.so_far())
        self._after(self._limits.max_seconds, self._handle_too_slow)
        self._task = asyncio.create_task(self._do(work), context=self._context)
        # If it is cancelled before its first step. Each callback without a context takes a copy of one.
        self._task.add_done_callback(self._end, context=self._context)

    def stop(self, status: Status, message: str | None = None) -> None:
        """Stops the run; the assistant gets a CancelledError at once. `message` goes out as an error frame."""
        if self._outcome is not None or self._ended:
            return
        self._outcome = (status, message)
        if self._task is None:
            self._end()
            return
        self.controller.cancel()
        self._task.cancel()
        self._after(_STOP_SECONDS, self._leave_behind)

    def when_finished(self, do: Callable[[], object]) -> None:
        """Has `do` called once, when the run has ended, its assistant too, which may ignore its cancellation, and what
        it wrote is stored."""

        def when_stored(_: object = None) -> None:
            if self.stored is None:
                do()
            else:
                self.stored.add_done_callback(lambda _: do())

        self._on_end.append(
            lambda _: when_stored() if self._task is None else self._task.add_done_callback(when_stored)
        )

    def _leave_behind(self) -> None:
        logger.warning("An assistant goes on although its run was stopped")
        self._end()

    async def _do(self, work: Work) -> None:
        try:
            await work()
            await self.controller.close()
        except asyncio.CancelledError:
            if self._outcome is None:  # not stopped: a library has let a cancellation of its own escape
                self._log_failure()
        except RunFailedError as failure:
            self._fail(str(failure))
        except Exception:
            if self.exceeded is None:  # else it only follows from the limit
                self._log_failure()
        self._end()

    def _log_failure(self) -> None:
        error_id = log_failure(logger, "The assistant failed")
        self._fail(f"The assistant failed. Please try again. (Error {error_id})")

    def _fail(self, message: str) -> None:
        self.controller.cancel()  # streams that the assistant added would go on unseen
        self._outcome = self._outcome or (Status.ERROR, message)

    def _end(self, _task: asyncio.Task[None] | None = None) -> None:
        if self._ended:
            return
        self._ended = True
        self.status, message = self._outcome or (Status.DONE, None)
        if self._grace is not None:
            self._grace.end()
        for timer in self._timers:
            timer.cancel()
        if message:
            self._pump.error(message)
        self._pump.end()
        self.feed.end()
        if self._writer is not None:
            merged = self._pump.merge(self.controller.document.written(), message)
            self._writer.end(self.status, merged if len(merged) < self.feed.size else b"")
        for on_end in self._on_end:
            on_end(self)

    def _publish(self, frames: bytes) -> None:
        if self.feed.ended:
            return
        if not self.feed.size:
            self.first_frame_seconds = self.seconds
        self.feed.append(frames)
        if self._writer is not None:
            self._writer.append(frames)
        if self.feed.size > self._limits.max_bytes:
            self._handle_too_large()

    def _handle_too_large(self) -> None:
        if self._task is not None:  # else it is what the request asks for, which is refused
            self._exceed("too_large", f"The reply is larger than {self._limits.max_bytes} bytes.")

    def _handle_too_slow(self) -> None:
        self._exceed("too_slow", f"The reply took longer than {self._limits.max_seconds:g} seconds.")

    def _exceed(self, limit: str, message: str) -> None:
        if self._outcome is None and not self._ended:
            self.exceeded = limit
            self.stop(Status.ERROR, message)

    def _handle_idle(self) -> None:
        """Nobody reads the run here any more, or nobody ever did."""
        if self._task is None:
            logger.warning("A reply is given up: its response was dropped, or held back for too long")
            self.stop(Status.CANCELLED, _UNREAD)
        else:
            self._grace = self._grace or self._new_grace()
            self._grace.begin()

    def _new_grace(self) -> Grace:
        seconds = self._limits.grace if self.head.discoverable else self._limits.anonymous_grace
        has_subscribers = partial(self._has_subscribers, self.head.id)
        return Grace(seconds, self.feed, has_subscribers, partial(self.stop, Status.CANCELLED))

    def _after(self, seconds: float, do: Callable[[], object]) -> None:
        self._timers.append(timers().after(seconds, partial(self._context.run, do)))
