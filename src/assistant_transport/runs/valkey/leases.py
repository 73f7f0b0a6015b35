"""Renews the leases of this process's runs, by which the other processes know that it lives."""

import asyncio
import logging
from contextlib import suppress

from assistant_transport.runs.valkey import scripts
from assistant_transport.runs.valkey.backlog import PendingRun
from assistant_transport.runs.valkey.client import UNAVAILABLE, Client, milliseconds
from assistant_transport.runs.valkey.keys import Keys

logger = logging.getLogger(__name__)


class Leases:
    """Renews three times in a lease, tokens or not.

    Args:
        client: to Valkey, which gives up so soon that it can try again within a lease.
        keys: of the runs.
        lease: seconds.
    """

    def __init__(self, client: Client, keys: Keys, lease: float) -> None:
        self._keys = keys
        self._renew = keys.script(client, scripts.RENEW)
        self._lease = lease
        self._runs: dict[str, PendingRun] = {}

    def add(self, run: PendingRun) -> None:
        self._runs[run.head.id] = run

    def discard(self, run: PendingRun) -> None:
        self._runs.pop(run.head.id, None)

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
        ids = [run_id for run_id, run in self._runs.items() if not run.closed]
        if not ids:
            return
        for run_id in await self._renew(keys=self._keys.used(ids), args=[milliseconds(self._lease), *ids]):
            run = self._runs.pop(run_id.decode(), None)
            if run is not None and not run.closed:
                logger.warning("A run cannot be resumed: another process took this one for dead")
                run.closed = True
