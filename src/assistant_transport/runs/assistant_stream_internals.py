"""All contact with what assistant-stream keeps private or does not document (0.0.36, as pyproject.toml asks for).

Where this project differs from assistant-stream's own run (`create_run`):

1. The state is a StateDocument in place of a StateManager, which copies the whole path to a value on every write.
2. Chunks and operations go out in the order of the calls, at once. Upstream defers both by `call_soon_threadsafe`, so
   it may be used from other threads; this must be used from the event loop's thread only.
3. `with_parent_id` shares the state. Upstream makes another StateManager for the child and throws it away.
4. `close` and `cancel` do what `create_run` does from outside, and `cancel` stops the added streams too.
5. What upstream's encoders make of a chunk is encoded anew by strict_json: they let NaN pass, which clients refuse.
"""

import asyncio
import copy
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import assistant_stream
from assistant_stream.create_run import ReadOnlyCancellationSignal
from assistant_stream.serialization.assistant_transport import _Canonicalizer as Canonicalizer
from assistant_stream.serialization.data_stream import DataStreamEncoder
from assistant_stream.state import lookup_state
from assistant_stream.state_proxy import StateProxy

__all__ = ["Canonicalizer", "DataStreamEncoder", "RunController", "StateProxy", "is_proxy_of", "lookup_state"]


class RunController(assistant_stream.RunController):  # type: ignore[misc] # it ships no types
    """assistant-stream's controller, without its queue and its StateManager.

    Args:
        put_chunk: takes each chunk.
        state: stands in for the StateManager.
    """

    def __init__(self, put_chunk: Callable[[Any], None], state: Any) -> None:
        # Not upstream's constructor: it makes a StateManager of four objects, a tenth of a run's own cost.
        self._queue = None
        self._loop = asyncio.get_running_loop()
        self._dispose_callbacks: list[Callable[[], None]] = []
        self._stream_tasks: list[asyncio.Task[None]] = []
        self._parent_id: str | None = None
        self._state_manager = state
        self._put_chunk_nowait = self._flush_and_put_chunk = put_chunk

    # Made when first asked for: few assistants look, and an event takes 0.9 KiB.
    @cached_property
    def _cancelled_event(self) -> asyncio.Event:
        return asyncio.Event()

    @cached_property
    def _cancelled_signal(self) -> ReadOnlyCancellationSignal:
        return ReadOnlyCancellationSignal(self._cancelled_event)

    def with_parent_id(self, parent_id: str) -> "RunController":
        """The same controller, whose chunks belong to the part `parent_id`."""
        child = copy.copy(self)
        child._parent_id = parent_id
        child._cancelled_event = self._cancelled_event
        return child

    async def close(self) -> None:
        """Ends the open tool calls and waits for the streams that were added."""
        for dispose in self._dispose_callbacks:
            dispose()
        for task in self._stream_tasks:
            await task

    def cancel(self) -> None:
        """Sets `is_cancelled` and stops the streams that were added."""
        self._mark_cancelled()
        for task in self._stream_tasks:
            task.cancel()


def is_proxy_of(value: Any, state: Any, path: Sequence[str | int]) -> bool:
    """Whether `value` is the proxy that `state` hands out for what stands at `path`."""
    return isinstance(value, StateProxy) and value._manager is state and value._path == path
