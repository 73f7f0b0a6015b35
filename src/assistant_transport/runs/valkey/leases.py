"""Renews the leases of this process's runs, by which the other processes know that it lives."""

import asyncio
import logging
from contextlib import suppress

from assistant_transport.runs.valkey import scripts
from assistant_transport.runs.valkey.backlog import GAP, PendingRun
from assistant_transport.runs.valkey.client import UNAVAILABLE, Client, milliseconds
from assistant_transport.runs.valkey.keys import Keys

logger = logging.getLogger(__name__)

TAKEN_FOR_DEAD = "another process took this one for dead"
LOST_ENTRIES = "Valkey came back without entries of its log that it had acknowledged: a failover lost them"

# How long an ended run is looked after. After a planned failover by Sentinels the old primary acknowledges writes for
# ten seconds, which are lost (Valkey 9.1, Redis 7.0), unless this process asks the Sentinels itself.
ENDED_SECONDS = 15.0


class Leases:
    """Renews three times in a lease, tokens or not.

    Args:
        client: to Valkey, which gives up so soon that it can try again within a lease.
        keys: of the runs.
        lease: seconds.
        ended_ttl: how long an ended run lasts, in seconds.
    """

    def __init__(self, client: Client, keys: Keys, lease: float, ended_ttl: float) -> None:
        self._keys = keys
        self._renew = keys.script(client, scripts.RENEW)
        self._lease = lease
        self._arguments = (milliseconds(lease), milliseconds(ended_ttl), scripts.endings(GAP))
        self._runs: dict[str, PendingRun] = {}
        self._ended: dict[str, tuple[PendingRun, float]] = {}  # and until when they are looked after

    def add(self, run: PendingRun) -> None:
        self._runs[run.head.id] = run

    def end(self, run: PendingRun) -> None:
        """For a run that has ended, or that is not written any more."""
        self._runs.pop(run.head.id, None)
        if run.written:
            self._ended[run.head.id] = run, asyncio.get_running_loop().time() + ENDED_SECONDS

    def doubt_all(self) -> None:
        """Has all runs checked by the next batch that they are in."""
        for run in self._runs.values():
            run.doubtful = True

    async def renew_forever(self) -> None:
        """Renews at a steady pace, however long an attempt takes. Failures are for Health to report."""
        loop = asyncio.get_running_loop()
        while True:
            next_time = loop.time() + self._lease / 3
            with suppress(*UNAVAILABLE):
                await self._renew_once()
            await asyncio.sleep(next_time - loop.time())

    async def _renew_once(self) -> None:
        now = asyncio.get_running_loop().time()
        self._ended = {run_id: ended for run_id, ended in self._ended.items() if ended[1] > now}
        runs = [(run, 1) for run in self._runs.values() if not run.closed] + [
            (run, 0) for run, _ in self._ended.values()
        ]
        if not runs:
            return
        told = [item for run, lives in runs for item in (run.head.id, run.written, lives)]
        used = self._keys.used(run.head.id for run, _ in runs)
        marked, broken = await self._renew(keys=used, args=[*self._arguments, *told])
        for ids, reason in ((marked, TAKEN_FOR_DEAD), (broken, LOST_ENTRIES)):
            for run_id in map(bytes.decode, ids):
                self._ended.pop(run_id, None)
                run = self._runs.pop(run_id, None)
                if run is None or not run.closed:
                    logger.warning("A run cannot be resumed: %s", reason)
                if run is not None:
                    run.closed = True
