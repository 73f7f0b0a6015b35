"""Reads other processes' runs: one blocking connection for all that are read in this process."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from assistant_transport.runs.encoders import ending
from assistant_transport.runs.feed import Feed
from assistant_transport.runs.log import Head
from assistant_transport.runs.valkey import scripts
from assistant_transport.runs.valkey.client import UNAVAILABLE, Client, milliseconds, raising_unavailable
from assistant_transport.runs.valkey.keys import FRAMES, LAST, STATUS, STATUSES, Keys

logger = logging.getLogger(__name__)

BLOCK_SECONDS = 5.0
WATCH_SECONDS = 1.0
# A process tries to renew its leases three times in one. For twice that time, readers see a lease missing before they
# take its process for dead.
PATIENCE_LEASES = 2 / 3
_PRESENCE_SECONDS = 3 * WATCH_SECONDS
_RETRY_SECONDS = 0.5
_INTERRUPTED = "The server that wrote this reply has stopped. Please send your message again."
_UNAVAILABLE = "The rest of this reply cannot be read right now. Please reload in a moment."
_DRAINED = "This server is restarting. Please reload to see the rest of this reply."
_LOST = "The rest of this reply was lost. Please send your message again."

Entries = list[tuple[bytes, dict[bytes, bytes]]]


@dataclass
class _Subscription:
    feed: Feed
    encoding: str
    last: bytes = b"0-0"  # the id of the last entry that was read

    def take(self, entries: Entries) -> None:
        for entry_id, fields in entries:
            seq, last = _seq(entry_id), _seq(self.last)
            if seq <= last:
                continue  # `subscribe` and `read_forever` may both have asked for it
            self.last = entry_id
            if fields.get(STATUS.encode()) == b"" and seq != last + 1:
                self.lose()
                return
            follows = LAST.encode() in fields and 0 < last == seq - 1
            frames = fields.get(LAST.encode() if follows else FRAMES.encode())
            self.feed.append(ending(self.encoding, _LOST) if frames is None else frames)
            if fields.get(STATUS.encode()) != b"":
                self.feed.end()

    def lose(self) -> None:
        """Ends it with an error."""
        self.feed.append(ending(self.encoding, _LOST))
        self.feed.end()


class Subscriptions:
    """The feeds of the runs that this process reads from Valkey.

    Args:
        commands: a client that answers at once or fails.
        blocking: a client of its own, for reads that wait.
        keys: of the runs and of what processes tell each other.
        process: this process's name.
        lease, ended_ttl: how long a lease and an ended run last, in seconds.
        cancel: called with the id of a run of this process that another process wants stopped.
    """

    def __init__(
        self, commands: Client, blocking: Client, keys: Keys, process: str, lease: float, ended_ttl: float,
        cancel: Callable[[str], object],
    ) -> None:  # fmt: skip
        self._commands = commands
        self._blocking = blocking
        self._process = process
        self._last_message = b"0-0"
        self._cancel = cancel
        self._subscriptions: dict[str, _Subscription] = {}
        self._keys = keys
        self._watch = keys.script(commands, scripts.WATCH)
        self._send = keys.script(commands, scripts.SEND)
        self._lease = lease
        patience = PATIENCE_LEASES * lease
        self._arguments = (milliseconds(patience), milliseconds(ended_ttl), scripts.endings(_INTERRUPTED))
        self._unavailable_since: float | None = None
        self._max_unavailable = 2 * lease

    async def status(self, run_id: str) -> str:
        """What became of a run; '' if there is none. One whose process has died is marked so."""
        return (await self._statuses({run_id: 0}, presence=0))[0]

    async def _statuses(self, read: dict[str, int], presence: int = milliseconds(_PRESENCE_SECONDS)) -> list[str]:
        """What became of runs, of which each was read up to an entry's number."""
        asked = [item for run in read.items() for item in run]
        statuses, marked = await self._watch(keys=self._keys.used(read), args=[presence, *self._arguments, *asked])
        if marked:
            logger.warning("%d runs are marked interrupted: their process gave no sign of life", marked)
        return [status.decode() for status in statuses]

    async def subscribe(self, head: Head) -> Feed:
        """The feed of a run, with all that is logged by now, for a reader that is about to begin.

        Raises:
            LogUnavailableError: Valkey does not answer.
        """
        if head.id not in self._subscriptions:
            subscription = _Subscription(Feed(on_idle=lambda: self._unsubscribe(head.id)), head.encoding)
            with raising_unavailable():
                # First of all, or the run may be stopped meanwhile for want of readers.
                await self._statuses({head.id: 0})
                subscription.take(await self._commands.xrange(self._keys.log(head.id)))
                if subscription.feed.ended:
                    return subscription.feed
                # Another reader of the run may have been faster.
                if self._subscriptions.setdefault(head.id, subscription) is subscription:
                    subscription.feed.expect_reader()
                    await self.send(self._process, "wake", "")
                    return subscription.feed
        feed = self._subscriptions[head.id].feed
        feed.expect_reader()
        return feed

    async def send(self, process: str, message: str, run_id: str) -> None:
        """Sends a message to a process. Raises UNAVAILABLE."""
        await self._send(keys=self._keys.used((), self._keys.process(process)), args=[process, message, run_id])

    def _unsubscribe(self, run_id: str) -> None:
        self._subscriptions.pop(run_id, None)

    async def read_forever(self) -> None:
        """Reads what comes for any subscription and for this process, in one call, which a new subscription wakes."""
        messages = self._keys.process(self._process)
        while True:
            run_ids = {self._keys.log(run_id): run_id for run_id in self._subscriptions}
            positions = {key: self._subscriptions[run_id].last for key, run_id in run_ids.items()}
            try:
                streams = {messages: self._last_message, **positions}
                found = await self._blocking.xread(streams, block=milliseconds(BLOCK_SECONDS))
            except UNAVAILABLE:
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            for key, entries in found or []:
                if key.decode() == messages:
                    self._handle_messages(entries)
                else:
                    self._take(run_ids[key.decode()], entries)

    def _take(self, run_id: str, entries: Entries) -> None:
        subscription = self._subscriptions.get(run_id)
        if subscription is not None:
            subscription.take(entries)
            if subscription.feed.ended:
                self._unsubscribe(run_id)

    def _handle_messages(self, entries: Entries) -> None:
        for entry_id, fields in entries:
            self._last_message = entry_id
            if b"cancel" in fields:
                self._cancel(fields[b"cancel"].decode())

    async def watch_forever(self) -> None:
        """Tells that the subscribed runs are read here, and ends those whose process has died or that are lost."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            read = {run_id: _seq(subscription.last) for run_id, subscription in self._subscriptions.items()}
            try:
                statuses = await self._statuses(read) if read else []
            except UNAVAILABLE:
                self._handle_unavailable()
                continue
            self._unavailable_since = None
            for run_id, status in zip(read, statuses, strict=True):
                if status not in STATUSES:  # it is gone, a part of it is, or another build has written it
                    self._end(run_id, _LOST)

    def _handle_unavailable(self) -> None:
        now = asyncio.get_running_loop().time()
        self._unavailable_since = self._unavailable_since or now
        if now - self._unavailable_since > self._max_unavailable:
            self._end_all(_UNAVAILABLE)

    async def drain(self, seconds: float) -> None:
        """Lets the readers here read on for `seconds`, then ends what they read with an error that says so."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self._subscriptions and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - rare, and short
            await asyncio.sleep(0.1)
        self._end_all(_DRAINED)

    def _end_all(self, message: str) -> None:
        for run_id in list(self._subscriptions):
            self._end(run_id, message)

    def _end(self, run_id: str, message: str) -> None:
        subscription = self._subscriptions.pop(run_id, None)
        if subscription is not None:
            subscription.feed.cut_off = True
            subscription.feed.append(ending(subscription.encoding, message))
            subscription.feed.end()


def _seq(entry_id: bytes) -> int:
    return int(entry_id.partition(b"-")[0])
