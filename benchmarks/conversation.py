"""The conversation that every server is measured with: one user message, whose text names the reply that it wants."""

import asyncio
import time
from collections.abc import AsyncIterator

SHORT, LONG, PACED, STEADY = "short", "long", "paced", "steady"
TOKENS = {SHORT: 5, LONG: 500, PACED: 100, STEADY: 750}
TOKEN = " token"
PAUSE = {SHORT: 0.0, LONG: 0.001, PACED: 0.02, STEADY: 0.02}


def user_message(kind: str) -> dict[str, object]:
    return {"role": "user", "parts": [{"type": "text", "text": kind}]}


async def tokens(kind: str) -> AsyncIterator[str]:
    """The reply's tokens at its pace. Those of a paced or steady reply say when they were written, in microseconds."""
    pause = PAUSE[kind]
    for _ in range(TOKENS[kind]):
        yield f" {time.monotonic_ns() // 1000:016d}" if kind in (PACED, STEADY) else TOKEN
        await asyncio.sleep(pause)
