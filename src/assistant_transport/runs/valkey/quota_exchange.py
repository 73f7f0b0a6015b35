"""Tells the other processes how many runs this one carries for whom, and learns it of them."""

import asyncio
import json
import logging
from collections import Counter

from redis.exceptions import RedisError

from assistant_transport.runs.quotas import Counted, Quotas
from assistant_transport.runs.valkey import scripts
from assistant_transport.runs.valkey.scripts import Client

logger = logging.getLogger(__name__)


class QuotaExchange:
    """Exchanges counts every third of a lease. What a process told is forgotten a lease later, so none has to tidy up.

    Args:
        client: to Valkey.
        prefix: of its keys.
        process: this process's name.
        lease: seconds.
        quotas: whose counts are told, and who is told the others'.
    """

    def __init__(self, client: Client, prefix: str, process: str, lease: float, quotas: Quotas) -> None:
        self._tell = client.register_script(scripts.EXCHANGE)
        self._arguments = (f"{prefix}carried", process, int(lease * 1000))
        self._pause = lease / 3
        self._quotas = quotas

    async def run_forever(self) -> None:
        """Exchanges counts, for ever. Without Valkey the others' are not known, and this process goes by its own."""
        while True:
            try:
                told = await self._tell(args=[*self._arguments, _encode(self._quotas.own)])
                self._quotas.others = sum(map(_decode, told), Counter())
            except (RedisError, OSError, TimeoutError):
                self._quotas.others = Counter()
            await asyncio.sleep(self._pause)


def _encode(counts: Counter[Counted]) -> str:
    return json.dumps([[*counted, runs] for counted, runs in counts.items()])


def _decode(told: bytes) -> Counter[Counted]:
    return Counter({Counted(kind, name): runs for kind, name, runs in json.loads(told)})
