"""The log of a single process: the frames of its runs, kept for a while after their end."""

from dataclasses import dataclass
from functools import partial
from math import inf

from assistant_transport.runs.feed import Feed
from assistant_transport.runs.log import Head, Record, RunLog, Status, Writer
from assistant_transport.runs.timers import timers

# What ended runs may take together; above it the oldest are forgotten before their time.
MAX_BYTES = 256 * 1024 * 1024


@dataclass
class _Entry(Writer):
    """A run that is kept, with its live feed, so there is nothing to append."""

    log: "MemoryLog"
    head: Head
    feed: Feed
    status: Status = Status.RUNNING

    def append(self, frames: bytes) -> None:
        pass

    def end(self, status: Status, merged: bytes = b"") -> None:
        self.status = status
        if merged:
            self.feed.replace(merged)
        self.log.keep(self)


class MemoryLog(RunLog):
    """Keeps runs in this process for `ttl` seconds after their end. A restart forgets them.

    One in a thread is kept for `read_ttl` seconds, if that is less, once its owner has read it to the end.
    """

    problem = None
    lag = 0.0

    def __init__(self, ttl: float, read_ttl: float = inf) -> None:
        self._ttl = ttl
        self._read_ttl = read_ttl
        self._entries: dict[str, _Entry] = {}
        self._latest: dict[tuple[str, str], str] = {}  # by owner and thread
        self._running: dict[str, tuple[str, ...]] = {}  # by owner; most have one
        self._ended: dict[str, int] = {}  # by end, oldest first: the bytes that each takes
        self._size = 0

    async def open(self) -> None:
        pass

    async def drain(self, seconds: float) -> None:
        pass  # there are no other processes

    async def close(self) -> None:
        pass

    def begin(self, head: Head, feed: Feed) -> Writer:
        entry = self._entries[head.id] = _Entry(self, head, feed)
        if head.discoverable:
            self._running[head.owner] = (*self._running.get(head.owner, ()), head.id)
            if head.thread is not None:
                self._latest[head.owner, head.thread] = head.id
        return entry

    def keep(self, entry: _Entry) -> None:
        """Keeps a run that ended, for a while and within bounds."""
        owner = entry.head.owner
        running = tuple(run_id for run_id in self._running.pop(owner, ()) if run_id != entry.head.id)
        if running:
            self._running[owner] = running
        size = self._ended[entry.head.id] = entry.feed.size + len(entry.head.state.encode())
        self._size += size
        while len(self._ended) > 1 and self._size > MAX_BYTES:
            self._forget(next(iter(self._ended)))
        timers().after(self._ttl, partial(self._forget, entry.head.id))

    def _forget(self, run_id: str) -> None:
        self._size -= self._ended.pop(run_id, 0)
        entry = self._entries.pop(run_id, None)
        if entry is not None and entry.head.thread is not None:
            key = entry.head.owner, entry.head.thread
            if self._latest.get(key) == run_id:
                del self._latest[key]

    async def find(self, run_id: str) -> Record | None:
        entry = self._entries.get(run_id)
        return None if entry is None else Record(entry.head, entry.status)

    async def latest(self, owner: str, thread: str) -> Record | None:
        return await self.find(self._latest.get((owner, thread), ""))

    async def forget(self, owner: str, thread: str) -> None:
        of_thread = [
            entry.head.id
            for entry in self._entries.values()
            if (entry.head.owner, entry.head.thread) == (owner, thread)
        ]
        for run_id in of_thread:
            self._forget(run_id)

    async def forget_owner(self, owner: str) -> None:
        for run_id in [run_id for run_id in self._ended if self._entries[run_id].head.owner == owner]:
            self._forget(run_id)

    async def only_running(self, owner: str) -> Record | None:
        running = self._running.get(owner, ())
        return await self.find(running[0]) if len(running) == 1 else None

    async def subscribe(self, record: Record) -> Feed:
        feed = self._entries[record.head.id].feed
        feed.expect_reader()
        return feed

    def note_read(self, head: Head) -> None:
        if head.thread is not None and self._read_ttl < self._ttl:
            timers().after(self._read_ttl, partial(self._forget, head.id))

    async def has_subscribers(self, run_id: str) -> bool:
        return False  # there are no other processes

    async def cancel(self, run_id: str) -> None:
        pass  # there are no other processes

    async def claim_thread(self, head: Head, *, cancel: bool) -> bool:
        return True  # there are no other processes

    def release_thread(self, head: Head) -> None:
        pass
