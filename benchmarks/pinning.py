"""The cores that servers and clients run on, and what other work did meanwhile."""

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from benchmarks.processes import children

_TICKS = os.sysconf("SC_CLK_TCK")
_CORES = sorted(os.sched_getaffinity(0))
_QUIET = 0.05  # of all cores' time


def server() -> AbstractContextManager[None]:
    """Where a server is started: on the first core, which nothing else of the benchmark uses."""
    return _pinned({_CORES[0]})


def load() -> AbstractContextManager[None]:
    """Where clients run: on all other cores."""
    return _pinned(set(_CORES[1:] or _CORES))


@contextmanager
def _pinned(cores: set[int]) -> Iterator[None]:
    """Runs this process, and those that it starts meanwhile, on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Disturbance:
    """What share of the cores' time other processes, or other machines on the same host, took while it was entered."""

    def __enter__(self) -> "Disturbance":
        self._before = _machine(), _own(), time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        (busy, stolen), own, began = self._before
        now_busy, now_stolen = _machine()
        seconds = (time.monotonic() - began) * len(_CORES)
        self.stolen = (now_stolen - stolen) / seconds
        self.others = max(0.0, (now_busy - busy - (_own() - own)) / seconds)

    def __str__(self) -> str:
        verdict = "quiet" if self.others + self.stolen < _QUIET else "DISTURBED: repeat it on a machine at rest"
        return f"Other work took {self.others:.0%} of the cores meanwhile, the host {self.stolen:.0%}: {verdict}."


def _machine() -> tuple[float, float]:
    """The time that all cores have worked, and that the host took from them, in seconds since the start."""
    user, nice, system, _idle, _waiting, irq, softirq, steal, *_ = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + irq + softirq) / _TICKS, steal / _TICKS


def _own() -> float:
    """The CPU time of this process and all that it has started, those that have ended included, in seconds."""
    pending, ticks = [os.getpid()], 0
    while pending:
        pid = pending.pop()
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # the process has just ended
        ticks += sum(map(int, fields[11:15]))
        pending += children(pid)
    return ticks / _TICKS
