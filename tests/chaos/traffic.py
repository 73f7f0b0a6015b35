"""Runs whose words come by the clock, followed on another process and replayed at the end; and what became of them."""

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.wire import apply, message

WORDS = 40
WORD_SECONDS = 0.05  # as acme.assistants.Clocked writes them
CLEAR = {
    "A part of this reply was lost. Please send your message again.",
    "The rest of this reply was lost. Please send your message again.",
    "The rest of this reply cannot be read right now. Please reload in a moment.",
}
_PATIENCE_SECONDS = 60.0


@dataclass
class Reading:
    """What one reader got."""

    status: int = 0
    run_id: str = ""
    state: Any = None
    errors: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  # when frames arrived

    @property
    def text(self) -> str:
        messages = self.state["messages"] if self.state else []
        parts = messages[-1]["parts"] if len(messages) > 1 else []
        return str(parts[0]["text"]) if parts else ""

    def silence(self, since: float) -> float:
        """The longest time without a frame after the one before `since`."""
        return max((later - earlier for earlier, later in pairwise(self.times) if later > since), default=0.0)

    def outcome(self) -> str:
        """How it ended. An end that is neither whole nor clear, or a word too many, is an AssertionError."""
        whole = "".join(f"{number} " for number in range(WORDS))
        assert whole.startswith(self.text), f"words that nobody wrote: {self.text!r}"
        if self.status != 200:
            assert self.status in (404, 503), self.status
            return "refused"
        if self.errors:
            assert set(self.errors) <= CLEAR, self.errors
            return "broken"
        assert self.text == whole, f"it ends as if it were whole: {self.text!r}"
        assert self.state["provider"] == "completed"
        return "whole"


async def read(
    port: int, path: str, body: dict[str, Any], me: str, begun: "asyncio.Future[str] | None" = None
) -> Reading:
    """POSTs and reads to the end. By HTTP/1.0, whose bodies have no chunks to be taken apart."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    data = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Client-Id: {me}\r\n"
    writer.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
    found = Reading(int((await reader.readline()).split()[1]))
    while header := (await reader.readline()).strip():
        name, _, value = header.decode().partition(": ")
        if name.lower() == "x-run-id":
            found.run_id = value
    if begun is not None:
        begun.set_result(found.run_id)
    async for line in reader:
        code, _, value = line.decode().partition(":")
        if code == "aui-state":
            found.state = apply(found.state, json.loads(value))
        elif code == "3":
            found.errors.append(json.loads(value))
        found.times.append(asyncio.get_running_loop().time())
    writer.close()
    return found


@dataclass
class Run:
    """A run as it was read live, and followed elsewhere meanwhile."""

    me: str
    live: Reading
    followed: Reading

    async def replayed(self, port: int) -> Reading:
        return await read(port, "/resume", {"runId": self.live.run_id}, self.me)


async def play(one: int, two: int) -> Run:
    """A run on the process at port `one`, followed at port `two`, tried again while it runs as the page does."""
    me = f"a-client-id-that-nobody-guesses-{secrets.token_hex(8)}"
    begun: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    live = asyncio.create_task(read(one, "/assistant", {"commands": [message(str(WORDS))]}, me, begun))
    async with asyncio.timeout(_PATIENCE_SECONDS):
        run_id = await begun
        followed = await read(two, "/resume", {"runId": run_id}, me)
        while followed.status != 200 and not live.done():
            await asyncio.sleep(0.2)
            followed = await read(two, "/resume", {"runId": run_id}, me)
        return Run(me, await live, followed)
