"""Turns what an assistant writes into frames: a burst into few, a model's tokens into one each."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from assistant_transport.runs.encoders import Encoder, ending
from assistant_transport.runs.strict_json import quote, to_bytes

_MIN_FRAMES_TO_MERGE = 10


class RunTooLargeError(ValueError):
    """An assistant, or a request's commands, wrote more at once than a whole run may have."""


class Pump:
    """Takes operations and chunks in order, merges neighbouring appends, encodes each frame once.

    The first frame leaves in the event loop's next turn; later ones at most one an interval. Not thread-safe.

    Args:
        encoder: of the run's encoding.
        publish: takes whole frames.
        interval: in seconds, between two frames.
        max_bytes: how much may be gathered at once.
        on_too_large: called where more is written, before RunTooLargeError is raised: whoever writes may catch that.
    """

    def __init__(
        self,
        encoder: Encoder,
        publish: Callable[[bytes], None],
        interval: float,
        max_bytes: int,
        on_too_large: Callable[[], object] = lambda: None,
    ) -> None:
        self._encoder = encoder
        self._publish = publish
        self._interval = interval
        self._loop = asyncio.get_running_loop()
        self._frames: list[str] = []
        self._operations: list[str] = []
        self._append_path = ""
        self._append_texts: list[str] = []
        self._max_bytes = max_bytes
        self._on_too_large = on_too_large
        self._gathered = 0
        self._scheduled: asyncio.Handle | None = None
        self._last_flush = float("-inf")
        self._is_state_only = True  # what was published is what the document holds, and nothing else
        self.frames = 0  # published by now

    def set(self, path: str, value: str) -> None:
        """Takes a `set` operation; both arguments are JSON.

        Raises:
            RunTooLargeError: more was gathered at once than a run may have.
        """
        self._close_append()
        if self._gathered + len(value) > self._max_bytes:
            self._is_state_only = False
            self._on_too_large()
            raise RunTooLargeError(f"more than {self._max_bytes} bytes at once")
        self._gathered += len(value)
        self._operations.append(_set(path, value))
        self._schedule()

    def append_text(self, path: str, text: str) -> None:
        """Takes an `append-text` operation; `path` is JSON, `text` is not."""
        if path != self._append_path:
            self._close_append()
            self._append_path = path
        self._append_texts.append(text)
        if self._scheduled is None:
            self._schedule()

    def put_nowait(self, chunk: Any) -> None:
        """Takes an assistant-stream chunk, as the queue of its RunController would.

        Raises:
            ValueError, TypeError: the chunk holds something that is not JSON for a strict client.
        """
        self._is_state_only = False
        self._add_frame(self._encoder.chunk(chunk))

    def error(self, message: str) -> None:
        """Takes an error, for the user to read."""
        self._add_frame(self._encoder.error(message))

    def end(self) -> None:
        """Publishes what was gathered, and the end of the stream."""
        self._add_frame(self._encoder.end())
        self.flush()

    def merge(self, written: Iterable[tuple[str, str]], message: str | None) -> bytes:
        """A short stream in place of all that was published, for whoever begins to read once the run has ended.

        It does no harm to whoever has read a part of the other: it sets what was written, and appends nothing.

        Args:
            written: the document's.
            message: the error that the run ended with, if it did.

        Returns:
            Nothing, if there was more than state, or so little of it that it is not worth the effort.
        """
        if not self._is_state_only or self.frames < _MIN_FRAMES_TO_MERGE:
            return b""
        state = self._encoder.state([_set(path, value) for path, value in written])
        return to_bytes(state) + ending(self._encoder.name, message)

    def flush(self) -> None:
        """Publishes what was gathered."""
        if self._scheduled is not None:
            self._scheduled.cancel()
            self._scheduled = None
        self._close_state()
        if self._frames:
            self.frames += len(self._frames)
            data = to_bytes("".join(self._frames))
            self._frames.clear()
            self._gathered = 0
            self._last_flush = self._loop.time()
            self._publish(data)

    def _schedule(self) -> None:
        if self._scheduled is None:
            wait = self._last_flush + self._interval - self._loop.time()
            self._scheduled = self._loop.call_soon(self.flush) if wait <= 0 else self._loop.call_later(wait, self.flush)

    def _add_frame(self, frame: str) -> None:
        if frame:
            self._close_state()
            self._frames.append(frame)
            self._schedule()

    def _close_state(self) -> None:
        self._close_append()
        if self._operations:
            self._frames.append(self._encoder.state(self._operations))
            self._operations = []

    def _close_append(self) -> None:
        if self._append_texts:
            text = quote("".join(self._append_texts))
            self._operations.append(f'{{"type":"append-text","path":{self._append_path},"value":{text}}}')
            self._append_texts.clear()
        self._append_path = ""


def _set(path: str, value: str) -> str:
    return f'{{"type":"set","path":{path},"value":{value}}}'
