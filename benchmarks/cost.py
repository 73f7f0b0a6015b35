"""`python -m benchmarks.cost PORT SERVER_PID`: what short, long and idle replies cost one server. Prints it as JSON."""

import asyncio
import json
import sys

import uvloop

from benchmarks.client import percentile
from benchmarks.connection import Connection, Reply
from benchmarks.conversation import BURST, IDLE, PACED, SHORT, TOKENS
from benchmarks.processes import children, cpu_seconds, resident_mb

_CONNECTIONS = 16
_RUNS = {SHORT: 800, BURST: 64}
_IDLE = 2_000
_PAUSE_MS = 20
_GRACE_SECONDS = 2  # after which runs without a reader are gone


class Cost:
    """One measurement of the server at `port`, whose process is `pid`; `found` collects its figures by name."""

    def __init__(self, port: int, pid: int) -> None:
        self._port, self._pid = port, pid
        self.found: dict[str, float] = {}

    async def measure(self, *, is_first: bool) -> None:
        """Measures; the memory of idle streams only while the server has served nothing else yet."""
        if is_first:
            await self._idle()
        for kind, runs in _RUNS.items():
            replies, seconds = await self._ask(kind, _CONNECTIONS, runs // _CONNECTIONS)
            self.found[f"{kind}_us"] = seconds * 1e6 / runs
            self.found[f"{kind}_first_p99"] = percentile(((one.first - one.sent) * 1000 for one in replies), 99)
            self.found[f"{kind}_bytes"] = replies[-1].size
        _, seconds = await self._ask(PACED, 200, 1)
        self.found["token_200_us"] = seconds * 1e6 / 200 / TOKENS[PACED]
        replies, _ = await self._ask(PACED, 500, 1)
        self.found["wait_500"] = percentile(gaps(replies), 99) - _PAUSE_MS

    async def _ask(self, kind: str, count: int, each: int) -> tuple[list[Reply], float]:
        """The replies to `count` connections, and the server's CPU time for them."""
        connections = [await Connection.open(self._port, number) for number in range(count)]

        async def ask(connection: Connection) -> list[Reply]:
            return [await connection.ask(kind) for _ in range(each)]

        before = cpu_seconds(self._pid)
        replies = [reply for some in await asyncio.gather(*map(ask, connections)) for reply in some]
        await asyncio.sleep(0.1)  # what the server has still to do
        seconds = cpu_seconds(self._pid) - before
        for connection in connections:
            connection.close()
        return replies, seconds

    async def _idle(self) -> None:
        worker = next(iter(children(self._pid)), self._pid)  # a peer's only process serves by itself
        before, connections = resident_mb(worker), []
        for number in range(_IDLE):
            connections.append(await Connection.open(self._port, number))
            connections[-1].begin(IDLE)
            if number % 50 == 0:
                await asyncio.sleep(0.01)
        await asyncio.gather(*(connection.began() for connection in connections))
        self.found["idle_kib"] = (resident_mb(worker) - before) * 1e6 / 1024 / _IDLE
        self.found["resident_2000"] = resident_mb(worker)
        for connection in connections:
            connection.close()
        await asyncio.sleep(_GRACE_SECONDS)


def gaps(replies: list[Reply]) -> list[float]:
    """The times between tokens, in ms."""
    return [(b - a) * 1000 for reply in replies for a, b in zip(reply.arrivals, reply.arrivals[1:], strict=False)]


if __name__ == "__main__":
    cost = Cost(int(sys.argv[1]), int(sys.argv[2]))
    uvloop.run(cost.measure(is_first=len(sys.argv) > 3))
    print(json.dumps(cost.found))
