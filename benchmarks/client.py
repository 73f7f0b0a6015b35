"""`python -m benchmarks.client PORT SERVER_PID LOG_PID STREAMS`: measures one server once.

It prints its findings as JSON. It is a process of its own, so that its work does not count as the server's.
"""

import asyncio
import json
import sys
from collections.abc import Iterable
from http.client import HTTPConnection
from typing import Any

import uvloop

from benchmarks.connection import Connection, Reply, request
from benchmarks.conversation import LONG, PACED, SHORT, TOKEN, TOKENS
from benchmarks.processes import cpu_seconds
from tests.wire import apply

_CONNECTIONS = 8
_RUNS = {SHORT: 400, LONG: 8}
_FIRST_BYTES = 100
_SETTLE_SECONDS = 0.15  # for the log to write the rest of the last run


def percentile(values: Iterable[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def check(port: int) -> None:
    """Asserts that a client that parses everything gets the complete reply."""
    for kind in (SHORT, LONG):
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        headers, _, body = request(kind, 0).partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in headers.decode().split("\r\n")[1:])
        connection.request("POST", "/assistant", body, fields)
        state: dict[str, Any] = {"messages": []}
        for line in connection.getresponse().read().decode().splitlines():
            state = apply(state, json.loads(line.removeprefix("aui-state:")))
        connection.close()
        found = [message["parts"][0]["text"] for message in state["messages"]]
        assert found == [kind, TOKEN * TOKENS[kind]], found


class Measurement:
    """One measurement of one server; `found` collects its numbers by name."""

    def __init__(self, port: int, server: int, log: int) -> None:
        self._port = port
        self._pids = {"server": server, "log": log}
        self.found: dict[str, float] = {}

    async def run(self, streams: int) -> None:
        """Measures it with so many paced replies at once."""
        connections = [await Connection.open(self._port, number) for number in range(streams)]
        await self._first_bytes(connections[0])
        for kind in (SHORT, LONG):
            await self._cost(kind, connections[:_CONNECTIONS])
        await self._delays(connections)
        for connection in connections:
            connection.close()

    async def _first_bytes(self, connection: Connection) -> None:
        replies = [await connection.ask(SHORT) for _ in range(_FIRST_BYTES)]
        waits = [(reply.first - reply.sent) * 1000 for reply in replies]
        self.found |= {"first_p50": percentile(waits, 50), "first_p99": percentile(waits, 99)}

    async def _cost(self, kind: str, connections: list[Connection]) -> None:
        """The CPU time of one run of that kind, with several in progress."""

        async def ask(connection: Connection) -> list[Reply]:
            return [await connection.ask(kind) for _ in range(_RUNS[kind] // _CONNECTIONS)]

        before = self._cpu()
        replies = await asyncio.gather(*map(ask, connections))
        await self._note_cpu(kind, before, _RUNS[kind])
        self.found[f"{kind}_frames"] = sum(reply.frames for some in replies for reply in some) / _RUNS[kind]

    async def _delays(self, connections: list[Connection]) -> None:
        """How evenly the tokens of many streams arrive; their replies start spread over one pause."""

        async def ask(connection: Connection, wait: float) -> Reply:
            await asyncio.sleep(wait)
            return await connection.ask(PACED)

        before = self._cpu()
        waits = [0.02 * number / len(connections) for number in range(len(connections))]
        replies = await asyncio.gather(*map(ask, connections, waits))
        await self._note_cpu(PACED, before, len(connections))
        assert all(len(reply.arrivals) == TOKENS[PACED] for reply in replies), "a stamped token was not seen"
        gaps = [
            (later - earlier) * 1000
            for reply in replies
            for earlier, later in zip(reply.arrivals, reply.arrivals[1:], strict=False)
        ]
        delays = [delay * 1000 for reply in replies for delay in reply.delays]
        for name, values in (("gap", gaps), ("delay", delays)):
            self.found |= {f"{name}_p{percent}": percentile(values, percent) for percent in (50, 99)}
            self.found[f"{name}_longest"] = max(values)

    def _cpu(self) -> dict[str, float]:
        return {name: cpu_seconds(pid) for name, pid in self._pids.items()}

    async def _note_cpu(self, kind: str, before: dict[str, float], runs: int) -> None:
        await asyncio.sleep(_SETTLE_SECONDS)
        for name, seconds in self._cpu().items():
            self.found[f"{kind}_{name}_us"] = (seconds - before[name]) * 1e6 / runs


def main() -> None:
    port, server, log, streams = map(int, sys.argv[1:])
    check(port)
    measurement = Measurement(port, server, log)
    uvloop.run(measurement.run(streams))
    print(json.dumps(measurement.found))


if __name__ == "__main__":
    main()
