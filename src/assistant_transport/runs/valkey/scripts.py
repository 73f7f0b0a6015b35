"""What must happen at once in Valkey, in Lua. Keys are computed from ids, so they take a single node, not a cluster."""

from typing import Any

Client = Any  # redis.asyncio.Redis, whose types admit str where it answers bytes

# Writes a batch: for each run its creation (5 fields and 2 places, or none), new frames, and its outcome, if any.
# A batch that is sent twice, since its answer was lost, is written once: `seq` tells.
# Returns for each run 1, or 0 if it is not running any more: then its process must not append to it.
WRITE = """
local prefix, lease, running_ttl, ended_ttl, process = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local gaps = {['data-stream'] = ARGV[6], ['assistant-transport'] = ARGV[7]}
local results = {}
local i = 8
while i <= #ARGV do
  local id, seq, frames, status, created = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  local latest, thread_latest = ARGV[i + 5], ARGV[i + 6]
  local run = prefix .. 'run:' .. id
  i = i + 7
  if created == '1' then
    if redis.call('EXISTS', run) == 0 then
      redis.call('HSET', run, 'owner', ARGV[i], 'discoverable', ARGV[i + 1], 'thread', ARGV[i + 2],
        'encoding', ARGV[i + 3], 'state', ARGV[i + 4], 'status', 'running', 'process', process, 'seq', 0)
      redis.call('PEXPIRE', run, running_ttl)
      redis.call('SET', run .. ':lease', process, 'PX', lease)
      if latest ~= '' then redis.call('SET', prefix .. 'latest:' .. latest, id, 'PX', running_ttl) end
      if thread_latest ~= '' then redis.call('SET', prefix .. 'latest:' .. thread_latest, id, 'PX', running_ttl) end
    end
    i = i + 5
  end
  local known = redis.call('HMGET', run, 'status', 'seq')
  if known[1] == 'running' and seq > known[2] + 1 then
    -- A Valkey that came back with an older memory: what lies between is lost.
    status, frames = 'broken', gaps[redis.call('HGET', run, 'encoding')]
  end
  if known[1] ~= 'running' then
    results[#results + 1] = 0
  else
    if tonumber(known[2]) < seq then
      redis.call('XADD', run .. ':log', seq .. '-1', 'f', frames, 's', status)
      redis.call('HSET', run, 'seq', seq)
      if status == '' then
        if seq == 1 then redis.call('PEXPIRE', run .. ':log', running_ttl) end
      else
        redis.call('HSET', run, 'status', status)
        redis.call('DEL', run .. ':lease')
        redis.call('PEXPIRE', run, ended_ttl)
        redis.call('PEXPIRE', run .. ':log', ended_ttl)
        for _, place in ipairs({latest, thread_latest}) do
          local key = prefix .. 'latest:' .. place
          if place ~= '' and redis.call('GET', key) == id then redis.call('PEXPIRE', key, ended_ttl) end
        end
      end
    end
    results[#results + 1] = status == 'broken' and 0 or 1
  end
end
return results
"""

# Renews the leases of a process's runs. Without any it still tells that Valkey is there.
RENEW = """
for i = 3, #ARGV do
  local run = ARGV[1] .. 'run:' .. ARGV[i]
  if redis.call('HGET', run, 'status') == 'running' then redis.call('SET', run .. ':lease', 1, 'PX', ARGV[2]) end
end
return 1
"""

# What became of runs that a process reads, whose presence there it renews. One whose lease has gone is marked
# interrupted, once, and ends with an error frame in its own encoding. An unknown one is ''.
WATCH = """
local prefix, presence, ended_ttl = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local ends = {['data-stream'] = ARGV[4], ['assistant-transport'] = ARGV[5]}
local results = {}
for i = 6, #ARGV do
  local run = prefix .. 'run:' .. ARGV[i]
  local known = redis.call('HMGET', run, 'status', 'seq', 'encoding')
  local status = known[1] or ''
  if status == 'running' and redis.call('EXISTS', run .. ':lease') == 0 then
    status = 'interrupted'
    redis.call('XADD', run .. ':log', (known[2] + 1) .. '-1', 'f', ends[known[3]], 's', status)
    redis.call('HSET', run, 'status', status)
    redis.call('PEXPIRE', run, ended_ttl)
    redis.call('PEXPIRE', run .. ':log', ended_ttl)
  end
  if presence > 0 and status == 'running' then redis.call('SET', run .. ':readers', 1, 'PX', presence) end
  results[#results + 1] = status
end
return results
"""

# Says what a process carries, for a lease, and returns what the others have said. One that died says nothing new.
EXCHANGE = """
local key, process, lease, counts = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local others = {}
local told = redis.call('HGETALL', key)
for i = 1, #told, 2 do
  local until_, said = string.match(told[i + 1], '^(%d+) (.*)$')
  if tonumber(until_) < now then
    redis.call('HDEL', key, told[i])
  elseif told[i] ~= process then
    others[#others + 1] = said
  end
end
redis.call('HSET', key, process, string.format('%.0f %s', now + lease, counts))
redis.call('PEXPIRE', key, lease)
return others
"""
