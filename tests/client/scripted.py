"""An assistant for the client's tests: the user's message tells it what to do."""

import asyncio

from assistant_transport.assistants import Turn
from assistant_transport.transcript import AssistantMessage


class Scripted:
    """Fails on `fail`, never finishes `wait` and `wait in a call`, and echoes anything else.

    On `count` it writes one word at a time, into `state.counted` too, and waits for a message `go on` before the next.
    Each `call …` calls the client's tool, and names where in the call the assistant waits for `go on`.
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
                turn.controller.append_state_text(["counted"], word)
                await self._go_on()
            return
        if text in ("call", "call before", "call around", "call after"):
            await self._call(message, text)
            return
        if turn.tool_results:
            text = " and ".join(str(result.result) for result in turn.tool_results)
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
            # The client's disconnect and its next request race: this reply begins once both have arrived.
            await self._cancelled.wait()
            self._cancelled.clear()
        message.append_text(f"Scripted answer to {text}")

    async def _call(self, message: AssistantMessage, text: str) -> None:
        message.append_text("I call")
        if text == "call after":
            await self._go_on()
        call = message.add_tool_call("get_weather")
        call.append_args('{"city": "Pa')
        if text == "call around":
            await self._go_on()
        call.append_args('ris"}')
        call.complete()
        if text == "call before":
            await self._go_on()

    async def _go_on(self) -> None:
        await self._confirmed.wait()
        self._confirmed.clear()

    async def _wait(self) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self._cancelled.set()
            raise


class Attaching:
    """Writes a preliminary result, waits for a message `go on`, and writes the final one, a file, a source and data."""

    def __init__(self) -> None:
        self._confirmed = asyncio.Event()

    async def reply(self, turn: Turn) -> None:
        if turn.text == "go on":
            self._confirmed.set()
            return
        message = turn.transcript.assistant_message()
        call = message.add_tool_call("search", {"query": "Paris"})
        call.set_preliminary_result({"found": 1})
        await self._confirmed.wait()
        call.set_result({"found": 2})
        message.append_text("Look:")
        message.add_file("AAAA", "image/png", "map.png")
        message.add_source("https://example.com/", "Example")
        message.add_data("chart", {"bars": [1]})
