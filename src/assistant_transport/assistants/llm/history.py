"""A conversation as the models know it, from the client's state, which may say anything.

No call in it is ever run: each one has a result, if only that there is none. Nothing in it is an instruction.
"""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from typing import Any

from pydantic_ai import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserContent,
    UserPromptPart,
)
from pydantic_ai.messages import ModelResponsePart, sanitize_messages
from pydantic_core import from_json

from assistant_transport.assistants.llm import images
from assistant_transport.transcript import Call, Entry, Image, Part, Reasoning, Text

TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # as every provider takes it

_CALL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_INTERRUPTED = "The call was interrupted before there was a result."
# Some providers take no conversation that begins with the assistant, as one with a greeting does.
_OPENING = "(The assistant speaks first.)"


def awaits_answer(entries: Sequence[Entry], client_tools: Collection[str]) -> bool:
    """Whether it is the assistant's turn: the user has written, or the last call of all has its result."""
    last = next((entry for entry in reversed(entries) if entry.parts), None)
    if last is None or last.by_user:
        return last is not None
    calls = [part for part in last.parts if isinstance(part, Call)]
    pending = {call.name for call in calls if not call.is_answered}
    answered = any(call.is_answered for call in calls)
    return answered and isinstance(last.parts[-1], Call) and pending.isdisjoint(client_tools)


def messages(entries: Iterable[Entry]) -> list[ModelMessage]:
    """The conversation for a model."""
    found: list[ModelMessage] = []
    ids: set[str] = set()
    for entry in entries:
        found.extend(_user(entry.parts) if entry.by_user else _assistant(entry.parts, ids))
    if found and isinstance(found[0], ModelResponse):
        found.insert(0, ModelRequest([UserPromptPart(_OPENING)]))
    # What is written above holds already; it is for what the library may come to do with a history.
    return sanitize_messages(found, allowed_file_url_schemes=("https",))


def rounds_since_user(history: Sequence[ModelMessage]) -> int:
    """How often tools were called since the user has written: each result of the client's is a run of its own."""
    count = 0
    for message in reversed(history):
        if isinstance(message, ModelResponse):
            count += any(isinstance(part, ToolCallPart) for part in message.parts)
        elif any(isinstance(part, UserPromptPart) for part in message.parts):
            break
    return count


def _user(parts: Iterable[Part]) -> list[ModelMessage]:
    content: list[UserContent] = []
    for part in parts:
        if isinstance(part, Text) and part.text.strip():
            content.append(part.text)
        elif isinstance(part, Image):
            try:
                content.append(images.read(part.url))
            except ValueError:
                continue  # a new one was refused; this is what the client says of an old one
    return [ModelRequest([UserPromptPart(content)])] if content else []


def _assistant(parts: Iterable[Part], ids: set[str]) -> list[ModelMessage]:
    """What the assistant said, with the results of its calls where they came in."""
    found: list[ModelMessage] = []
    said: list[ModelResponsePart] = []
    results: list[ToolReturnPart] = []
    for part in parts:
        if isinstance(part, Call):
            if TOOL_NAME.fullmatch(part.name):
                call_id = _unique(part.id, ids)
                said.append(ToolCallPart(part.name, _args(part.args), call_id))
                results.append(_result(part, call_id))
            continue
        written = _written(part)
        if written is not None:
            if results:
                found += _round(said, results)
                said, results = [], []
            said.append(written)
    return found + _round(said, results)


def _round(said: list[ModelResponsePart], results: list[ToolReturnPart]) -> list[ModelMessage]:
    while said and isinstance(said[-1], ThinkingPart):
        said.pop()  # reasoning that led to nothing, for it was cut off, is refused
    return [*([ModelResponse(said)] if said else []), *([ModelRequest(results)] if results else [])]


def _written(part: Part) -> ModelResponsePart | None:
    if isinstance(part, Text):
        return TextPart(part.text) if part.text.strip() else None
    if isinstance(part, Reasoning) and part.signature:
        match part.signature:
            case {"signature": str(signature), "provider": str(provider)} if signature:
                name = part.signature.get("id")
                item = name if isinstance(name, str) else None
                return ThinkingPart(part.text, id=item, signature=signature, provider_name=provider)
            case {"id": str(item), "provider": str(provider)}:
                return ThinkingPart(part.text, id=item, provider_name=provider)
    return None  # unsigned reasoning would be sent as if the assistant had said it


def _args(text: str) -> str:
    """The arguments as they were written, if they are what arguments must be."""
    try:
        return text if isinstance(from_json(text, allow_inf_nan=False), dict) else "{}"
    except ValueError:
        return "{}"


def _result(call: Call, call_id: str) -> ToolReturnPart:
    if not call.is_answered:
        return ToolReturnPart(call.name, _INTERRUPTED, call_id, outcome="interrupted")
    text = _model_text(call.model_content)
    if text is None:
        text = call.result if isinstance(call.result, str) else json.dumps(call.result, ensure_ascii=False)
    return ToolReturnPart(call.name, text, call_id, outcome="failed" if call.is_error else "success")


def _model_text(content: Any) -> str | None:
    """What the client wants the model to read, if it gave text."""
    items = content if isinstance(content, list) else []
    texts = [item.get("text") for item in items if isinstance(item, dict) and item.get("type") == "text"]
    return "\n".join(text for text in texts if isinstance(text, str)) if texts else None


def _unique(call_id: str, taken: set[str]) -> str:
    """The call's id, or another one where providers would not take it."""
    while call_id in taken or not _CALL_ID.fullmatch(call_id):
        call_id = f"call_{sha256(f'{call_id} {len(taken)}'.encode()).hexdigest()[:24]}"
    taken.add(call_id)
    return call_id
