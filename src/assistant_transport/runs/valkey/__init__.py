"""The log of many processes, in Valkey 9 or Redis 7: one stream a run, appended in batches, read by blocking reads.

Keys, all of which expire (`…` is the prefix):

    …run:ID          hash: owner, discoverable, thread, encoding, state, status, process, seq
    …run:ID:log      stream: one entry a batch, `f` its frames, `s` the outcome in the last one
    …run:ID:lease    there while the process that carries the run lives
    …run:ID:readers  there while some process reads the run
    …latest:PLACE    the id of an owner's latest run, or of a thread's
    …process:ID      stream: what other processes tell this one
"""

from assistant_transport.runs.valkey.log import ValkeyLog

__all__ = ["ValkeyLog"]
