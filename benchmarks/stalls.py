"""`python -m benchmarks stalls`: how long one client's large requests hold up the tokens of others, as a table.

The server has one core of its own; the clients have the others.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from statistics import median
from typing import Any

import uvloop

from benchmarks import pinning, results
from benchmarks.client import percentile
from benchmarks.connection import Connection, Reply
from benchmarks.conversation import STEADY
from benchmarks.nginx import nginx
from benchmarks.states import REQUESTS
from tests.server import GUNICORN, ROOT, Server

ROUNDS = int(os.environ.get("ROUNDS", "3"))
STREAMS = 20
SECONDS = 6.0
NONE = "none"
FLOOD = "small objects"


def start(**variables: str) -> Server:
    """This project with defaults, whose access logs are off."""
    assistant = {"ASSISTANT": "benchmarks.assistant.Assistant", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    return Server(GUNICORN, **(assistant | {"LOG_LEVEL": "WARNING"} | variables))


async def measure(port: int, kind: str, clients: int = 1) -> dict[str, Any]:
    """The gaps between the tokens of some replies, in ms, while `clients` send requests of that kind one by one."""
    connections = [await Connection.open(port, number) for number in range(STREAMS)]
    replies = [asyncio.create_task(connection.ask(STEADY)) for connection in connections]
    await asyncio.sleep(0.5)
    begun = asyncio.get_running_loop().time()
    answers = await _send(port, kind, clients)
    ended = asyncio.get_running_loop().time()
    for connection in connections:
        connection.close()
    await asyncio.gather(*replies, return_exceptions=True)
    gaps = [gap * 1000 for connection in connections for gap in _gaps(connection.reply, begun, ended)]
    return {"p50": percentile(gaps, 50), "p99": percentile(gaps, 99), "longest": max(gaps), **answers}


async def _send(port: int, kind: str, clients: int) -> dict[str, Any]:
    if kind == NONE:
        await asyncio.sleep(SECONDS)
        return {"answers": 0, "first_ms": 0.0}
    command = [sys.executable, "-m", "benchmarks.large_requests", kind, str(port), str(SECONDS), str(clients)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    found: dict[str, Any] = json.loads(printed)
    return found


def _gaps(reply: Reply, begun: float, ended: float) -> Iterator[float]:
    for earlier, later in zip(reply.arrivals, reply.arrivals[1:], strict=False):
        if begun <= earlier and later <= ended:
            yield later - earlier


def table(found: dict[str, list[dict[str, Any]]]) -> str:
    titles = ("answered", "first frame p50, ms", "between tokens p50, ms", "p99, ms", "longest, ms")
    lines = [f"| requests, one after the other | {' | '.join(titles)} |", f"| --- |{' ---: |' * len(titles)}"]
    for name, rounds in found.items():
        cells = [
            f"{median(values):.0f} ({min(values):.0f} to {max(values):.0f})"
            for column in ("answers", "first_ms", "p50", "p99", "longest")
            if (values := [one[column] for one in rounds])
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    kinds = [NONE, *REQUESTS]
    found: dict[str, list[dict[str, Any]]] = {}
    with pinning.server():
        server = start()
    try:
        with pinning.load(), nginx(server.port) as proxy, pinning.Disturbance() as disturbance:
            for number in range(ROUNDS):
                print(f"round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
                for kind in kinds:
                    found.setdefault(kind, []).append(uvloop.run(measure(server.port, kind)))
                through = uvloop.run(measure(proxy, FLOOD, clients=20))
                found.setdefault(f"{FLOOD}, by 20 clients through nginx", []).append(through)
    finally:
        server.stop()
    print(table(found))
    print(f"\n{disturbance}")
    results.save("stalls", disturbance, found)
