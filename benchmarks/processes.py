"""What processes take: CPU time and resident memory, from Linux's /proc."""

import os
import re
import time
from pathlib import Path


def children(pid: int) -> list[int]:
    return [child for child in map(int, filter(str.isdecimal, os.listdir("/proc"))) if _parent(child) == pid]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0  # the process has just ended


def cpu_seconds(pid: int) -> float:
    """The CPU time of a process and its children so far; 0 for the process 0, which stands for none."""
    return sum(_own_cpu_seconds(process) for process in (pid, *children(pid))) if pid else 0.0


def _own_cpu_seconds(pid: int) -> float:
    # clock_getcpuclockid(3): precise to the nanosecond, where `stat` has hundredths of a second. It includes threads
    # that have ended, which a sum over the present ones would miss.
    return time.clock_gettime((~pid << 3) | 2)


def resident_mb(pid: int) -> float:
    """The resident memory of one process, without its children, in MB of 1,000,000 bytes."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024 / 1e6
