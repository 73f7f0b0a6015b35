"""The log in Valkey: what the rest of the project sees of it."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from assistant_transport.runs.feed import Feed
from assistant_transport.runs.log import Head, LogUnavailableError, Record, RunLog, Status, Writer
from assistant_transport.runs.quotas import Quotas
from assistant_transport.runs.valkey.quota_exchange import QuotaExchange
from assistant_transport.runs.valkey.scripts import Client
from assistant_transport.runs.valkey.subscriptions import BLOCK_SECONDS, Subscriptions, tell
from assistant_transport.runs.valkey.writer import BATCH_SECONDS, BatchWriter, place

logger = logging.getLogger(__name__)

_PREFIX = "assistant:"
_CONNECTIONS = 16
_CLOSE_SECONDS = 2.0
_SETTLE_SECONDS = 0.5  # how long a look-up waits for what this process has still to write
_FIELDS = ("owner", "discoverable", "thread", "encoding", "state")
_AWAY_ERRORS = (RedisError, OSError, TimeoutError)


class ValkeyLog(RunLog):
    """Keeps runs in Valkey for `ttl` seconds after their end, readable from every process.

    Args:
        url: redis://…
        ttl: seconds.
        lease: seconds after which a run whose process gives no sign of life counts as interrupted.
        max_run_seconds: seconds that a run may take.
        cancel: called with the id of a run of this process that another process wants stopped.
        quotas: counts, which the processes tell each other.
    """

    def __init__(
        self,
        url: str,
        *,
        ttl: float,
        lease: float,
        max_run_seconds: float,
        cancel: Callable[[str], object],
        quotas: Quotas,
    ) -> None:
        process = secrets.token_hex(8)
        self._commands = _client(url, 2.0)
        self._blocking = _client(url, BLOCK_SECONDS + 5)
        self._writes = _client(url, 10.0)
        self._batches = BatchWriter(
            self._writes, _PREFIX, process, lease=lease, running_ttl=max_run_seconds + ttl, ended_ttl=ttl
        )
        self._subscriptions = Subscriptions(self._commands, self._blocking, _PREFIX, process, lease, ttl, cancel)
        self._exchange = QuotaExchange(self._commands, _PREFIX, process, lease, quotas)
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        work = (
            self._batches.write_batches,
            self._batches.renew_leases,
            self._subscriptions.read,
            self._subscriptions.watch,
            self._exchange.run_forever,
        )
        self._tasks = [asyncio.create_task(_for_ever(part)) for part in work]

    async def drain(self, seconds: float) -> None:
        await self._subscriptions.drain(seconds)

    async def close(self) -> None:
        if not await self._batches.written(_CLOSE_SECONDS):
            logger.warning("The run log is away: the end of some runs is not logged")
        for task in self._tasks:
            task.cancel()
        for client in (self._commands, self._blocking, self._writes):
            await client.aclose()

    @property
    def degraded(self) -> bool:
        return self._batches.degraded

    @property
    def lag(self) -> float:
        return self._batches.lag

    def begin(self, head: Head, feed: Feed) -> Writer:
        return self._batches.begin(head)

    async def find(self, run_id: str) -> Record | None:
        await self._batches.written(_SETTLE_SECONDS)
        record = await self._find(run_id)
        if record is None:
            # Its first batch may just be on the way from another process.
            await asyncio.sleep(2 * BATCH_SECONDS)
            record = await self._find(run_id)
        return record

    async def _find(self, run_id: str) -> Record | None:
        try:
            status = await self._subscriptions.status(run_id)
            found = await self._commands.hmget(f"{_PREFIX}run:{run_id}", _FIELDS)
        except _AWAY_ERRORS as error:
            raise LogUnavailableError from error
        if not status or found[0] is None:
            return None
        owner, discoverable, thread, encoding, state = (value.decode() for value in found)
        return Record(Head(run_id, owner, discoverable == "1", thread or None, encoding, state), Status(status))

    async def latest(self, owner: str, thread: str | None) -> Record | None:
        await self._batches.written(_SETTLE_SECONDS)
        try:
            run_id = await self._commands.get(f"{_PREFIX}latest:{place(owner, thread)}")
        except _AWAY_ERRORS as error:
            raise LogUnavailableError from error
        return None if run_id is None else await self._find(run_id.decode())

    async def subscribe(self, record: Record) -> Feed:
        return await self._subscriptions.subscribe(record.head.id, record.head.encoding)

    async def has_subscribers(self, run_id: str) -> bool:
        try:
            return bool(await self._commands.exists(f"{_PREFIX}run:{run_id}:readers"))
        except _AWAY_ERRORS as error:
            raise LogUnavailableError from error

    async def cancel(self, run_id: str) -> None:
        try:
            process = await self._commands.hget(f"{_PREFIX}run:{run_id}", "process")
        except _AWAY_ERRORS as error:
            raise LogUnavailableError from error
        if process is not None:
            await tell(self._commands, f"{_PREFIX}process:{process.decode()}", "cancel", run_id)


async def _for_ever(work: Callable[[], Awaitable[None]]) -> None:
    """Does `work`, which never ends by itself, again whenever it fails: a mistake in it must not end it unseen."""
    while True:
        try:
            await work()
        except Exception:
            logger.exception("The run log failed and goes on")
            await asyncio.sleep(1)


def _client(url: str, timeout: float) -> Client:
    """A client that fails after `timeout` seconds instead of trying again: its callers know better when to."""
    return Redis.from_pool(
        BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=timeout,  # for a free connection: when a replica dies, everybody resumes at once
            socket_timeout=timeout,
            socket_connect_timeout=min(timeout, 2.0),
            retry=Retry(NoBackoff(), 0),
        )
    )
