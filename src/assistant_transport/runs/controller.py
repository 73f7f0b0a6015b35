"""assistant-stream's RunController over a run's own document and pump."""

import asyncio
import copy
from typing import Any

from assistant_stream import RunController

from assistant_transport.runs.document import StateDocument
from assistant_transport.runs.pump import Pump


class Controller(RunController):  # type: ignore[misc] # assistant-stream ships no types
    """What an assistant writes through: assistant-stream's controller, whose writes go straight to the pump."""

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
        tasks: list[asyncio.Task[None]] = self._stream_tasks
        for task in tasks:
            task.cancel()
