"""Reads other processes' runs: one blocking connection for all that this process's readers follow."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from redis.exceptions import RedisError

from assistant_transport.runs.feed import Feed
from assistant_transport.runs.log import LogUnavailableError
from assistant_transport.runs.valkey import scripts
from assistant_transport.runs.valkey.scripts import Client
from assistant_transport.runs.wire import ending

logger = logging.getLogger(__name__)

BLOCK_SECONDS = 5.0
WATCH_SECONDS = 1.0
_PRESENCE_MS = 3000  # three times as long as it takes to say so again
_UNREAD_SECONDS = 10.0  # a feed that nobody has begun to read by then is let go
_INTERRUPTED = "The server that wrote this reply has stopped. Please send your message again."
_AWAY = "The rest of this reply cannot be read right now. Please reload in a moment."
_DRAINED = "This server is restarting. Please reload to see the rest of this reply."
_LOST = "The rest of this reply was lost. Please send your message again."
_AWAY_ERRORS = (RedisError, OSError, TimeoutError)


@dataclass
class _Followed:
    feed: Feed
    last: bytes
    protocol: str


class Followers:
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
        self._followed: dict[str, _Followed] = {}
        self._watch = commands.register_script(scripts.WATCH)
        self._away_since: float | None = None
        self._patience = 2 * lease
        ends = [ending(protocol, _INTERRUPTED) for protocol in ("data-stream", "assistant-transport")]
        self._ttl_and_ends = [int(ended_ttl * 1000) or 1, *ends]

    async def status(self, run_id: str) -> str:
        """What became of a run; '' if there is none. One whose process has died is marked so."""
        return (await self._statuses([run_id], presence=0))[0]

    async def _statuses(self, run_ids: list[str], *, presence: int) -> list[str]:
        found = await self._watch(args=[self._prefix, presence, *self._ttl_and_ends, *run_ids])
        return [status.decode() for status in found]

    async def follow(self, run_id: str, protocol: str) -> Feed:
        """The run's feed, with all that is logged by now.

        Raises:
            LogUnavailableError: Valkey does not answer.
        """
        if run_id in self._followed:
            return self._followed[run_id].feed
        followed = _Followed(Feed(), b"0-0", protocol)
        try:
            # Said first, so that a run without live readers is not stopped for want of this one.
            await self._statuses([run_id], presence=_PRESENCE_MS)
            entries = await self._commands.xrange(f"{self._prefix}run:{run_id}:log")
        except _AWAY_ERRORS as error:
            raise LogUnavailableError from error
        if run_id in self._followed:  # another reader was faster
            return self._followed[run_id].feed
        self._take(followed, entries)
        if not followed.feed.ended:
            self._followed[run_id] = followed
            followed.feed.on_idle = lambda: self._let_go(run_id)
            asyncio.get_running_loop().call_later(_UNREAD_SECONDS, self._let_go, run_id)
            await tell(self._commands, self._control, "wake", "")
        return followed.feed

    def _let_go(self, run_id: str) -> None:
        followed = self._followed.get(run_id)
        if followed is not None and not followed.feed.readers:
            del self._followed[run_id]

    def _take(self, followed: _Followed, entries: list[tuple[bytes, dict[bytes, bytes]]]) -> None:
        for entry_id, fields in entries:
            if _seq(entry_id) <= _seq(followed.last):
                continue  # asked for before another reader fetched it
            followed.last = entry_id
            followed.feed.append(fields[b"f"])
            if fields[b"s"]:
                followed.feed.end()

    async def read(self) -> None:
        """Reads what comes for any of them, for ever, in one blocking call that a new follower interrupts."""
        while True:
            streams = {f"{self._prefix}run:{run_id}:log": run_id for run_id in self._followed}
            last = {name: self._followed[run_id].last for name, run_id in streams.items()}
            try:
                streams_since = {self._control: self._last_control, **last}
                found = await self._blocking.xread(streams_since, block=int(BLOCK_SECONDS * 1000))
            except _AWAY_ERRORS:
                await asyncio.sleep(0.5)
                continue
            for name, entries in found or []:
                if name.decode() == self._control:
                    self._obey(entries)
                elif (followed := self._followed.get(streams[name.decode()])) is not None:
                    self._take(followed, entries)
                    if followed.feed.ended:
                        self._followed.pop(streams[name.decode()], None)

    def _obey(self, entries: list[tuple[bytes, dict[bytes, bytes]]]) -> None:
        for entry_id, fields in entries:
            self._last_control = entry_id
            if b"cancel" in fields:
                self._cancel(fields[b"cancel"].decode())

    async def watch(self) -> None:
        """Looks after the runs that are followed, for ever: none may wait for a process that died."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            run_ids = list(self._followed)
            if not run_ids:
                self._away_since = None
                continue
            now = asyncio.get_running_loop().time()
            try:
                statuses = await self._statuses(run_ids, presence=_PRESENCE_MS)
            except _AWAY_ERRORS:
                self._away_since = self._away_since or now
                if now - self._away_since > self._patience:
                    for run_id in run_ids:
                        self._give_up(run_id, _AWAY)
                continue
            self._away_since = None
            for run_id, status in zip(run_ids, statuses, strict=True):
                if not status:
                    self._give_up(run_id, _LOST)

    async def drain(self, seconds: float) -> None:
        """Lets readers of other processes' runs read on for `seconds`, then ends what is left in so many words."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self._followed and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - until the last has gone
            await asyncio.sleep(0.1)
        for run_id in list(self._followed):
            self._give_up(run_id, _DRAINED)

    def _give_up(self, run_id: str, message: str) -> None:
        followed = self._followed.pop(run_id, None)
        if followed is not None:
            followed.feed.append(ending(followed.protocol, message))
            followed.feed.end()


async def tell(client: Client, control: str, what: str, run_id: str) -> None:
    """Sends a process a message. Raises LogUnavailableError."""
    try:
        await client.xadd(control, {what: run_id}, maxlen=1000, approximate=True)
        await client.expire(control, 3600)
    except _AWAY_ERRORS as error:
        raise LogUnavailableError from error


def _seq(entry_id: bytes) -> int:
    return int(entry_id.partition(b"-")[0])
