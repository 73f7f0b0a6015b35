"""Pending calls in Valkey, shared by all processes: a hash for each thread, changed by scripts only."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from assistant_transport.approvals.kept import Kept, Outcome, PendingCall, PendingCalls, Place, Status
from assistant_transport.runs.valkey.client import (
    Client,
    connect,
    find_primary,
    keys_for,
    milliseconds,
    raising_unavailable,
)

_TIMEOUT = 2.0  # seconds

# Of a call: `s:ID` its status, `e:ID` when it expires (ms), `c:ID` the call and `o:ID` its outcome, both as JSON.
_LUA = """
local key = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function status_of(id)
  local known = redis.call('HMGET', key, 's:' .. id, 'e:' .. id)
  if known[1] == 'pending' and now >= tonumber(known[2]) then return 'expired' end
  return known[1] or ''
end
local function is_settled(id)
  local status = status_of(id)
  if status == 'closed' or status == 'abandoned' or status == 'expired' then return true end
  return redis.call('HEXISTS', key, 'o:' .. id) == 1
end
local function ids()
  local found = {}
  for _, name in ipairs(redis.call('HKEYS', key)) do
    if string.sub(name, 1, 2) == 's:' then found[#found + 1] = string.sub(name, 3) end
  end
  return found
end
local function kept()
  local found = {}
  for _, id in ipairs(ids()) do
    local values = redis.call('HMGET', key, 'c:' .. id, 'o:' .. id)
    found[#found + 1] = {status_of(id), values[1], values[2] or ''}
  end
  return found
end
"""

# ARGV: how long a call can be decided (ms); then for each its id and JSON. The first write takes memory: over its
# maxmemory a server refuses it, and nothing is asked then.
_OPEN = (
    _LUA
    + """
local settled = {}
for _, id in ipairs(ids()) do
  if is_settled(id) then settled[#settled + 1] = id end
end
for i = 2, #ARGV, 2 do
  local id, expires = ARGV[i], string.format('%.0f', now + ARGV[1])
  redis.call('HSET', key, 's:' .. id, 'pending', 'e:' .. id, expires, 'c:' .. id, ARGV[i + 1])
end
for _, id in ipairs(settled) do redis.call('HDEL', key, 's:' .. id, 'e:' .. id, 'c:' .. id, 'o:' .. id) end
redis.call('PEXPIRE', key, 2 * ARGV[1]) -- as long again, so that a late answer reads why it is refused
return 1
"""
)
_KEPT = f"{_LUA}return kept()"

# ARGV: ids and statuses, by turns. Returns the id and status of one that is not pending, else nothing.
_DECIDE = (
    _LUA
    + """
for i = 1, #ARGV, 2 do
  local status = status_of(ARGV[i])
  if status ~= 'pending' then return {ARGV[i], status} end
end
for i = 1, #ARGV, 2 do redis.call('HSET', key, 's:' .. ARGV[i], ARGV[i + 1]) end
return {}
"""
)

# ARGV: ids and outcomes, by turns.
_FINISH = (
    _LUA
    + """
for i = 1, #ARGV, 2 do
  if status_of(ARGV[i]) ~= '' then redis.call('HSET', key, 'o:' .. ARGV[i], ARGV[i + 1]) end
end
return kept()
"""
)

# Returns the calls that were pending.
_CLOSE = (
    _LUA
    + """
local closed = {}
for _, id in ipairs(ids()) do
  if status_of(id) == 'pending' then
    redis.call('HSET', key, 's:' .. id, 'closed')
    closed[#closed + 1] = redis.call('HGET', key, 'c:' .. id)
  elseif not is_settled(id) then
    redis.call('HSET', key, 's:' .. id, 'abandoned')
  end
end
return closed
"""
)


class ValkeyPendingCalls(PendingCalls):
    def __init__(self, url: str, prefix: str, ttl: float) -> None:
        self._keys = keys_for(url, prefix)
        self._ttl = str(milliseconds(ttl))
        self._primary = find_primary(url, self._keys)
        self._client: Client = connect(url, _TIMEOUT, self._primary)

    async def open(self, place: Place, calls: Sequence[PendingCall]) -> None:
        await self._run(_OPEN, place, self._ttl, *(text for call in calls for text in (call.id, _json(call))))

    async def kept(self, place: Place) -> list[Kept]:
        return [_kept(item) for item in await self._run(_KEPT, place)]

    async def decide(self, place: Place, decisions: Mapping[str, Status]) -> tuple[str, Status | None] | None:
        arguments = [text for call_id, status in decisions.items() for text in (call_id, status.value)]
        refused = await self._run(_DECIDE, place, *arguments)
        if not refused:
            return None
        call_id, status = (item.decode() for item in refused)
        return call_id, Status(status) if status else None

    async def finish(self, place: Place, outcomes: Mapping[str, Outcome]) -> list[Kept]:
        arguments = [text for call_id, outcome in outcomes.items() for text in (call_id, _json(outcome))]
        return [_kept(item) for item in await self._run(_FINISH, place, *arguments)]

    async def close(self, place: Place) -> list[PendingCall]:
        return [PendingCall(**json.loads(item)) for item in await self._run(_CLOSE, place)]

    async def forget(self, place: Place) -> None:
        with raising_unavailable():
            await self._client.unlink(self._keys.pending(*place))

    async def disconnect(self) -> None:
        await self._client.aclose()
        if self._primary is not None:
            await self._primary.close()

    async def _run(self, script: str, place: Place, *arguments: str) -> Any:
        with raising_unavailable():
            return await self._client.eval(script, 1, self._keys.pending(*place), *arguments)


def _json(value: PendingCall | Outcome) -> str:
    return json.dumps(asdict(value), ensure_ascii=False)


def _kept(item: Sequence[bytes]) -> Kept:
    status, call, outcome = item
    return Kept(
        PendingCall(**json.loads(call)), Status(status.decode()), Outcome(**json.loads(outcome)) if outcome else None
    )
