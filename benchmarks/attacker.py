"""`python -m benchmarks.attacker ATTACK HOST SECONDS`: attacks nginx at HOST and prints the outcome as JSON.

In a process of its own, so that it does not slow the one that measures.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

import uvloop

from benchmarks.states import LARGEST, small_objects

PORT = 8080
_POST = "POST /assistant HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
_GET = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
_RAMP_SECONDS = 2.0


class Attack:
    """Many simultaneous connections to one host; `found` counts their outcomes."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._open = 0
        self.found: Counter[str] = Counter()

    async def hold(self, opening: bytes, more: bytes) -> None:
        """Opens a connection, sends `opening`, then `more` every second until it is cut off; then starts over."""
        while True:
            with suppress(OSError):
                reader, writer = await self._connect()
                try:
                    writer.write(opening)
                    while await self._still_open(reader):
                        writer.write(more)
                finally:
                    self._close(writer)

    async def repeat(self, request: bytes) -> None:
        """Sends a request, waits for the answer, and so on."""
        while True:
            with suppress(OSError):
                reader, writer = await self._connect()
                try:
                    while not reader.at_eof():
                        writer.write(request)
                        answer = await reader.read(65536)
                        self._note(answer)
                finally:
                    self._close(writer)

    def _note(self, answer: bytes) -> None:
        if not answer:
            self.found["cut off"] += 1
        elif answer.startswith(b"HTTP/1.1 "):  # the first piece of a response
            self.found[answer[9:12].decode()] += 1

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        connection = await asyncio.open_connection(self._host, PORT)
        self._open += 1
        self.found["at once"] = max(self.found["at once"], self._open)
        return connection

    def _close(self, writer: asyncio.StreamWriter) -> None:
        self._open -= 1
        writer.close()

    async def _still_open(self, reader: asyncio.StreamReader) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                answer = await reader.read(65536)
                self._note(answer)
                return False
        return True


def _request(body: bytes, length: int = 0) -> bytes:
    return f"{_POST}Content-Length: {length or len(body)}\r\n\r\n".encode() + body


_Work = Callable[[Attack], Awaitable[None]]
# Each attack, and its number of simultaneous connections.
ATTACKS: dict[str, tuple[int, _Work]] = {
    "1,000 silent connections": (1_000, lambda attack: attack.hold(b"", b"")),
    "10,000 silent connections": (10_000, lambda attack: attack.hold(b"", b"")),
    "10,000 with slow headers": (10_000, lambda attack: attack.hold(f"{_POST}X-Slow: ".encode(), b"a")),
    "1,000 with slow bodies": (1_000, lambda attack: attack.hold(_request(b"{", 100_000), b" ")),
    "a flood of small requests": (50, lambda attack: attack.repeat(_GET)),
    "a flood of bodies that are too large": (50, lambda attack: attack.repeat(_request(b"x" * 65536, 2 * LARGEST))),
    "a flood of the largest states": (20, lambda attack: attack.repeat(_request(small_objects()))),
}


async def _main(name: str, host: str, seconds: float) -> Counter[str]:
    count, work = ATTACKS[name]
    attack = Attack(host)

    async def begin(number: int) -> None:
        await asyncio.sleep(_RAMP_SECONDS * number / count)
        await work(attack)

    tasks = [asyncio.create_task(begin(number)) for number in range(count)]
    await asyncio.wait(tasks, timeout=seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return attack.found


if __name__ == "__main__":
    print(json.dumps(uvloop.run(_main(sys.argv[1], sys.argv[2], float(sys.argv[3])))))
