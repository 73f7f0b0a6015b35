"""`python -m benchmarks.large_requests KIND PORT SECONDS CLIENTS`: clients that send large requests one by one.

In a process of its own, so that it does not slow the one that measures. Prints what came of it as JSON.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from statistics import median
from typing import Any

import uvloop

from benchmarks.states import REQUESTS

_END = b"0\r\n\r\n"


class Client:
    """Sends `request` again and again, on a connection of its own; `statuses` counts the answers."""

    def __init__(self, port: int, request: bytes) -> None:
        self._port = port
        self._request = request
        self.statuses: Counter[str] = Counter()
        self.waits: list[float] = []  # from the request's first byte to the first frame, in seconds

    async def send_forever(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                try:
                    while True:
                        await self._send(reader, writer)
                finally:
                    writer.close()
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.05)

    async def _send(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent = time.monotonic()
        writer.write(self._request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = head[9:12].decode()
        self.statuses[status] += 1
        if b"chunked" not in head.lower():
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            await reader.readexactly(length)
            if status != "200":
                await asyncio.sleep(0.05)
            if b"connection: close" in head.lower():
                raise OSError("closed")
            return
        answer = await reader.read(65536)
        self.waits.append(time.monotonic() - sent)
        while not answer.endswith(_END):
            more = await reader.read(1_000_000)
            if not more:
                raise OSError("closed")
            answer = (answer + more)[-len(_END) :]


async def run(kind: str, port: int, seconds: float, clients: int) -> dict[str, Any]:
    request = REQUESTS[kind](port)
    senders = [Client(port, request) for _ in range(clients)]
    tasks = [asyncio.create_task(sender.send_forever()) for sender in senders]
    await asyncio.wait(tasks, timeout=seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    statuses: Counter[str] = sum((sender.statuses for sender in senders), Counter())
    waits = [wait for sender in senders for wait in sender.waits]
    first = median(waits) * 1000 if waits else 0.0
    return {"answers": statuses["200"], "refused": statuses.total() - statuses["200"], "first_ms": first}


if __name__ == "__main__":
    kind, port, seconds, clients = sys.argv[1:]
    print(json.dumps(uvloop.run(run(kind, int(port), float(seconds), int(clients)))))
