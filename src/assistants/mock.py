"""An assistant without a model: it streams as one would and says the same for the same input.

It thinks, reads what was written back to the user, and calls `get_weather` when the weather comes up.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from zlib import crc32

from django.conf import settings

from assistants.turn import Turn

_CITY = re.compile(r"\b(?:in|for|at)\s+(?:the\s+)?([^\W\d_][\w'-]*(?:\s+[A-Z][\w'-]*)*)")
_SKIES = ("sunny", "cloudy", "rainy", "windy", "foggy")
_QUOTED_WORDS = 12
_QUOTED_CHARACTERS = 400


class MockAssistant:
    """Answers at `MOCK_DELAY_SECONDS` a word."""

    async def reply(self, turn: Turn) -> None:
        text = turn.text
        if text is None and not turn.tool_results:
            return
        message = turn.transcript.assistant_message()
        if turn.tool_results:
            results = (_conclusion(result.tool_name, result.result, result.is_error) for result in turn.tool_results)
            await _stream(message.append_text, " ".join(results))
        if text is None:
            return
        await _stream(message.append_reasoning, _thoughts(text))
        if "weather" not in text.lower():
            await _stream(message.append_text, _answer(text))
            return
        await _stream(message.append_text, "Let me look that up.")
        city = _city(text)
        call = message.add_tool_call("get_weather")
        for piece in _pieces(json.dumps({"city": city}, ensure_ascii=False)):
            call.append_args(piece)
            await asyncio.sleep(settings.MOCK_DELAY_SECONDS)
        call.complete()
        if "get_weather" in turn.tools:
            return  # the client runs its own tool, and its result starts the next run
        weather = _weather(city)
        call.set_result(weather)
        await _stream(message.append_text, _conclusion("get_weather", weather, is_error=False))


async def _stream(append: Callable[[str], None], text: str) -> None:
    for word in re.findall(r"\s*\S+|\s+$", text):
        append(word)
        await asyncio.sleep(settings.MOCK_DELAY_SECONDS)


def _pieces(text: str, size: int = 4) -> Iterator[str]:
    return (text[i : i + size] for i in range(0, len(text), size))


def _thoughts(text: str) -> str:
    topic = "the weather" if "weather" in text.lower() else "what to make of it"
    return f"The user wrote {_counted(len(text.split()), 'word')}. I think about {topic}."


def _answer(text: str) -> str:
    words = text.split()
    if not words:
        return "I see no text in your message. Write me something, or ask me about the weather in Paris."
    quoted = " ".join(words[:_QUOTED_WORDS])[:_QUOTED_CHARACTERS] + (" …" if len(words) > _QUOTED_WORDS else "")
    longest = max(words, key=len)[:_QUOTED_CHARACTERS]
    return (
        f"You said: “{quoted}” That is {_counted(len(words), 'word')} and {_counted(len(text), 'character')}; "
        f"the longest is “{longest}”. I am a mock: ask me about the weather in Paris to see a tool call."
    )


def _conclusion(tool: str, result: Any, is_error: bool) -> str:
    quoted = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    quoted = quoted if len(quoted) <= _QUOTED_CHARACTERS else quoted[:_QUOTED_CHARACTERS] + " …"
    return f"The tool {tool} {'failed' if is_error else 'answered'}: {quoted}"


def _city(text: str) -> str:
    found = _CITY.search(text)
    return found[1] if found else "Berlin"


def _weather(city: str) -> dict[str, Any]:
    seed = crc32(city.lower().encode())
    return {"city": city, "temperature_c": seed % 35 - 5, "sky": _SKIES[seed // 35 % len(_SKIES)]}


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
