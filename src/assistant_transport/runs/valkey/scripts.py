"""What must happen at once in Valkey, in Lua, for Keys.script.

Keys are computed from ids. In a cluster, where all are in one slot, Keys.used names them as well.
"""

import json

from assistant_transport.runs.encoders import ENCODERS, ending


def endings(message: str) -> str:
    """What ends a run with an error, by the run's encoding, as JSON for the scripts."""
    return json.dumps({encoding: ending(encoding, message).decode() for encoding in ENCODERS})


# Ends a run with its last entry; `merged`, unless it is empty, takes the place of all entries. Readers that have read
# all before it go on with `frames`; others, of earlier builds too, can go on with `merged`.
# Its caller decides whether that may be refused for want of memory.
FINISH = """
local function finish(id, seq, frames, status, ended_ttl, merged)
  redis.call('HSET', run_key(id), 'seq', seq, 'status', status)
  if merged == '' then
    redis.call('XADD', log_key(id), seq .. '-1', FRAMES, frames, STATUS, status)
  else
    redis.call('DEL', log_key(id))
    redis.call('XADD', log_key(id), seq .. '-1', FRAMES, merged, STATUS, status, LAST, frames)
  end
  redis.call('DEL', lease_key(id))
  redis.call('PEXPIRE', run_key(id), ended_ttl)
  redis.call('PEXPIRE', log_key(id), ended_ttl)
end
"""

# Over its maxmemory a server refuses a script at its first write, if that takes memory, and none of the writes after
# one that takes none (Valkey 9.1, Redis 7.0). So what must not fail then, since it takes next to nothing, begins with
# PEXPIRE, DEL or HDEL; write_script.WRITE does not.

# Renews the leases of a process's runs, and sees whether their logs are still what they were. ARGV: how long a lease
# and an ended run last (ms), the endings of a run with a gap; then for each run its id, the number of its last entry
# that Valkey has acknowledged, and 1 unless it has ended.
# Where that entry, or the end, is missing, another server has taken Valkey's place, as a replica does after a failover
# that did not wait for it: the run is marked broken. Else readers would take it for one whose process has died.
# Returns the ids of those that a reader has marked interrupted, and of those that are broken.
RENEW = (
    FINISH
    + """
local lease, ended_ttl, gaps = ARGV[1], ARGV[2], ARGV[3]
local marked, broken = {}, {}
for i = 4, #ARGV, 3 do
  local id, written, lives = ARGV[i], ARGV[i + 1], ARGV[i + 2] == '1'
  local known = redis.call('HMGET', run_key(id), 'status', 'seq', 'encoding')
  local function is_behind()
    return written ~= '0' and #redis.call('XRANGE', log_key(id), written .. '-1', written .. '-1') == 0
  end
  if known[1] == 'running' and (not lives or is_behind()) then
    redis.call('PEXPIRE', run_key(id), ended_ttl) -- a write that takes no memory
    local seq = math.max(tonumber(known[2]), tonumber(written)) + 1
    finish(id, seq, cjson.decode(gaps)[known[3]], 'broken', ended_ttl, '')
    broken[#broken + 1] = id
  elseif lives and known[1] == 'interrupted' then
    marked[#marked + 1] = id
  elseif lives and known[1] == 'running' and redis.call('PEXPIRE', lease_key(id), lease) == 0 then
    redis.call('SET', lease_key(id), 1, 'PX', lease)
    redis.call('HDEL', run_key(id), 'missing', 'looked')
  end
end
return {marked, broken}
"""
)

# What became of runs that a process reads; '' for one that is not there, that another build has written, or that lacks
# what was read, or its end behind that, since a failover has lost it. ARGV: how
# long its presence as a reader lasts (ms, 0 for none), for how long a lease must have been seen missing (ms), how long
# an ended run lasts (ms), the endings of an interrupted run; then for each run its id, and the
# number of the last entry that was read, or 0.
# A run is marked interrupted, once, and ends with an error frame, when its lease was missing for so long while readers
# looked. Two looks count as at most MAX_LOOK apart, whatever lies between: after an outage, in which nobody could
# renew, a lease is missing although its process lives.
# Returns the statuses, and how many runs it marked.
WATCH = (
    FINISH
    + """
local MAX_LOOK = 1000
local presence, patience, ended_ttl = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local endings = cjson.decode(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local statuses, marked = {}, 0
for i = 5, #ARGV, 2 do
  local id, last = ARGV[i], ARGV[i + 1]
  local run = run_key(id)
  local known = redis.call('HMGET', run, 'status', 'seq', 'encoding', 'missing', 'looked')
  local status, seq, ending = known[1] or '', tonumber(known[2]), endings[known[3]]
  if not (seq and ending) then
    status = '' -- another build has written it
  elseif status == 'running' and redis.call('EXISTS', lease_key(id)) == 0 then
    redis.call('DEL', lease_key(id)) -- a write that takes no memory
    local missing = (known[4] or 0) + math.min(now - (known[5] or now), MAX_LOOK)
    redis.call('HSET', run, 'missing', missing, 'looked', string.format('%.0f', now))
    if missing >= patience then
      status = 'interrupted'
      marked = marked + 1
      finish(id, seq + 1, ending, status, ended_ttl, '')
    end
  end
  if last ~= '0' and status ~= '' then
    local from = (status == 'running' and '' or '(') .. last .. '-1'
    if #redis.call('XRANGE', log_key(id), from, '+', 'COUNT', 1) == 0 then status = '' end
  end
  if presence > 0 and status == 'running' and redis.call('PEXPIRE', readers_key(id), presence) == 0 then
    redis.call('SET', readers_key(id), 1, 'PX', presence)
  end
  statuses[#statuses + 1] = status
end
return {statuses, marked}
"""
)

# Has runs expire sooner that were read to their end. ARGV: after how long (ms), then for each run its id, and the key
# by which its thread's latest run is found, or ''.
SHORTEN = """
for i = 2, #ARGV, 2 do
  local id, latest = ARGV[i], ARGV[i + 1]
  if redis.call('HGET', run_key(id), 'status') ~= 'running' then
    redis.call('PEXPIRE', run_key(id), ARGV[1], 'LT')
    redis.call('PEXPIRE', log_key(id), ARGV[1], 'LT')
    if latest ~= '' and redis.call('GET', latest) == id then redis.call('PEXPIRE', latest, ARGV[1], 'LT') end
  end
end
return 1
"""

# Sends a message to a process. ARGV: the process, what is to be done, the run's id.
SEND = """
local key = process_key(ARGV[1])
redis.call('PEXPIRE', key, 3600000)
redis.call('XADD', key, 'MAXLEN', '~', 1000, '*', ARGV[2], ARGV[3])
redis.call('PEXPIRE', key, 3600000)
return 1
"""

# Tells what a process carries, for as long as a lease, and returns what the other living processes have told. ARGV: the
# process, how long a lease lasts (ms), the counts.
EXCHANGE = """
local key = counts_key('')
local process, lease, counts = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local others = {}
redis.call('HDEL', key, process)
local told = redis.call('HGETALL', key)
for i = 1, #told, 2 do
  local expires, said = string.match(told[i + 1], '^(%d+) (.*)$')
  if expires and tonumber(expires) < now then
    redis.call('HDEL', key, told[i])
  elseif expires then
    others[#others + 1] = said
  end
end
redis.call('HSET', key, process, string.format('%.0f %s', now + lease, counts))
redis.call('PEXPIRE', key, lease)
return others
"""
