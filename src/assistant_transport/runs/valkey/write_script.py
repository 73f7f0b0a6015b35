"""The script that writes a batch of runs to Valkey, for Keys.script."""

from typing import Any

from assistant_transport.runs.log import Head, Status
from assistant_transport.runs.valkey import scripts
from assistant_transport.runs.valkey.backlog import CHECK_EVERY, PendingRun
from assistant_transport.runs.valkey.keys import Keys

# Writes a batch. ARGV: how long a lease, a running run and an ended one last (ms), the process, the endings of a run
# with a gap; the batch's number, and how many runs go on, each of which has its id, seq and frames. After them each of
# the others, which begin, end or are to be checked, has its id, seq, frames, status if it ends, the frames in place of
# all its frames or '', the keys by which its owner finds it (Keys.found_by), and, if it begins, how many items follow:
# the fields of its head.
#
# A run that goes on costs one XADD, for what could forbid it shows otherwise. If Valkey came back with an older memory,
# or a batch is sent twice since its answer was lost, the number of the last batch is not the one before: then each run
# is checked, now or in its next batch. If another process has ended a run, the number of its last entry is higher than
# that of any entry without a check, for the `seq` in its hash is ahead of the log, and XADD refuses what is lower.
#
# Returns whether the number was wrong, then the ids and statuses, by turns, of runs that are not running, '' for one
# that is not there: its process must not append to them.
WRITE = (
    scripts.FINISH
    + f"local CHECK_EVERY = {CHECK_EVERY}"
    + """
local call = redis.call
local lease, running_ttl, ended_ttl, process, gaps = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local number = tonumber(ARGV[6])
local results = {}

local function create(id, running, latest, first, last)
  call('HSET', run_key(id), 'status', 'running', 'process', process, 'seq', 0, unpack(ARGV, first, last))
  call('PEXPIRE', run_key(id), running_ttl)
  call('SET', lease_key(id), process, 'PX', lease)
  if running ~= '' then
    call('SADD', running, id)
    call('PEXPIRE', running, running_ttl)
  end
  if latest ~= '' then call('SET', latest, id, 'PX', running_ttl) end
end

local function has(id, seq)
  return #call('XRANGE', log_key(id), seq .. '-1', seq .. '-1') > 0
end

local function check_and_write(id, seq, frames, status, merged, running, latest)
  local known = call('HMGET', run_key(id), 'status', 'encoding')
  if known[1] == 'running' and not has(id, seq) then
    if seq > 1 and not has(id, seq - 1) then
      status, merged, frames = 'broken', '', cjson.decode(gaps)[known[2]]
    end
    if status == '' then
      call('XADD', log_key(id), seq .. '-1', FRAMES, frames, STATUS, '')
      call('HSET', run_key(id), 'seq', seq + CHECK_EVERY - 1)
      if seq == 1 then call('PEXPIRE', log_key(id), running_ttl) end
    else
      finish(id, seq, frames, status, ended_ttl, merged)
      known[1] = status
      if running ~= '' then call('SREM', running, id) end
      if latest ~= '' and call('GET', latest) == id then call('PEXPIRE', latest, ended_ttl) end
    end
  end
  if known[1] ~= 'running' then
    results[#results + 1] = id
    results[#results + 1] = known[1] or ''
  end
end

local is_wrong = tonumber(call('GET', batch_key(process)) or 0) ~= number - 1
call('SET', batch_key(process), number, 'PX', running_ttl)
results[1] = is_wrong and '1' or ''
local ongoing = 7 + 3 * ARGV[7]
for i = 8, ongoing, 3 do
  local id, seq, frames = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local added = not is_wrong
    and redis.pcall('XADD', log_key(id), 'NOMKSTREAM', seq .. '-1', FRAMES, frames, STATUS, '')
  if type(added) ~= 'string' then check_and_write(id, tonumber(seq), frames, '', '', '', '') end
end
local i = ongoing + 1
while i <= #ARGV do
  local id, running, latest, creating = ARGV[i], ARGV[i + 5], ARGV[i + 6], tonumber(ARGV[i + 7])
  if creating > 0 and call('EXISTS', run_key(id)) == 0 then create(id, running, latest, i + 8, i + 7 + creating) end
  check_and_write(id, tonumber(ARGV[i + 1]), ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], running, latest)
  i = i + 8 + creating
end
return results
"""
)


def probe(process: str, keys: Keys) -> tuple[list[str], list[Any]]:
    """Keys and arguments of WRITE for runs that begin, end and expire at once: they show whether real ones would do.

    They have so many keys that no node of a cluster has all of them, unless they are in one slot.
    """
    used = keys.used((), keys.batch(f"probe-{process}"))
    arguments: list[Any] = [1, 1, 1, f"probe-{process}", scripts.endings(""), 1, 0]
    for number in range(3):
        run = PendingRun(Head(f"probe-{process}-{number}", f"probe-{process}", True, str(number), "data-stream", ""))
        run.status = Status.DONE
        used += keys.used_by(run.head)
        arguments += run.take(keys)
    return used, arguments
