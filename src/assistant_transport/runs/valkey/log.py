"""The log in Valkey: what the rest of the project sees of it."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from math import inf

from assistant_transport.runs.feed import Feed
from assistant_transport.runs.log import Head, Record, RunLog, Status, Writer
from assistant_transport.runs.quotas import Quotas
from assistant_transport.runs.valkey.client import Clients, keys_for, raising_unavailable
from assistant_transport.runs.valkey.health import Health
from assistant_transport.runs.valkey.keys import HEAD_FIELDS, record
from assistant_transport.runs.valkey.leases import Leases
from assistant_transport.runs.valkey.quota_exchange import QuotaExchange
from assistant_transport.runs.valkey.read_runs import ReadRuns
from assistant_transport.runs.valkey.subscriptions import BLOCK_SECONDS, Subscriptions
from assistant_transport.runs.valkey.thread_claims import ThreadClaims
from assistant_transport.runs.valkey.writer import BATCH_SECONDS, BatchWriter

logger = logging.getLogger(__name__)

_CLOSE_SECONDS = 2.0
_SETTLE_SECONDS = 0.5  # how long a look-up waits for what this process has still to write


class ValkeyLog(RunLog):
    """Keeps runs in Valkey for `ttl` seconds after their end, readable from every process.

    Args:
        url: REDIS_URL.
        prefix: what the keys begin with: other deployments in the same database have another one.
        ttl: seconds.
        read_ttl: the same for a run in a thread that its owner has read to the end.
        lease: seconds after which a run whose process gives no sign of life counts as interrupted.
        max_run_seconds: how long a run may take.
        cancel: called with the id of a run of this process that another process wants stopped.
        quotas: counts, which the processes tell each other.
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str,
        ttl: float,
        lease: float,
        max_run_seconds: float,
        cancel: Callable[[str], object],
        quotas: Quotas,
        read_ttl: float = inf,
    ) -> None:
        process = secrets.token_hex(8)
        self._keys = keys = keys_for(url, prefix)
        self._clients = Clients(url, keys, lease, BLOCK_SECONDS)
        self._commands = self._clients.commands
        self._health = Health(self._clients.control, keys, process, lease / 3, self._clients.reconnect)
        self._leases = Leases(self._clients.control, keys, lease, ttl)
        self._batches = BatchWriter(
            self._clients.writes,
            keys,
            process,
            self._leases,
            self._health,
            lease=lease,
            running_ttl=max_run_seconds + ttl,
            ended_ttl=ttl,
        )
        self._subscriptions = Subscriptions(self._commands, self._clients.blocking, keys, process, lease, ttl, cancel)
        self._read = ReadRuns(self._commands, keys, self._batches, min(read_ttl, ttl))
        self._exchange = QuotaExchange(self._commands, keys, process, lease, quotas)
        self._claims = ThreadClaims(
            self._clients.control, keys, process, lease=lease, ttl=max_run_seconds + ttl, lost=cancel
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        work = (
            self._batches.write_forever,
            self._leases.renew_forever,
            self._health.check_forever,
            self._subscriptions.read_forever,
            self._subscriptions.watch_forever,
            self._exchange.run_forever,
            self._claims.renew_forever,
            self._read.tell_forever,
            self._clients.follow_forever,
        )
        self._tasks = [asyncio.create_task(_restart_when_it_fails(part)) for part in work]

    async def drain(self, seconds: float) -> None:
        await self._subscriptions.drain(seconds)

    async def close(self) -> None:
        if not await self._batches.written(_CLOSE_SECONDS):
            logger.warning("The run log is unavailable: the end of some runs is not logged")
        await self._claims.close()
        pending = set(self._tasks)
        while pending:  # again and again: wait_for, which redis-py uses, may lose a cancellation on Python 3.11
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=0.1)
        await self._clients.close()

    @property
    def problem(self) -> str | None:
        return self._health.problem.kind if self._health.problem else None

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
        with raising_unavailable():
            status = await self._subscriptions.status(run_id)
            fields = await self._commands.hmget(self._keys.run(run_id), HEAD_FIELDS)
        return record(run_id, status, fields)

    async def latest(self, owner: str, thread: str) -> Record | None:
        await self._batches.written(_SETTLE_SECONDS)
        with raising_unavailable():
            run_id = await self._commands.get(self._keys.latest(owner, thread))
        return None if run_id is None else await self._find(run_id.decode())

    async def forget(self, owner: str, thread: str) -> None:
        await self._batches.written(_SETTLE_SECONDS)
        latest = self._keys.latest(owner, thread)
        with raising_unavailable():
            run_id = await self._commands.get(latest)
            if run_id is not None:
                name = run_id.decode()
                await self._commands.unlink(latest, self._keys.run(name), self._keys.log(name))

    async def forget_owner(self, owner: str) -> None:
        with raising_unavailable():
            async for key in self._commands.scan_iter(match=self._keys.run("*"), count=1000, _type="HASH"):
                found, status = await self._commands.hmget(key, "owner", "status")
                if found is not None and found.decode() == owner and status != Status.RUNNING.value.encode():
                    await self._commands.unlink(key, key + b":log")

    async def only_running(self, owner: str) -> Record | None:
        await self._batches.written(_SETTLE_SECONDS)
        with raising_unavailable():
            ids = await self._commands.smembers(self._keys.running(owner))
        only = None
        for run_id in ids:
            record = await self._find(run_id.decode())
            if record is None or record.status is not Status.RUNNING:
                with raising_unavailable():  # its process died before it could say so
                    await self._commands.srem(self._keys.running(owner), run_id)
            elif only is not None:
                return None
            else:
                only = record
        return only

    async def subscribe(self, record: Record) -> Feed:
        return await self._subscriptions.subscribe(record.head)

    def note_read(self, head: Head) -> None:
        if head.thread is not None:
            self._read.add(head)

    async def has_subscribers(self, run_id: str) -> bool:
        with raising_unavailable():
            return bool(await self._commands.exists(self._keys.readers(run_id)))

    async def cancel(self, run_id: str) -> None:
        with raising_unavailable():
            process = await self._commands.hget(self._keys.run(run_id), "process")
            if process is not None:
                await self._subscriptions.send(process.decode(), "cancel", run_id)

    async def claim_thread(self, head: Head, *, cancel: bool) -> bool:
        with raising_unavailable():
            holder = await self._claims.claim(head)
            if holder is not None and cancel:
                await self._subscriptions.send(holder.process, "cancel", holder.run_id)
        return holder is None

    def release_thread(self, head: Head) -> None:
        self._claims.release(head)


async def _restart_when_it_fails(work: Callable[[], Awaitable[None]]) -> None:
    """Does `work`, which never ends by itself, again whenever it fails: a defect in it must not end it unnoticed."""
    while True:
        try:
            await work()
        except Exception:
            logger.exception("The run log failed and goes on")
            await asyncio.sleep(1)
