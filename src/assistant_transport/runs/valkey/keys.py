"""What is kept in Valkey, and under which keys: here for Python, and for the scripts.

All keys expire. Behind the prefix they are:

    run:ID          hash: a run's Head, its status, process and seq, above which the log has no entry's number
    run:ID:log      stream: an entry a batch, with its frames and, in the last one, the status; of a run that has ended
                    often the last one alone, with frames in place of all, and those that had been the last ones
    run:ID:lease    exists while the process that carries the run lives
    run:ID:readers  exists while a process reads the run
    latest:…        string: the id of a thread's latest run
    thread:…        hash: the run that has a kept thread for itself, its process, until when
    running:OWNER   set: the ids of an owner's running runs
    batch:NAME      string: the number of the last batch that a process has written
    process:NAME    stream: what other processes tell this one
    counts          hash: how many runs each process carries for whom
    pending:…       hash: the calls of a thread that wait, or waited, for a person's decision
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from redis.crc import key_slot

from assistant_transport.runs.encoders import ENCODERS
from assistant_transport.runs.log import Head, Record, Status

# The number is that of the layout: processes of two versions, in a rolling update, must not misread each other's runs.
# It changes whenever an older build could not read what is written, and such a build then finds none of it.
VERSION = 2

# The fields of a log's entry.
FRAMES, STATUS, LAST = "f", "s", "l"
STATUSES: frozenset[str] = frozenset(Status)
HEAD_FIELDS = ("owner", "discoverable", "thread", "encoding", "state")

_KEYS = {
    "run": ("run:", ""),
    "log": ("run:", ":log"),
    "lease": ("run:", ":lease"),
    "readers": ("run:", ":readers"),
    "batch": ("batch:", ""),
    "process": ("process:", ""),
    "counts": ("counts", ""),
}


class Keys:
    """The keys of one deployment.

    Args:
        prefix: letters and digits, which keep it apart from others in the same database.
        in_cluster: all keys are in one slot, and scripts are called with the keys that they use. A node that has handed
            over a part of a slot's keys refuses such a script, where it would take what it has not got for missing.
    """

    def __init__(self, prefix: str, *, in_cluster: bool = False) -> None:
        tag = f"{{{prefix}}}" if in_cluster else prefix
        self.slot = key_slot(tag.encode())
        self._in_cluster = in_cluster
        self._prefix = f"{tag}:{VERSION}:"
        self._lua = f"local FRAMES, STATUS, LAST = '{FRAMES}', '{STATUS}', '{LAST}'\n" + "".join(
            f"local function {name}_key(id) return '{self._prefix}{before}' .. id .. '{after}' end\n"
            for name, (before, after) in _KEYS.items()
        )

    def script(self, client: Any, text: str) -> Any:
        """A script that the client calls, in which run_key(id) and its like are the keys."""
        return client.register_script(self._lua + text)

    def used(self, run_ids: Iterable[str] = (), *others: str) -> list[str]:
        """What a script must name of its keys: none on a single node, which saves the time."""
        if not self._in_cluster:
            return []
        of_runs = (self._key(name, run_id) for run_id in run_ids for name in ("run", "log", "lease", "readers"))
        return [*of_runs, *filter(None, others)]

    def used_by(self, head: Head) -> list[str]:
        """What scripts.WRITE must name for a run."""
        return self.used([head.id], *self.found_by(head)) if self._in_cluster else []

    def batch(self, process: str) -> str:
        return self._key("batch", process)

    @property
    def counts(self) -> str:
        return self._key("counts", "")

    def _key(self, name: str, identifier: str) -> str:
        before, after = _KEYS[name]
        return f"{self._prefix}{before}{identifier}{after}"

    def run(self, run_id: str) -> str:
        return self._key("run", run_id)

    def log(self, run_id: str) -> str:
        return self._key("log", run_id)

    def readers(self, run_id: str) -> str:
        return self._key("readers", run_id)

    def process(self, name: str) -> str:
        return self._key("process", name)

    def latest(self, owner: str, thread: str) -> str:
        """The key of the latest run in one of an owner's threads, whose name may be of any length."""
        return f"{self._prefix}latest:{owner}:{_digest(thread)}"

    def pending(self, owner: str, thread: str) -> str:
        """The key of the calls that wait for a decision in one of an owner's threads."""
        return f"{self._prefix}pending:{owner}:{_digest(thread)}"

    def thread(self, head: Head) -> str:
        """The key of the claim on the kept thread of a run."""
        return f"{self._prefix}thread:{head.owner}:{_digest(head.thread or '')}"

    def running(self, owner: str) -> str:
        return f"{self._prefix}running:{owner}"

    def found_by(self, head: Head) -> tuple[str, str]:
        """The keys by which an owner finds a run: `running` and `latest`; empty where it is not found so."""
        if not head.discoverable:
            return "", ""
        return self.running(head.owner), "" if head.thread is None else self.latest(head.owner, head.thread)


def _digest(thread: str) -> str:
    return sha256(thread.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def head_fields(head: Head) -> list[str]:
    """The names and values of a head in a run's hash, by turns."""
    values = (head.owner, str(int(head.discoverable)), head.thread or "", head.encoding, head.state)
    return [item for pair in zip(HEAD_FIELDS, values, strict=True) for item in pair]


def record(run_id: str, status: str, values: list[bytes | None]) -> Record | None:
    """The run whose HEAD_FIELDS have these values; None for one that is not there, or that another build wrote."""
    known = [value.decode() for value in values if value is not None]
    if status not in STATUSES or len(known) < len(HEAD_FIELDS):
        return None
    owner, discoverable, thread, encoding, state = known
    if encoding not in ENCODERS:
        return None
    return Record(Head(run_id, owner, discoverable == "1", thread or None, encoding, state), Status(status))
