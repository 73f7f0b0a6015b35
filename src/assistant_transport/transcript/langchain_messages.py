"""The messages of the layout `langchain` as plain JSON: the one place that knows their fields.

`convertLangChainMessages` of @assistant-ui/react-langgraph renders them (tested with 0.14.25). A field without a value
is left out, for that converter breaks on a null.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from assistant_transport.transcript.writers import Message

# The list of what a model thought, within an ai message; each piece has a `text` that may grow.
REASONING_PIECES = ("additional_kwargs", "reasoning", "summary")


def human_message(message_id: str | None, content: Any) -> Message:
    """`content` is a text, or a list of text and image blocks."""
    return {"id": message_id, "type": "human", "content": content}


def ai_message(message_id: str | None, content: Any = "", tool_calls: Iterable[dict[str, Any]] = ()) -> Message:
    """`content` is a text, or a list of a provider's blocks; `tool_calls` are made by `tool_call`."""
    return {"id": message_id, "type": "ai", "content": content, "tool_calls": [*tool_calls]}


def tool_message(
    message_id: str | None, call_id: str, name: str, content: Any, *, is_error: bool = False, **extra: Any
) -> Message:
    """A tool's result as a message of its own. `extra` holds `artifact` and `model_content`, any JSON, and
    `is_preliminary`.

    `name` must be the one of the call: rendering throws where the two differ. `content` is a text, a list of blocks or
    an object, see `result_content`.
    """
    message: Message = {
        "id": message_id,
        "type": "tool",
        "tool_call_id": call_id,
        "name": name,
        "content": content,
        "status": "error" if is_error else "success",
    }
    if "artifact" in extra:
        message["artifact"] = extra["artifact"]
    if "model_content" in extra:
        message["additional_kwargs"] = {"modelContent": extra["model_content"]}
    if extra.get("is_preliminary"):
        message["additional_kwargs"] = {"isPreliminary": True}
    return message


def result_content(result: Any) -> dict[str, Any] | str:
    """A tool's result as the content of its message: an object as it is, for frontends read its fields, else a text.

    A list would be taken for blocks of content. Models get the result as a text.
    """
    return result if isinstance(result, dict) else json_text(result)


def json_text(result: Any) -> str:
    """A tool's result as a text, for a model."""
    return result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)


def tool_call(call_id: str, name: str, args_text: str = "", args: dict[str, Any] | None = None) -> dict[str, Any]:
    """A call of an ai message. `args_text`, the JSON text, may grow; `args` follows once it is complete."""
    return {"id": call_id, "name": name, "args": args or {}, "partial_json": args_text}


def image_block(url: str) -> dict[str, Any]:
    """An image in a message's content. It renders in this form only; `{type: "image"}` is dropped."""
    return {"type": "image_url", "image_url": {"url": url}}


def file_block(data: str, mime_type: str, filename: str | None) -> dict[str, Any]:
    """A file in a message's content; `data` is base64, or an https URL."""
    by_url = data.startswith("https://")
    block = {"type": "file", "mime_type": mime_type, "source_type": "url" if by_url else "base64"}
    block["url" if by_url else "data"] = data
    return block if filename is None else block | {"metadata": {"filename": filename}}


def reasoning(text: str) -> dict[str, Any]:
    """What a model thinks, for an ai message's `additional_kwargs`."""
    return {"reasoning": {"type": "reasoning", "summary": [reasoning_piece(text)]}}


def reasoning_piece(text: str) -> dict[str, Any]:
    return {"type": "summary_text", "text": text}


def usage_metadata(input_tokens: int | None, output_tokens: int | None) -> dict[str, int]:
    """What is not known, None, is left out, and the total with it."""
    usage = {name: n for name, n in (("input_tokens", input_tokens), ("output_tokens", output_tokens)) if n is not None}
    return usage | {"total_tokens": sum(usage.values())} if len(usage) == 2 else usage


def tool_calls_of(message: Message) -> list[tuple[int, dict[str, Any]]]:
    """The tool calls of a message, each with its index. The client's messages may hold any JSON."""
    calls = message.get("tool_calls") if message.get("type") == "ai" else None
    return [
        (index, call)
        for index, call in enumerate(calls if isinstance(calls, list) else [])
        if isinstance(call, dict) and isinstance(call.get("id"), str)
    ]


def result_position(messages: Sequence[Message], caller: int) -> int:
    """Where the next result of the message at `caller` belongs: behind its other results.

    At the end of the conversation it would not be rendered with its call.
    """
    position = caller + 1
    while position < len(messages) and messages[position].get("type") == "tool":
        position += 1
    return position
