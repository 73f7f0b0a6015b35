"""A run's frames in memory, and the readers that follow them."""

import asyncio
from collections.abc import AsyncIterator, Callable

# A reader that has let this many bytes pile up unread is cut off; it can resume from the log.
MAX_LAG_BYTES = 1024 * 1024


class _Reader:
    def __init__(self) -> None:
        self.task = asyncio.current_task()
        self.sent = 0
        self.waiting = False  # for news: it has taken all there was, however much comes at once


class Feed:
    """Frames that are appended once and read by any number, each from the first on.

    `size` is the number of bytes so far, and always falls between two frames.
    """

    def __init__(self) -> None:
        self.size = 0
        self.ended = False
        self.on_idle: Callable[[], None] | None = None  # called when the last reader has gone
        self._frames: list[bytes] = []
        self._readers: set[_Reader] = set()
        self._waiting: list[asyncio.Future[bool]] = []

    @property
    def readers(self) -> int:
        return len(self._readers)

    def so_far(self) -> bytes:
        """All frames that there are by now."""
        return b"".join(self._frames)

    def append(self, frames: bytes) -> None:
        """Adds frames, for every reader."""
        if not frames:
            return
        self._frames.append(frames)
        self.size += len(frames)
        self._wake()
        for reader in self._readers:
            if self.size - reader.sent > MAX_LAG_BYTES and not reader.waiting and reader.task is not None:
                reader.task.cancel()

    def end(self) -> None:
        """Says that nothing will follow."""
        self.ended = True
        self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(True)

    async def read(self, heartbeat: bytes, interval: float) -> AsyncIterator[bytes]:
        """All frames in order, as soon as they are there; `heartbeat` after each `interval` seconds without one."""
        reader = _Reader()
        self._readers.add(reader)
        position = 0
        try:
            while True:
                if position < len(self._frames):
                    frames = self._frames[position:]
                    position += len(frames)
                    reader.sent = self.size
                    yield frames[0] if len(frames) == 1 else b"".join(frames)
                elif self.ended:
                    return
                else:
                    reader.waiting = True
                    news = await self._news(interval)
                    reader.waiting = False
                    if not news:
                        yield heartbeat
        finally:
            self._readers.discard(reader)
            if not self._readers and self.on_idle is not None:
                self.on_idle()

    async def _news(self, seconds: float) -> bool:
        """True when there is something to read or the end; False after `seconds` without."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(future)
        timer = loop.call_later(seconds, _resolve, future)
        try:
            return await future
        finally:
            timer.cancel()


def _resolve(future: asyncio.Future[bool]) -> None:
    if not future.done():
        future.set_result(False)
