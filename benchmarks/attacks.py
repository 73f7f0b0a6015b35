"""`python -m benchmarks.attacks`: how attacks on nginx and the image slow replies that are in progress, as a table."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from benchmarks.attacker import ATTACKS, PORT
from benchmarks.client import percentile
from benchmarks.connection import Connection, Reply
from benchmarks.conversation import STEADY
from tests.image.conftest import Stack, build, inspect
from tests.server import ROOT

ROUNDS = 3
_STREAMS = 20
_SECONDS = 13.0  # of the 15 s that a steady reply takes
_NONE = "none"
_OVERRIDE = f"""
services:
  app:
    environment:
      ASSISTANT: benchmarks.assistant.Assistant
      PYTHONPATH: /app/src:/measured
    volumes: ["{ROOT}/benchmarks:/measured/benchmarks:ro"]
"""


@contextmanager
def _stack() -> Iterator[str]:
    """Starts compose.yaml with nginx's real limits; yields nginx's address."""
    build()
    with TemporaryDirectory() as folder:
        stack = Stack("assistant-transport-attacks", Path(folder), _OVERRIDE)
        try:
            nginx: Any = inspect(stack.container("nginx"))
            (network,) = nginx["NetworkSettings"]["Networks"].values()
            yield network["IPAddress"]
        finally:
            stack.down()


async def _measure(host: str, attack: str) -> dict[str, Any]:
    """Streams replies, attacks meanwhile, and measures the gaps between their tokens."""
    connections = [await Connection.open(PORT, number, host) for number in range(_STREAMS)]
    replies = [asyncio.create_task(connection.ask(STEADY)) for connection in connections]
    await asyncio.sleep(1)
    begun = asyncio.get_running_loop().time()
    met = await _attack(host, attack) if attack != _NONE else {}
    gaps = [gap * 1000 for reply in await asyncio.gather(*replies) for gap in _gaps(reply, begun, begun + _SECONDS)]
    for connection in connections:
        connection.close()
    return {"p50": percentile(gaps, 50), "p99": percentile(gaps, 99), "most": max(gaps), "met": met}


async def _attack(host: str, attack: str) -> dict[str, int]:
    command = [sys.executable, "-m", "benchmarks.attacker", attack, host, str(_SECONDS)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    found: dict[str, int] = json.loads(printed)
    return found


def _gaps(reply: Reply, begun: float, ended: float) -> Iterator[float]:
    for earlier, later in zip(reply.arrivals, reply.arrivals[1:], strict=False):
        if begun <= earlier and later <= ended:
            yield later - earlier


def _row(name: str, found: list[dict[str, Any]]) -> str:
    met = found[-1]["met"]
    counts = ", ".join(f"{count:,} {what}" for what, count in sorted(met.items()))
    cells = []
    for column in ("p50", "p99", "most"):
        values = [one[column] for one in found]
        cells.append(f"{median(values):.1f} ({min(values):.1f} to {max(values):.1f})")
    return f"| {name} | {counts or '-'} | {' | '.join(cells)} |"


def main() -> None:
    names = [_NONE, *ATTACKS]
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    with _stack() as host:
        for number in range(ROUNDS):
            print(f"round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
            for name in names:
                found[name].append(uvloop.run(_measure(host, name)))
    print("| attack | outcome | between tokens p50, ms | p99, ms | longest, ms |")
    print("| --- | --- | ---: | ---: | ---: |")
    print("\n".join(_row(name, found[name]) for name in names))


if __name__ == "__main__":
    main()
