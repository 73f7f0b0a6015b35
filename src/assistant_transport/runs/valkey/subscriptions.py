"""Reads other processes' runs: one blocking connection for all that this process's readers follow."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from redis.exceptions import RedisError

from assistant_transport.runs.encoders import ending
from assistant_transport.runs.feed import Feed
from assistant_transport.runs.log import LogUnavailableError
from assistant_transport.runs.valkey import scripts
from assistant_transport.runs.valkey.scripts import Client

logger = logging.getLogger(__name__)

BLOCK_SECONDS = 5.0
WATCH_SECONDS = 1.0
_PRESENCE_MS = 3000  # three times as long as it takes to say so again
_INTERRUPTED = "The server that wrote this reply has stopped. Please send your message again."
_AWAY = "The rest of this reply cannot be read right now. Please reload in a moment."
_DRAINED = "This server is restarting. Please reload to see the rest of this reply."
_LOST = "The rest of this reply was lost. Please send your message again."
_AWAY_ERRORS = (RedisError, OSError, TimeoutError)


@dataclass
class _Subscription:
    feed: Feed
    last: bytes
    encoding: str


class Subscriptions:
    """The feeds of the runs that this process reads from Valkey.

    Args:
        commands: answers at once, or is away.
        blocking: a connection of its own, for reads that wait.
        cancel: called with the id of a run of this process that another process wants stopped.
    """

    def __init__(
        self, commands: Client, blocking: Client, prefix: str, process: str, lease: float, ended_ttl: float,
        cancel: Callable[[str], object],
    ) -> None:  # fmt: skip
        self._commands = commands
        self._blocking = blocking
        self._prefix = prefix
        self._control = f"{prefix}process:{process}"
        self._last_control = b"0-0"
        self._cancel = cancel
        self._subscriptions: dict[str, _Subscription] = {}
        self._watch = commands.register_script(scripts.WATCH)
        self._away_since: float | None = None
        self._timeout = 2 * lease
        ends = [ending(encoding, _INTERRUPTED) for encoding in ("data-stream", "assistant-transport")]
        self._ttl_and_ends = [int(ended_ttl * 1000) or 1, *ends]

    async def status(self, run_id: str) -> str:
        """What became of a run; '' if there is none. One whose process has died is marked so."""
        return (await self._statuses([run_id], presence=0))[0]

    async def _statuses(self, run_ids: list[str], *, presence: int) -> list[str]:
        found = await self._watch(args=[self._prefix, presence, *self._ttl_and_ends, *run_ids])
        return [status.decode() for status in found]

    async def subscribe(self, run_id: str, encoding: str) -> Feed:
        """The run's feed, with all that is logged by now.

        Raises:
            LogUnavailableError: Valkey does not answer.
        """
        if run_id not in self._subscriptions:
            subscription = _Subscription(Feed(on_idle=lambda: self._unsubscribe(run_id)), b"0-0", encoding)
            try:
                # First of all, or the run may be stopped meanwhile for want of readers.
                await self._statuses([run_id], presence=_PRESENCE_MS)
                self._take(subscription, await self._commands.xrange(f"{self._prefix}run:{run_id}:log"))
            except _AWAY_ERRORS as error:
                raise LogUnavailableError from error
            if subscription.feed.ended:
                return subscription.feed
            # Another reader of the run may have been faster.
            if self._subscriptions.setdefault(run_id, subscription) is subscription:
                subscription.feed.expect_reader()
                await tell(self._commands, self._control, "wake", "")
                return subscription.feed
        feed = self._subscriptions[run_id].feed
        feed.expect_reader()
        return feed

    def _unsubscribe(self, run_id: str) -> None:
        self._subscriptions.pop(run_id, None)

    def _take(self, subscription: _Subscription, entries: list[tuple[bytes, dict[bytes, bytes]]]) -> None:
        for entry_id, fields in entries:
            if _seq(entry_id) <= _seq(subscription.last):
                continue  # asked for before another reader fetched it
            subscription.last = entry_id
            subscription.feed.append(fields[b"f"])
            if fields[b"s"]:
                subscription.feed.end()

    async def read(self) -> None:
        """Reads what comes for any of them, for ever, in one blocking call that a new follower interrupts."""
        while True:
            streams = {f"{self._prefix}run:{run_id}:log": run_id for run_id in self._subscriptions}
            last = {name: self._subscriptions[run_id].last for name, run_id in streams.items()}
            try:
                streams_since = {self._control: self._last_control, **last}
                found = await self._blocking.xread(streams_since, block=int(BLOCK_SECONDS * 1000))
            except _AWAY_ERRORS:
                await asyncio.sleep(0.5)
                continue
            for name, entries in found or []:
                if name.decode() == self._control:
                    self._handle_messages(entries)
                elif (subscription := self._subscriptions.get(streams[name.decode()])) is not None:
                    self._take(subscription, entries)
                    if subscription.feed.ended:
                        self._subscriptions.pop(streams[name.decode()], None)

    def _handle_messages(self, entries: list[tuple[bytes, dict[bytes, bytes]]]) -> None:
        for entry_id, fields in entries:
            self._last_control = entry_id
            if b"cancel" in fields:
                self._cancel(fields[b"cancel"].decode())

    async def watch(self) -> None:
        """Looks after the subscribed runs, forever: none may wait for a process that died."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            run_ids = list(self._subscriptions)
            if not run_ids:
                self._away_since = None
                continue
            now = asyncio.get_running_loop().time()
            try:
                statuses = await self._statuses(run_ids, presence=_PRESENCE_MS)
            except _AWAY_ERRORS:
                self._away_since = self._away_since or now
                if now - self._away_since > self._timeout:
                    for run_id in run_ids:
                        self._end(run_id, _AWAY)
                continue
            self._away_since = None
            for run_id, status in zip(run_ids, statuses, strict=True):
                if not status:
                    self._end(run_id, _LOST)

    async def drain(self, seconds: float) -> None:
        """Lets readers of other processes' runs read on for `seconds`, then ends what is left in so many words."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self._subscriptions and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - until the last has gone
            await asyncio.sleep(0.1)
        for run_id in list(self._subscriptions):
            self._end(run_id, _DRAINED)

    def _end(self, run_id: str, message: str) -> None:
        subscription = self._subscriptions.pop(run_id, None)
        if subscription is not None:
            subscription.feed.append(ending(subscription.encoding, message))
            subscription.feed.end()


async def tell(client: Client, control: str, what: str, run_id: str) -> None:
    """Sends a process a message. Raises LogUnavailableError."""
    try:
        await client.xadd(control, {what: run_id}, maxlen=1000, approximate=True)
        await client.expire(control, 3600)
    except _AWAY_ERRORS as error:
        raise LogUnavailableError from error


def _seq(entry_id: bytes) -> int:
    return int(entry_id.partition(b"-")[0])
