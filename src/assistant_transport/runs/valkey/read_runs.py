"""Lets runs expire sooner that their owners have read to the end."""

import asyncio
from contextlib import suppress

from assistant_transport.runs.log import Head
from assistant_transport.runs.valkey import scripts
from assistant_transport.runs.valkey.client import UNAVAILABLE, Client, milliseconds
from assistant_transport.runs.valkey.keys import Keys
from assistant_transport.runs.valkey.writer import BatchWriter

_INTERVAL_SECONDS = 1.0


class ReadRuns:
    """Tells Valkey once a second which runs were read; one of which it does not hear is kept as long as the others.

    Args:
        client: to Valkey.
        keys: of the runs.
        batches: writes the ends of runs, which must have been written before.
        ttl: seconds.
    """

    def __init__(self, client: Client, keys: Keys, batches: BatchWriter, ttl: float) -> None:
        self._shorten = keys.script(client, scripts.SHORTEN)
        self._keys = keys
        self._batches = batches
        self._ttl = ttl
        self._heads: list[Head] = []

    def add(self, head: Head) -> None:
        self._heads.append(head)

    async def tell_forever(self) -> None:
        while True:
            await asyncio.sleep(_INTERVAL_SECONDS)
            heads, self._heads = self._heads, []
            if heads and await self._batches.written(_INTERVAL_SECONDS):
                runs = [item for head in heads for item in (head.id, self._keys.found_by(head)[1])]
                used = self._keys.used(runs[::2], *runs[1::2])
                with suppress(*UNAVAILABLE):
                    await self._shorten(keys=used, args=[milliseconds(self._ttl), *runs])
