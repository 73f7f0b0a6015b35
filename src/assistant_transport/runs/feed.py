"""A run's frames in memory, and the readers that follow them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence

# So much is handed on at once: a large log, or a large frame, would hold up other replies for as long as it is copied.
PIECE_BYTES = 256 * 1024
# A reader that leaves this many bytes unread is cut off; it can resume from the log.
MAX_LAG_BYTES = 1024 * 1024
# After so long without its first read, a response counts as dropped: its client left, or a middleware replaced it.
UNREAD_SECONDS = 10.0


class _Reader:
    def __init__(self) -> None:
        self.task = asyncio.current_task()
        self.sent = 0
        self.caught_up = False  # it has taken all frames, so it does not lag, however many come at once


class Feed:
    """Frames that are appended once and read by any number of readers, each from the first frame on.

    `size` is the number of bytes so far; it always falls between two frames.

    Args:
        on_idle: called when the last reader has gone, or when an expected one does not come.
    """

    def __init__(self, on_idle: Callable[[], None] | None = None) -> None:
        self.size = 0
        self.ended = False
        self.cut_off = False  # it ended before the run did
        self._on_idle = on_idle
        self._frames: list[bytes] = []
        self._readers: set[_Reader] = set()
        self._expected = 0  # readers that are about to begin
        self._expectation: asyncio.TimerHandle | None = None
        self._waiting: list[asyncio.Future[bool]] = []

    @property
    def is_idle(self) -> bool:
        """Whether nobody reads and nobody is about to."""
        return not self._readers and not self._expected

    def so_far(self) -> bytes:
        """All frames until now."""
        return b"".join(self._frames)

    def append(self, frames: bytes) -> None:
        """Adds whole frames, for every reader."""
        if not frames:
            return
        self._frames.append(frames)
        self.size += len(frames)
        self._wake()
        for reader in self._readers:
            if self.size - reader.sent > MAX_LAG_BYTES and not reader.caught_up and reader.task is not None:
                reader.task.cancel()

    def end(self) -> None:
        """Says that nothing follows. `on_idle` is forgotten: a log that keeps the feed must not keep the run by it."""
        self.ended = True
        self._on_idle = None
        self._expect(0)
        self._wake()

    def replace(self, frames: bytes) -> None:
        """Puts `frames` in the place of all, for readers that begin from now on."""
        self._frames = [frames]
        self.size = len(frames)

    def expect_reader(self) -> None:
        """Keeps the feed from being idle for a reader that is about to begin, for UNREAD_SECONDS at most."""
        if not self.ended:
            self._expect(self._expected + 1)

    def _expect(self, readers: int) -> None:
        if self._expectation is not None:
            self._expectation.cancel()
            self._expectation = None
        self._expected = readers
        if readers:
            self._expectation = asyncio.get_running_loop().call_later(UNREAD_SECONDS, self._expect_nobody)

    def _expect_nobody(self) -> None:
        self._expected = 0
        self._notify_if_idle()

    def _notify_if_idle(self) -> None:
        if self.is_idle and self._on_idle is not None:
            self._on_idle()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            _resolve(future, True)

    def read(self, heartbeat: bytes, interval: float) -> AsyncGenerator[bytes, None]:
        """All frames in order, as soon as they are there; `heartbeat` after each `interval` seconds without one.

        Its first `size` bytes are those of this moment.
        """
        return self._read(self._frames, heartbeat, interval)

    async def _read(self, kept: list[bytes], heartbeat: bytes, interval: float) -> AsyncGenerator[bytes, None]:
        reader = _Reader()
        self._readers.add(reader)
        if self._expected:
            self._expect(self._expected - 1)
        position = 0
        try:
            while True:
                if position < len(kept):
                    frames = kept[position:]
                    position += len(frames)
                    reader.sent = self.size
                    if len(frames) == 1 and len(frames[0]) <= PIECE_BYTES:
                        yield frames[0]  # a token
                        continue
                    for piece in pieces(frames):
                        yield piece
                        await asyncio.sleep(0)
                elif self.ended:
                    return
                else:
                    reader.caught_up = True
                    woken = await self._wait(interval)
                    reader.caught_up = False
                    if not woken:
                        yield heartbeat
        finally:
            self._readers.discard(reader)
            self._notify_if_idle()

    async def _wait(self, seconds: float) -> bool:
        """True as soon as there are frames or the end; False after `seconds` without."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(future)
        timer = loop.call_later(seconds, _resolve, future, False)
        try:
            return await future
        finally:
            timer.cancel()


def pieces(frames: Sequence[bytes]) -> Iterator[bytes]:
    """`frames` in pieces of PIECE_BYTES at most, between which other replies should have a turn."""
    gathered: list[bytes] = []
    size = 0
    for part in _cut(frames):
        if size + len(part) > PIECE_BYTES:
            yield b"".join(gathered)
            gathered, size = [], 0
        gathered.append(part)
        size += len(part)
    yield b"".join(gathered)


def _cut(frames: Sequence[bytes]) -> Iterator[bytes]:
    for frame in frames:
        if len(frame) <= PIECE_BYTES:
            yield frame
        else:
            yield from (frame[begin : begin + PIECE_BYTES] for begin in range(0, len(frame), PIECE_BYTES))


def _resolve(future: asyncio.Future[bool], woken: bool) -> None:
    if not future.done():
        future.set_result(woken)
