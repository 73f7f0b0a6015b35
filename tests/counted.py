"""`python -m tests.counted`: prints the calls of functions in a short run and a token, and an open stream's memory.

Calls are counted, not timed, so that the figures hold on a busy machine. It runs in a process of its own: no other
test's threads and settings are counted.
"""

import asyncio
import gc
import json
import os
import sys
import threading
import tracemalloc
from typing import Any
from uuid import uuid4

from assistant_transport.assistants import Turn
from tests.server import environment
from tests.wire import message

_RUNS = 20
_STREAMS = 200
_TURNS = 20  # of the event loop, until the first frames are sent


class Assistant:
    """Writes as many tokens as the user's text says, each in a turn of the event loop of its own."""

    async def reply(self, turn: Turn) -> None:
        answer = turn.transcript.assistant_message()
        for _ in range(int(turn.text or 0)):
            answer.append_text(" token")
            await asyncio.sleep(0)
        if turn.text == "0":
            await asyncio.Event().wait()


class Calls:
    """Counts the calls of Python's and C's functions in every thread, while it is entered."""

    def __init__(self) -> None:
        self.count = 0

    def _count(self, frame: object, event: str, argument: object) -> None:
        if event in ("call", "c_call"):
            self.count += 1

    def __enter__(self) -> "Calls":
        threading.setprofile(self._count)
        sys.setprofile(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)


async def ask(application: Any, tokens: int, earlier: int = 0, client: int = 0, thread: str = "") -> None:
    """One request after so many earlier messages, and its whole reply, as a server hands them to the application.

    It is on a thread of its own if none is given, since one that the server keeps grows.
    """
    messages = [{"id": str(number), "role": "user", "parts": []} for number in range(earlier)]
    fields = {"commands": [message(str(tokens))], "state": {"messages": messages}, "threadId": thread or uuid4().hex}
    body = json.dumps(fields).encode()
    headers = {
        "host": "localhost",
        "content-type": "application/json",
        "content-length": str(len(body)),
        "x-client-id": f"a-client-that-is-counted-{client}",
    }
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/assistant",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    arrived = [{"type": "http.request", "body": body, "more_body": False}]
    ended = asyncio.Event()
    sent = b""

    async def receive() -> dict[str, Any]:
        if arrived:
            return arrived.pop()
        await ended.wait()
        return {"type": "http.disconnect"}

    async def send(part: dict[str, Any]) -> None:
        nonlocal sent
        sent += part.get("body", b"")
        if part["type"] == "http.response.body" and not part.get("more_body"):
            ended.set()

    await application(scope, receive, send)
    assert sent.count(b" token") == tokens, sent


async def calls(application: Any, tokens: int, earlier: int = 0) -> float:
    """How many calls a run of so many tokens takes, once everything is imported and cached."""
    for _ in range(3):
        await ask(application, tokens, earlier)
    with Calls() as counted:
        for _ in range(_RUNS):
            await ask(application, tokens, earlier)
    return counted.count / _RUNS


async def memory(application: Any) -> float:
    """The KiB of Python's memory that a stream takes on which nothing happens, without the server's part."""
    from assistant_transport.http import registry

    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    streams = [asyncio.create_task(ask(application, 0, client=number)) for number in range(_STREAMS)]
    while registry.runs().active < _STREAMS:
        await asyncio.sleep(0)
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await registry.runs().drain(0)
    await asyncio.gather(*streams)
    return (after - before) / _STREAMS / 1024


async def main() -> None:
    from assistant_backend.asgi import application
    from assistant_transport.http import lifecycle

    await lifecycle.start()
    short, long = await calls(application, 5), await calls(application, 105)
    late = await calls(application, 5, earlier=10_000)
    found = {"short run": short, "token": (long - short) / 100, "earlier message": (late - short) / 10_000}
    json.dump(found | {"KiB of an open stream": await memory(application)}, sys.stdout)


if __name__ == "__main__":
    os.environ |= environment(ASSISTANT="tests.counted.Assistant", FLUSH_INTERVAL_MS="0", LOG_LEVEL="WARNING")
    asyncio.run(main())
