"""Which run, in which process, has a kept thread for itself."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from assistant_transport.runs.log import Head
from assistant_transport.runs.valkey.client import UNAVAILABLE, Client, milliseconds
from assistant_transport.runs.valkey.keys import Keys
from assistant_transport.runs.valkey.subscriptions import PATIENCE_LEASES

logger = logging.getLogger(__name__)

_CLOSE_SECONDS = 1.0

# Claims a kept thread for a run. KEYS: the thread. ARGV: the process, how long a claim lasts unless it is renewed (ms),
# how long it is remembered (ms), for how long it must have been seen unrenewed (ms), the run's id.
# A claim that is over counts until it was seen so for a while, as a missing lease does in scripts.WATCH. A process may
# pass its claim on from one run to the next.
# Returns the run that has the thread and its process; nothing if that is this run.
_CLAIM = """
local MAX_LOOK = 1000
local key, process, lease, ttl, patience, id = KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local claim = redis.call('HMGET', key, 'run', 'process', 'until', 'missing', 'looked')
if claim[1] and claim[2] ~= process then
  if now < tonumber(claim[3]) then return {claim[1], claim[2]} end
  local missing = (claim[4] or 0) + math.min(now - (claim[5] or now), MAX_LOOK)
  if missing < patience then
    redis.call('HSET', key, 'missing', missing, 'looked', string.format('%.0f', now))
    return {claim[1], claim[2]}
  end
end
redis.call('DEL', key)
redis.call('HSET', key, 'run', id, 'process', process, 'until', string.format('%.0f', now + lease))
redis.call('PEXPIRE', key, ttl)
return {}
"""

# Renews a process's claims. KEYS: the threads. ARGV: as for _CLAIM, then the ids of their runs.
# Returns the ids of those whose thread another run has claimed.
_RENEW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lost = {}
for i, key in ipairs(KEYS) do
  local id = ARGV[i + 3]
  local holder = redis.call('HGET', key, 'run')
  if holder and holder ~= id then
    lost[#lost + 1] = id
  else
    redis.call('PEXPIRE', key, ARGV[3]) -- a write that takes no memory
    redis.call('HSET', key, 'run', id, 'process', ARGV[1], 'until', string.format('%.0f', now + ARGV[2]))
    redis.call('HDEL', key, 'missing', 'looked')
    redis.call('PEXPIRE', key, ARGV[3])
  end
end
return lost
"""

# Ends a run's claim of a thread. KEYS: the thread. ARGV: the run's id.
_RELEASE = """
if redis.call('HGET', KEYS[1], 'run') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""


@dataclass(frozen=True)
class Holder:
    """The run that has a thread, and the name of its process."""

    run_id: str
    process: str


class ThreadClaims:
    """The threads that runs of this process have for themselves.

    Args:
        client: answers at once or fails.
        keys: under which they are claimed.
        process: this process's name.
        lease: seconds for which a claim lasts unless it is renewed.
        ttl: seconds after which a claim that nobody asks about is forgotten.
        lost: called with the id of a run whose thread another process has claimed, in an outage in which this one
            could not renew its claim.
    """

    def __init__(
        self, client: Client, keys: Keys, process: str, *, lease: float, ttl: float, lost: Callable[[str], object]
    ) -> None:
        self._keys = keys
        self._lease = lease
        self._arguments = (process, milliseconds(lease), milliseconds(ttl))
        self._patience = milliseconds(PATIENCE_LEASES * lease)
        self._lost = lost
        self._claim = client.register_script(_CLAIM)
        self._renew = client.register_script(_RENEW)
        self._release = client.register_script(_RELEASE)
        self._held: dict[str, str] = {}  # the ids of runs, by the keys of their threads
        self._releases: set[asyncio.Task[None]] = set()

    async def claim(self, head: Head) -> Holder | None:
        """None if the run has its thread now, else who has it. Raises UNAVAILABLE."""
        key = self._keys.thread(head)
        holder = await self._claim(keys=[key], args=[*self._arguments, self._patience, head.id])
        if holder:
            return Holder(*(each.decode() for each in holder))
        self._held[key] = head.id
        return None

    def release(self, head: Head) -> None:
        """Ends a claim; one that Valkey does not hear of ends with its lease."""
        key = self._keys.thread(head)
        if self._held.get(key) == head.id:
            del self._held[key]
        task = asyncio.create_task(self._end(key, head.id))
        self._releases.add(task)
        task.add_done_callback(self._releases.discard)

    async def _end(self, key: str, run_id: str) -> None:
        with suppress(*UNAVAILABLE):
            await self._release(keys=[key], args=[run_id])

    async def renew_forever(self) -> None:
        """Renews the claims three times in a lease, and stops runs that have lost theirs."""
        while True:
            await asyncio.sleep(self._lease / 3)
            held = dict(self._held)
            if not held:
                continue
            with suppress(*UNAVAILABLE):
                for run_id in await self._renew(keys=list(held), args=[*self._arguments, *held.values()]):
                    logger.warning("A run is stopped: another one has claimed its thread while Valkey was away")
                    self._lost(run_id.decode())
                for key, run_id in held.items():
                    if self._held.get(key) != run_id:  # it was released meanwhile, perhaps before it was renewed
                        await self._end(key, run_id)

    async def close(self) -> None:
        if self._releases:
            await asyncio.wait(self._releases, timeout=_CLOSE_SECONDS)
