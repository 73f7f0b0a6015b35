"""A run's frames in memory, and the readers that follow them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence

from assistant_transport.runs.timers import GRANULARITY, Timer, timers

# So much is handed on at once: a large log, or a large frame, would hold up other replies for as long as it is copied.
PIECE_BYTES = 256 * 1024
# A reader that leaves this many bytes unread is cut off; it can resume from the log.
MAX_LAG_BYTES = 1024 * 1024
# After so long without its first read, a response counts as dropped: its client left, or a middleware replaced it.
UNREAD_SECONDS = 10.0


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
        self._readers: list[Reader] = []
        self._expected = 0  # readers that are about to begin
        self._expectation: Timer | None = None

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
        for reader in self._readers:
            if self.size - reader.sent > MAX_LAG_BYTES and not reader.is_waiting and reader.task is not None:
                reader.task.cancel()
            reader.wake(True)

    def end(self) -> None:
        """Says that nothing follows. `on_idle` is forgotten: a log that keeps the feed must not keep the run by it."""
        self.ended = True
        self._on_idle = None
        self._expect(0)
        for reader in self._readers:
            reader.wake(True)

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
            self._expectation = timers().after(UNREAD_SECONDS, self._expect_nobody)

    def _expect_nobody(self) -> None:
        self._expected = 0
        self._notify_if_idle()

    def _notify_if_idle(self) -> None:
        if self.is_idle and self._on_idle is not None:
            self._on_idle()

    def read(self, heartbeat: bytes, interval: float) -> AsyncGenerator[bytes, None]:
        """All frames in order, as soon as they are there; `heartbeat` after each `interval` seconds without one.

        Its first `size` bytes are those of this moment.
        """
        return self._read(self._frames, heartbeat, interval)

    async def _read(self, frames: list[bytes], heartbeat: bytes, interval: float) -> AsyncGenerator[bytes, None]:
        reader = Reader(self, frames, heartbeat, interval)
        try:
            while read := await reader.next():
                yield read
        finally:
            reader.close()

    async def send(self, write: Callable[[bytes], Awaitable[None]], heartbeat: bytes, interval: float) -> None:
        """Has `write` called with what `read` yields, in half the time that a generator in a generator takes."""
        reader = Reader(self, self._frames, heartbeat, interval)
        try:
            while frames := await reader.next():
                await write(frames)
        finally:
            reader.close()

    def began(self, reader: "Reader") -> None:
        """Counts a reader."""
        self._readers.append(reader)
        if self._expected:
            self._expect(self._expected - 1)

    def left(self, reader: "Reader") -> None:
        """Counts a reader no more."""
        self._readers.remove(reader)
        self._notify_if_idle()


class Reader:
    """Reads `frames`, the list of a feed's, from the first on, for the task that makes it; to be closed."""

    __slots__ = (
        "_beat",
        "_feed",
        "_frames",
        "_heartbeat",
        "_interval",
        "_last",
        "_pieces",
        "_position",
        "_woken",
        "sent",
        "task",
    )

    def __init__(self, feed: Feed, frames: list[bytes], heartbeat: bytes, interval: float) -> None:
        self.task = asyncio.current_task()
        self.sent = 0  # bytes
        self._feed = feed
        self._heartbeat = heartbeat
        self._interval = interval
        self._position = 0
        self._pieces: Iterator[bytes] = iter(())  # of what it has taken, those that it has not handed on
        self._woken: asyncio.Future[bool] | None = None  # while it waits: whether there is something to read
        self._frames = frames
        feed.began(self)
        self._last = timers().loop.time()
        self._beat = timers().after(interval, self._keep_alive)

    @property
    def is_waiting(self) -> bool:
        """Whether it has taken all frames, so that it does not lag, however many come at once."""
        return self._woken is not None

    async def next(self) -> bytes:
        """The frames since the last time, or after `interval` seconds a heartbeat; empty at the end."""
        if piece := next(self._pieces, b""):
            await asyncio.sleep(0)
            return piece
        if self._position == len(self._frames) and not self._feed.ended:
            self._woken = timers().loop.create_future()
            try:
                is_frame = await self._woken
            finally:
                self._woken = None
            if not is_frame:
                return self._heartbeat
        frames = self._frames[self._position :]
        self._position += len(frames)
        self.sent = self._feed.size
        self._last = timers().loop.time()
        if len(frames) == 1 and len(frames[0]) <= PIECE_BYTES:
            return frames[0]  # a token
        self._pieces = pieces(frames)
        return next(self._pieces)

    def wake(self, is_frame: bool) -> None:
        """Ends its waiting, for a frame or for a heartbeat."""
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(is_frame)

    def _keep_alive(self) -> None:
        # Not set anew for each frame: that would cost as much as the frame.
        silence = timers().loop.time() - self._last
        if silence >= self._interval - GRANULARITY:
            self.wake(False)
            silence = 0.0
            self._last = timers().loop.time()
        self._beat = timers().after(self._interval - silence, self._keep_alive)

    def close(self) -> None:
        self._beat.cancel()
        self._feed.left(self)


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
