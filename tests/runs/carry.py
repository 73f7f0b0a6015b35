"""Runs an assistant to its end in this process and decodes what a client would get."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from assistant_transport.runs import Controller, Limits, MemoryLog, Run, Runs
from tests.wire import Reply


class Recorded(Reply):
    """What a run has sent, decoded as an HTTP response is."""

    def __init__(self, run: Run, data: bytes) -> None:
        self.status = 200
        self.headers = {"Content-Type": run.encoder.content_type}  # type: ignore[assignment]
        *self._lines, rest = data.decode().split("\n")
        assert not rest, "the last line is cut off"

    def lines(self) -> Iterator[str]:
        return iter(self._lines)

    def close(self) -> None:
        pass


Work = Callable[[Controller], Awaitable[None]]


def carry(work: Work, state: Any = None, encoding: str = "data-stream", interval: float = 0.0) -> tuple[Run, Recorded]:
    """Does `work` on `state`; returns the run and what its reader got."""

    async def main() -> tuple[Run, bytes]:
        runs = Runs(MemoryLog(ttl=60), Limits(flush_interval=interval), max_runs=1)
        with runs.reserve("owner", None, encoding, state, discoverable=False) as run:
            pass
        chunks = [chunk async for chunk in runs.stream(run, lambda: work(run.controller), heartbeat=60)]
        return run, b"".join(chunks)

    run, data = asyncio.run(main())
    return run, Recorded(run, data)
