"""`python -m benchmarks.endurance [PART …]`: what should not grow with a conversation, with streams and with time.

Each part starts a server of its own, on one core; the clients have the others.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop

from benchmarks import pinning, results
from benchmarks.connection import Connection
from benchmarks.conversation import IDLE, LONG, SHORT, TOKENS, every
from benchmarks.processes import children, cpu_seconds, resident_mb
from benchmarks.stalls import start
from tests.server import Server

_REPEATS = 5
_MESSAGES = (1, 10, 100, 1_000)
_STREAMS = (50, 200, 1_000, 2_000)
_STREAM_ROUNDS = 3
_TOKENS_A_SECOND = 2_500
_WINDOW_SECONDS = 8
_IDLE = 10_000
_RUNS = 100_000
_RUN_CONNECTIONS = 16
_TEXT = 2_000_000  # bytes of a state of text
_HELD = 20  # runs with such a state


def worker(server: Server) -> int:
    (pid,) = children(server.process.pid)
    return pid


async def connections(port: int, count: int) -> list[Connection]:
    return [await Connection.open(port, number) for number in range(count)]


async def messages(server: Server) -> dict[str, float]:
    """The CPU time of a token, by the number of messages in the state before."""
    pid, (connection,) = worker(server), await connections(server.port, 1)
    costs: dict[int, list[float]] = {count: [] for count in _MESSAGES}
    for _ in range(_REPEATS):
        for count in _MESSAGES:
            state = {"messages": [{"id": str(n), "role": "user", "parts": _parts("word " * 20)} for n in range(count)]}
            short, long = [await _cost(connection, pid, kind, state) for kind in (SHORT, LONG)]
            costs[count].append((long - short) / (TOKENS[LONG] - TOKENS[SHORT]) * 1e6)
    return {f"{count} messages, CPU µs a token": min(found) for count, found in costs.items()}


async def _cost(connection: Connection, pid: int, kind: str, state: Any) -> float:
    before = cpu_seconds(pid)
    await connection.ask(kind, state)
    return cpu_seconds(pid) - before


async def streams(server: Server) -> dict[str, float]:
    """The CPU time of a token, of 2,500 a second in all, by the number of streams that they are spread over."""
    costs: dict[int, list[float]] = {count: [] for count in _STREAMS}
    for _ in range(_STREAM_ROUNDS):
        for count in _STREAMS:
            costs[count].append(await _cost_of_streams(server, count))
    return {f"{count} streams, CPU µs a token": min(found) for count, found in costs.items()}


async def _cost_of_streams(server: Server, count: int) -> float:
    opened = await connections(server.port, count)
    for number, connection in enumerate(opened):
        connection.begin(every(count * 1000 // _TOKENS_A_SECOND))
        await asyncio.sleep(2 / count * (number % 2))  # so that they do not write at the same time
    await asyncio.sleep(1)
    before, written = cpu_seconds(worker(server)), _written(opened)
    await asyncio.sleep(_WINDOW_SECONDS)
    cost = (cpu_seconds(worker(server)) - before) * 1e6 / (_written(opened) - written)
    for connection in opened:
        connection.close()
    await asyncio.sleep(3)  # their runs are cancelled, and forgotten
    return cost


def _written(connections: list[Connection]) -> int:
    return sum(len(connection.reply.arrivals) for connection in connections)


async def idle(server: Server) -> dict[str, float]:
    """What open streams take on which nothing is written."""
    pid, before = worker(server), resident_mb(worker(server))
    opened = []
    for number in range(_IDLE):
        opened.append(await Connection.open(server.port, number))
        opened[-1].begin(IDLE)
        if number % 50 == 0:
            await asyncio.sleep(0.02)
    await asyncio.gather(*(connection.began() for connection in opened))
    resident = resident_mb(pid)
    busy = cpu_seconds(pid)
    await asyncio.sleep(10)
    busy = cpu_seconds(pid) - busy
    still = sum(connection.is_open for connection in opened)
    for connection in opened:
        connection.close()
    return {
        "open streams": still,
        "KiB a stream": (resident - before) * 1e6 / 1024 / _IDLE,
        "CPU, % of a core": busy * 10,
    }


def _memory(messages: list[dict[str, Any]]) -> "Part":
    async def part(server: Server) -> dict[str, float]:
        """The memory of a run in the making, in multiples of its state's bytes."""
        pid, state = worker(server), {"messages": messages}
        opened = await connections(server.port, _HELD)
        before = resident_mb(pid)
        for connection in opened:
            connection.begin(IDLE, state)
            await connection.began()
        size = len(json.dumps(state, separators=(",", ":")))
        held = (resident_mb(pid) - before) * 1e6 / _HELD
        for connection in opened:
            connection.close()
        return {"times its state's bytes": held / size}

    return part


async def runs(server: Server) -> dict[str, float]:
    """Whether short runs leave anything behind, with RUN_TTL_SECONDS=1."""
    pid, opened = worker(server), await connections(server.port, _RUN_CONNECTIONS)
    found: dict[str, float] = {}
    begun = time.monotonic()

    async def ask(connection: Connection, count: int) -> None:
        for _ in range(count):
            await connection.ask(SHORT)

    for number, share in enumerate((10, 45, 45)):
        await asyncio.gather(*(ask(connection, _RUNS * share // 100 // _RUN_CONNECTIONS) for connection in opened))
        await asyncio.sleep(2)
        found[f"resident after {_RUNS * (10 + 45 * number) // 100:,} runs, MB"] = resident_mb(pid)
    found["seconds"] = time.monotonic() - begun
    return found


def _parts(text: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": text}]


Part = Callable[[Server], Awaitable[dict[str, float]]]
# Each part, and the settings of its server.
_LARGE = {"MAX_STATES_BYTES": "4000000000"}
PARTS: dict[str, tuple[Part, dict[str, str]]] = {
    "messages": (messages, {}),
    "streams": (streams, {"MAX_CONCURRENT_RUNS": "3000", "RUN_GRACE_SECONDS": "1", "RUN_TTL_SECONDS": "1"}),
    "idle": (idle, {"MAX_CONCURRENT_RUNS": "11000"}),
    "memory of one text": (_memory([{"id": "1", "role": "user", "parts": _parts("word " * (_TEXT // 5))}]), _LARGE),
    "memory of 1,000 texts": (
        _memory([{"id": str(n), "parts": _parts("word " * (_TEXT // 5000))} for n in range(1000)]),
        _LARGE,
    ),
    "memory of small objects": (_memory([{"a": n} for n in range(100_000)]), _LARGE),
    "runs": (runs, {"RUN_TTL_SECONDS": "1"}),
}


def measure(names: list[str]) -> dict[str, dict[str, float]]:
    found = {}
    for name in names:
        print(name, file=sys.stderr, flush=True)
        part, settings = PARTS[name]
        with pinning.server():
            server = start(**settings)
        try:
            with pinning.load():
                found[name] = uvloop.run(part(server))  # type: ignore[arg-type]
        finally:
            server.stop()
    return found


def main() -> None:
    with pinning.Disturbance() as disturbance:
        found = measure(sys.argv[1:] or list(PARTS))
    print("| part | measure | found |\n| --- | --- | ---: |")
    for part, values in found.items():
        for name, value in values.items():
            print(f"| {part} | {name} | {value:,.0f} |" if value >= 1000 else f"| {part} | {name} | {value:.3g} |")
    print(f"\n{disturbance}")
    results.save("endurance", disturbance, found)


if __name__ == "__main__":
    main()
