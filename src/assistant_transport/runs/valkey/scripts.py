"""What must happen at once in Valkey, in Lua. Keys are computed from ids, so it takes a single node, not a cluster."""

import json

from assistant_transport.runs.encoders import ENCODERS, ending
from assistant_transport.runs.valkey import keys


def endings(message: str) -> str:
    """What ends a run with an error, by the run's encoding, as JSON for the scripts."""
    return json.dumps({encoding: ending(encoding, message).decode() for encoding in ENCODERS})


# Writes a batch. ARGV: how long a lease, a running run and an ended one last (ms), the process, the endings of a run
# with a gap; then for each run its id, seq, frames, its status if it has ended, the keys by which its owner finds it
# (keys.found_by), and the number of items that create it, which follow: the fields of its head.
# A batch that is sent twice, since its answer was lost, is written once: `seq` tells.
# Returns for each run 1, or 0 if it does not run any more: then its process must not append to it.
WRITE = (
    keys.LUA
    + """
local lease, running_ttl, ended_ttl, process, gaps = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local results = {}
local i = 6
while i <= #ARGV do
  local id, seq, frames, status = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2], ARGV[i + 3]
  local running, latest, creating = ARGV[i + 4], ARGV[i + 5], tonumber(ARGV[i + 6])
  local run, log = run_key(id), log_key(id)
  i = i + 7
  if creating > 0 and redis.call('EXISTS', run) == 0 then
    redis.call('HSET', run, 'status', 'running', 'process', process, 'seq', 0, unpack(ARGV, i, i + creating - 1))
    redis.call('PEXPIRE', run, running_ttl)
    redis.call('SET', lease_key(id), process, 'PX', lease)
    if running ~= '' then
      redis.call('SADD', running, id)
      redis.call('PEXPIRE', running, running_ttl)
    end
    if latest ~= '' then redis.call('SET', latest, id, 'PX', running_ttl) end
  end
  i = i + creating
  local known = redis.call('HMGET', run, 'status', 'seq')
  if known[1] ~= 'running' then
    results[#results + 1] = 0
  else
    if seq > known[2] + 1 then
      -- Valkey came back with an older memory: what lies between is lost.
      status, frames = 'broken', cjson.decode(gaps)[redis.call('HGET', run, 'encoding')]
    end
    if tonumber(known[2]) < seq then
      redis.call('XADD', log, seq .. '-1', FRAMES, frames, STATUS, status)
      redis.call('HSET', run, 'seq', seq)
      if status == '' then
        if seq == 1 then redis.call('PEXPIRE', log, running_ttl) end
      else
        redis.call('HSET', run, 'status', status)
        redis.call('DEL', lease_key(id))
        redis.call('PEXPIRE', run, ended_ttl)
        redis.call('PEXPIRE', log, ended_ttl)
        if running ~= '' then redis.call('SREM', running, id) end
        if latest ~= '' and redis.call('GET', latest) == id then redis.call('PEXPIRE', latest, ended_ttl) end
      end
    end
    results[#results + 1] = status == 'broken' and 0 or 1
  end
end
return results
"""
)

# Renews the leases of a process's runs. ARGV: how long a lease lasts (ms), the runs' ids. Without any it still shows
# that Valkey answers.
RENEW = (
    keys.LUA
    + """
for i = 2, #ARGV do
  if redis.call('HGET', run_key(ARGV[i]), 'status') == 'running' then
    redis.call('SET', lease_key(ARGV[i]), 1, 'PX', ARGV[1])
  end
end
return 1
"""
)

# What became of runs that a process reads; '' for one that is not there. ARGV: how long its presence as a reader lasts
# (ms, 0 for none), how long an ended run lasts (ms), the endings of an interrupted run, the runs' ids.
# A run without a lease is marked interrupted, once, and ends with an error frame.
WATCH = (
    keys.LUA
    + """
local presence, ended_ttl, endings = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local results = {}
for i = 4, #ARGV do
  local id = ARGV[i]
  local run, log = run_key(id), log_key(id)
  local known = redis.call('HMGET', run, 'status', 'seq', 'encoding')
  local status = known[1] or ''
  if status == 'running' and redis.call('EXISTS', lease_key(id)) == 0 then
    status = 'interrupted'
    redis.call('XADD', log, (known[2] + 1) .. '-1', FRAMES, cjson.decode(endings)[known[3]], STATUS, status)
    redis.call('HSET', run, 'status', status)
    redis.call('PEXPIRE', run, ended_ttl)
    redis.call('PEXPIRE', log, ended_ttl)
  end
  if presence > 0 and status == 'running' then redis.call('SET', readers_key(id), 1, 'PX', presence) end
  results[#results + 1] = status
end
return results
"""
)

# Tells what a process carries, for as long as a lease, and returns what the other living processes have told. ARGV: the
# process, how long a lease lasts (ms), the counts.
EXCHANGE = f"local key = '{keys.COUNTS}'\n" + (
    """
local process, lease, counts = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local others = {}
local told = redis.call('HGETALL', key)
for i = 1, #told, 2 do
  local expires, said = string.match(told[i + 1], '^(%d+) (.*)$')
  if tonumber(expires) < now then
    redis.call('HDEL', key, told[i])
  elseif told[i] ~= process then
    others[#others + 1] = said
  end
end
redis.call('HSET', key, process, string.format('%.0f %s', now + lease, counts))
redis.call('PEXPIRE', key, lease)
return others
"""
)
