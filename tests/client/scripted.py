"""An assistant for the client's tests: what it does is what the user's message says."""

import asyncio

from assistants import Turn


class Scripted:
    """Fails at `fail`, stops in the middle at `wait` and `wait in a call`, and echoes anything else.

    At `count` it writes a word and waits for somebody's `go on` before it writes the next.
    """

    def __init__(self) -> None:
        self._cancelled = asyncio.Event()
        self._confirmed = asyncio.Event()

    async def reply(self, turn: Turn) -> None:
        text = turn.text
        message = turn.transcript.assistant_message()
        if text == "fail":
            message.append_text("partial")
            raise RuntimeError("secret detail")
        if text == "count":
            for word in ("one", " two", " three"):
                message.append_text(word)
                await self._confirmed.wait()
                self._confirmed.clear()
            return
        if text == "go on":
            self._confirmed.set()
        if text == "wait":
            message.append_text("I wait")
            await self._wait()
        if text == "wait in a call":
            message.append_text("I call")
            message.add_tool_call("get_weather").append_args('{"city": "Pa')
            await self._wait()
        if text == "were you cancelled?":
            # The client's disconnect and its next request race: this answer is there once both have arrived.
            await self._cancelled.wait()
            self._cancelled.clear()
        message.append_text(f"Scripted answer to {text}")

    async def _wait(self) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self._cancelled.set()
            raise
