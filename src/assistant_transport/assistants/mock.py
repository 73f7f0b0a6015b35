"""An assistant without a model: it streams as a model would, and answers the same input with the same text.

It writes some reasoning, quotes the user, calls `get_weather` when the user mentions the weather, and writes code when
the user mentions code. It counts words in place of tokens.

The tool's arguments and its result have the names that upstream's example with-assistant-transport reads.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from zlib import crc32

from assistant_transport.assistants.base import BaseAssistant
from assistant_transport.assistants.mock_arguments import arguments
from assistant_transport.assistants.turn import Turn
from assistant_transport.conf import settings
from assistant_transport.transcript import AssistantMessage

_CITY = re.compile(r"\b(?:in|for|at)\s+(?:the\s+)?([^\W\d_][\w'-]*(?:\s+[A-Z][\w'-]*)*)")
_CONDITIONS = ("sunny", "cloudy", "rainy", "windy", "foggy")
_CODE = """\
Here is a program that does **exactly** that, in `Python`:

```python
def answer(question: str) -> str:
    words = question.split()
    return str(len(words)) + " words"


print(answer({question}))
```

1. It splits the question into words.
2. It counts them, and *says so*.
"""
_QUOTED_WORDS = 12
_QUOTED_CHARACTERS = 400


class MockAssistant(BaseAssistant):
    """Answers at one word every `MOCK_DELAY_SECONDS`."""

    name = "mock"

    async def reply(self, turn: Turn) -> None:
        if turn.text is None and not turn.tool_results:
            return
        message = turn.transcript.assistant_message()
        words = 0
        if turn.tool_results:
            results = (_conclusion(result.tool_name, result.result, result.is_error) for result in turn.tool_results)
            words += await _stream(message.append_text, " ".join(results))
        if turn.text is not None:
            words += await _answer(turn.text, message, turn.tools.get("get_weather"))
        message.set_usage(input_tokens=len((turn.text or "").split()), output_tokens=words)


async def _answer(text: str, message: AssistantMessage, client_tool: dict[str, Any] | None) -> int:
    """Answers `text` and returns the number of words written. `client_tool` is the client's own get_weather, if any."""
    topics = text.lower()
    words = await _stream(message.append_reasoning, _thoughts(text))
    if "weather" not in topics:
        return words + await _stream(message.append_text, _program(text) if "code" in topics else _echo(text))
    words += await _stream(message.append_text, "Let me look that up.")
    city = _city(text)
    call = message.add_tool_call("get_weather")
    args = {"location": city} if client_tool is None else arguments(client_tool.get("parameters"), city)
    for piece in _pieces(json.dumps(args, ensure_ascii=False)):
        call.append_args(piece)
        await asyncio.sleep(settings.MOCK_DELAY_SECONDS)
    call.complete()
    if client_tool is not None:
        return words  # the client runs its own tool, and its result starts the next run
    weather = _weather(city)
    call.set_result(weather)
    said = "It is {temperature} °C and {condition} in {location}.".format(**weather)
    return words + await _stream(message.append_text, said)


async def _stream(append: Callable[[str], None], text: str) -> int:
    words = re.findall(r"\s*\S+|\s+$", text)
    for word in words:
        append(word)
        await asyncio.sleep(settings.MOCK_DELAY_SECONDS)
    return len(words)


def _pieces(text: str, size: int = 4) -> Iterator[str]:
    return (text[i : i + size] for i in range(0, len(text), size))


def _thoughts(text: str) -> str:
    topic = "the weather" if "weather" in text.lower() else "what to make of it"
    return f"The user wrote {_counted(len(text.split()), 'word')}. I think about {topic}."


def _echo(text: str) -> str:
    words = text.split()
    if not words:
        return "I see no text in your message. Write me something, or ask me about the weather in Paris."
    quoted = " ".join(words[:_QUOTED_WORDS])[:_QUOTED_CHARACTERS] + (" …" if len(words) > _QUOTED_WORDS else "")
    longest = max(words, key=len)[:_QUOTED_CHARACTERS]
    return (
        f"You said: “{quoted}” That is {_counted(len(words), 'word')} and {_counted(len(text), 'character')}; "
        f"the longest is “{longest}”. I am a mock: ask me about the weather in Paris to see a tool call, or for code."
    )


def _program(text: str) -> str:
    return _CODE.format(question=json.dumps(text[:_QUOTED_CHARACTERS], ensure_ascii=False))


def _conclusion(tool: str, result: Any, is_error: bool) -> str:
    quoted = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    quoted = quoted if len(quoted) <= _QUOTED_CHARACTERS else quoted[:_QUOTED_CHARACTERS] + " …"
    return f"The tool {tool} {'failed' if is_error else 'answered'}: {quoted}"


def _city(text: str) -> str:
    found = _CITY.search(text)
    return found[1] if found else "Berlin"


def _weather(city: str) -> dict[str, Any]:
    seed = crc32(city.lower().encode())
    condition = _CONDITIONS[seed // 35 % len(_CONDITIONS)]
    return {"location": city, "temperature": seed % 35 - 5, "unit": "celsius", "condition": condition}


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
