"""The conversation with which every server is measured: one user message, whose text names the kind of reply."""

import asyncio
import time
from collections.abc import AsyncIterator

SHORT, LONG, PACED, STEADY, HUGE, IDLE = "short", "long", "paced", "steady", "huge", "idle"
TOKENS = {SHORT: 5, LONG: 500, PACED: 100, STEADY: 750, HUGE: 6000, IDLE: 1}
TOKEN = " token"
PAUSE = {SHORT: 0.0, LONG: 0.001, PACED: 0.02, STEADY: 0.02, HUGE: 0.0, IDLE: 500}


def user_message(kind: str) -> dict[str, object]:
    return {"role": "user", "parts": [{"type": "text", "text": kind}]}


def stamped_token() -> str:
    """A token that says when it was written."""
    return f" {time.monotonic_ns() // 1000:016d}"


async def tokens(kind: str) -> AsyncIterator[str]:
    """Yields the reply's tokens at its pace. A paced or steady reply's are timestamps in microseconds."""
    pause = PAUSE[kind]
    for _ in range(TOKENS[kind]):
        yield stamped_token() if kind in (PACED, STEADY) else TOKEN * 200 if kind == HUGE else TOKEN
        await asyncio.sleep(pause)
