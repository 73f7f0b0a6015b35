"""Tells the other processes how many runs this one carries for whom, and learns it from them."""

import asyncio
import json
from collections import Counter

from assistant_transport.runs.quotas import Counted, Quotas
from assistant_transport.runs.valkey import scripts
from assistant_transport.runs.valkey.client import UNAVAILABLE, Client, milliseconds
from assistant_transport.runs.valkey.keys import Keys


class QuotaExchange:
    """Exchanges counts three times in a lease. A process's counts expire after a lease, so a dead one leaves none.

    Args:
        client: to Valkey.
        keys: under which they are exchanged.
        process: this process's name.
        lease: seconds.
        quotas: whose own counts are told, and who is told the others'.
    """

    def __init__(self, client: Client, keys: Keys, process: str, lease: float, quotas: Quotas) -> None:
        self._exchange = keys.script(client, scripts.EXCHANGE)
        self._used = keys.used((), keys.counts)
        self._arguments = (process, milliseconds(lease))
        self._pause = lease / 3
        self._quotas = quotas

    async def run_forever(self) -> None:
        """Exchanges counts. While Valkey is unavailable the others' are unknown, and this process goes by its own."""
        while True:
            try:
                told = await self._exchange(keys=self._used, args=[*self._arguments, _encode(self._quotas.own)])
                self._quotas.others = sum(map(_decode, told), Counter())
            except UNAVAILABLE:
                self._quotas.others = Counter()
            await asyncio.sleep(self._pause)


def _encode(counts: Counter[Counted]) -> str:
    return json.dumps([[*counted, runs] for counted, runs in counts.items()])


def _decode(told: bytes) -> Counter[Counted]:
    try:
        return Counter({Counted(kind, name): int(runs) for kind, name, runs in json.loads(told)})
    except (ValueError, TypeError):
        return Counter()  # another build has told it
