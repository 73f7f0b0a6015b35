"""What is kept in Valkey, and under which keys: here for Python, and as LUA for the scripts.

All keys expire. Behind the prefix they are:

    run:ID          hash: a run's Head, and its status, process and seq, the number of its entries in the log
    run:ID:log      stream: an entry a batch, with its frames and, in the last one, the status
    run:ID:lease    exists while the process that carries the run lives
    run:ID:readers  exists while a process reads the run
    latest:…        string: the id of a thread's latest run
    running:OWNER   set: the ids of an owner's running runs
    process:NAME    stream: what other processes tell this one
    counts          hash: how many runs each process carries for whom
    pending:…       hash: the calls of a thread that wait, or waited, for a person's decision
"""

from hashlib import sha256

from assistant_transport.runs.log import Head

# The number is that of the layout: processes of two versions, in a rolling update, must not misread each other's runs.
_PREFIX = "assistant:2:"
_KEYS = {
    "run": ("run:", ""),
    "log": ("run:", ":log"),
    "lease": ("run:", ":lease"),
    "readers": ("run:", ":readers"),
    "process": ("process:", ""),
}
COUNTS = f"{_PREFIX}counts"

# The fields of a log's entry.
FRAMES, STATUS = "f", "s"
_HEAD = ("owner", "discoverable", "thread", "encoding", "state")

LUA = f"local FRAMES, STATUS = '{FRAMES}', '{STATUS}'\n" + "".join(
    f"local function {name}_key(id) return '{_PREFIX}{before}' .. id .. '{after}' end\n"
    for name, (before, after) in _KEYS.items()
)


def _key(name: str, identifier: str) -> str:
    before, after = _KEYS[name]
    return f"{_PREFIX}{before}{identifier}{after}"


def run(run_id: str) -> str:
    return _key("run", run_id)


def log(run_id: str) -> str:
    return _key("log", run_id)


def readers(run_id: str) -> str:
    return _key("readers", run_id)


def process(name: str) -> str:
    return _key("process", name)


def latest(owner: str, thread: str) -> str:
    """The key of the latest run in one of an owner's threads, whose name may be of any length."""
    return f"{_PREFIX}latest:{owner}:{sha256(thread.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def pending(owner: str, thread: str) -> str:
    """The key of the calls that wait for a decision in one of an owner's threads."""
    return f"{_PREFIX}pending:{owner}:{sha256(thread.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def running(owner: str) -> str:
    return f"{_PREFIX}running:{owner}"


def found_by(head: Head) -> tuple[str, str]:
    """The keys by which an owner finds a run: `running` and `latest`; empty where it is not found so."""
    if not head.discoverable:
        return "", ""
    return running(head.owner), "" if head.thread is None else latest(head.owner, head.thread)


def head_fields(head: Head) -> list[str]:
    """The names and values of a head in a run's hash, by turns."""
    values = (head.owner, str(int(head.discoverable)), head.thread or "", head.encoding, head.state)
    return [item for pair in zip(_HEAD, values, strict=True) for item in pair]


HEAD_FIELDS = _HEAD


def head(run_id: str, values: list[bytes]) -> Head:
    """The head whose HEAD_FIELDS have these values."""
    owner, discoverable, thread, encoding, state = (value.decode() for value in values)
    return Head(run_id, owner, discoverable == "1", thread or None, encoding, state)
