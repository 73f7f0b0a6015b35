"""A run: one reply in the making, from its first frame to its clean end."""

import asyncio
import copy
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from assistant_stream import RunController

from runs.document import StateDocument
from runs.pump import Pump
from runs.wire import Wire

logger = logging.getLogger(__name__)


class Controller(RunController):  # type: ignore[misc] # assistant-stream ships no types
    """assistant-stream's RunController over a run's own document and pump."""

    def __init__(self, pump: Pump, state: Any) -> None:
        super().__init__(pump, None)
        self.document = StateDocument(state, pump)
        self._pump = pump
        self._state_manager = self.document

    def _put_chunk_nowait(self, chunk: Any) -> None:
        self._pump.put_nowait(chunk)

    _flush_and_put_chunk = _put_chunk_nowait

    def with_parent_id(self, parent_id: str) -> "Controller":
        """The same controller, whose chunks belong to the part `parent_id`."""
        child = copy.copy(self)
        child._parent_id = parent_id
        return child

    async def close(self) -> None:
        """Ends the open tool calls and waits for the streams that were added, as assistant-stream's create_run does."""
        for dispose in self._dispose_callbacks:
            dispose()
        for task in self._stream_tasks:
            await task

    def cancel(self) -> None:
        """Sets `is_cancelled` and stops the streams that were added."""
        self._mark_cancelled()
        for task in self._stream_tasks:
            task.cancel()


class Run:
    """One reply in the making. It ends with an error frame where the assistant fails, and always cleanly.

    Args:
        wire: the encoding, one for the whole run.
        state: the client's state, JSON; the run takes it over and changes it.
        flush_interval: seconds between two frames at the least, the first excepted.
    """

    def __init__(self, wire: Wire, state: Any, *, flush_interval: float) -> None:
        self.id = secrets.token_urlsafe(24)
        self.wire = wire
        self.controller = Controller(Pump(wire, self._publish, flush_interval), state)
        self._frames: list[bytes] = []
        self._ended = False
        self._waiting: list[asyncio.Future[bool]] = []
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False

    def cancel(self) -> None:
        """Stops the run; the assistant gets a CancelledError at once."""
        if self._task is not None and not self._ended:
            self._cancelled = True
            self.controller.cancel()
            self._task.cancel()

    async def _carry(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
            await self.controller.close()
        except asyncio.CancelledError:
            if not self._cancelled:
                # Not this run's doing: a library inside the assistant lost its own cancellation.
                self._fail()
        except Exception:
            self._fail()
        finally:
            self._ended = True
            self.controller._pump.end()
            self._wake()

    def _fail(self) -> None:
        error_id = secrets.token_hex(4)
        logger.exception("The assistant failed, error %s", error_id, extra={"error_id": error_id})
        self.controller._pump.error(f"The assistant failed. Please try again. (Error {error_id})")

    def _publish(self, frames: bytes) -> None:
        self._frames.append(frames)
        self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(True)

    async def stream(self, work: Callable[[], Awaitable[None]], *, heartbeat: float) -> AsyncIterator[bytes]:
        """Runs `work`, which writes through `controller`, and yields its frames, each as soon as it is there.

        After `heartbeat` seconds without one it yields a sign of life. A reader that goes away cancels the run.
        """
        self._task = asyncio.create_task(self._carry(work))
        position = 0
        try:
            while True:
                if position < len(self._frames):
                    frames = self._frames[position:]
                    position += len(frames)
                    yield b"".join(frames)
                elif self._ended:
                    return
                elif not await self._news(heartbeat):
                    yield self.wire.heartbeat
        finally:
            self.cancel()

    async def _news(self, patience: float) -> bool:
        """True when there is something to read or the run ended; False after `patience` seconds without."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(future)
        timer = loop.call_later(patience, _resolve, future)
        try:
            return await future
        finally:
            timer.cancel()


def _resolve(future: asyncio.Future[bool]) -> None:
    if not future.done():
        future.set_result(False)
