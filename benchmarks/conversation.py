"""The conversation with which every server is measured: one user message, whose text names the kind of reply."""

import asyncio
import time
from collections.abc import AsyncIterator

SHORT, BURST, LONG, PACED, STEADY, HUGE, IDLE = "short", "burst", "long", "paced", "steady", "huge", "idle"
TOKENS = {SHORT: 5, BURST: 500, LONG: 500, PACED: 100, STEADY: 750, HUGE: 6000, IDLE: 1}
TOKEN = " token"
PAUSE = {SHORT: 0.0, BURST: 0.0, LONG: 0.001, PACED: 0.02, STEADY: 0.02, HUGE: 0.0, IDLE: 500}


def user_message(kind: str) -> dict[str, object]:
    return {"role": "user", "parts": [{"type": "text", "text": kind}]}


def stamped_token() -> str:
    """A token that says when it was written."""
    return f" {time.monotonic_ns() // 1000:016d}"


def every(milliseconds: int) -> str:
    """The kind of a reply without end, of a timestamp so often."""
    return f"every {milliseconds} ms"


async def tokens(kind: str) -> AsyncIterator[str]:
    """Yields the reply's tokens at its pace. A paced or steady reply's are timestamps in microseconds."""
    if kind.startswith("every "):
        while True:
            yield stamped_token()
            await asyncio.sleep(int(kind.split()[1]) / 1000)
    pause = PAUSE[kind]
    for _ in range(TOKENS[kind]):
        yield stamped_token() if kind in (PACED, STEADY) else TOKEN * 200 if kind == HUGE else TOKEN
        await asyncio.sleep(pause)
