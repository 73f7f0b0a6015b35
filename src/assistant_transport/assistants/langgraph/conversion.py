"""LangChain's messages as messages of the state: plain JSON without nulls, in the layout `langchain`."""

import json
from collections.abc import Callable
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from assistant_transport.assistants.langgraph.history import CALL_BLOCKS, SOURCE, without_nulls
from assistant_transport.transcript import langchain_messages as shapes

StateMessage = dict[str, Any]
IsJson = Callable[[Any], bool]  # whether a client accepts the value: StateDocument.accepts


def is_shown(message: BaseMessage) -> bool:
    """Whether clients see the message; a system prompt, or an instruction to remove others, is not for them."""
    return isinstance(message, HumanMessage | AIMessage | ToolMessage)


def state_message(
    message: BaseMessage, is_json: IsJson, *, streamed: StateMessage | None = None, tool_name: str | None = None
) -> StateMessage:
    """`message` as it stands in the state. What is not JSON is left out.

    Args:
        is_json: whether a client accepts a value.
        streamed: the message as the state has it already, if it does.
        tool_name: for a tool's result, the name in its call, which the result must have too.
    """
    content = without_nulls(_content(message, is_json))
    if isinstance(message, AIMessage):
        return _ai_message(message, content, is_json, streamed)
    if isinstance(message, ToolMessage):
        artifact = message.artifact
        extra = {"artifact": artifact} if artifact is not None and is_json(artifact) else {}
        name, is_error = tool_name or message.name or "tool", message.status == "error"
        result = streamed.get("content") if streamed else None
        if isinstance(result, dict) and shapes.json_text(result) == content:
            content = result  # the client's tool answered by an object, which its frontend reads
        return shapes.tool_message(message.id, message.tool_call_id, name, content, is_error=is_error, **extra)
    if streamed and streamed.get("content") == content:
        return streamed  # the client's own, with whatever else it keeps there
    return shapes.human_message(message.id, content) | _origin(message)


def _origin(message: BaseMessage) -> StateMessage:
    """Who says a message that is no user's, and what wrote it, such as `summarization`."""
    origin: StateMessage = {"name": message.name} if message.name else {}
    if isinstance(source := message.additional_kwargs.get(SOURCE), str):
        origin["additional_kwargs"] = {SOURCE: source}
    return origin


def _ai_message(message: AIMessage, content: Any, is_json: IsJson, streamed: StateMessage | None) -> StateMessage:
    calls = {call["id"]: call for _, call in shapes.tool_calls_of(streamed)} if streamed else {}
    converted = shapes.ai_message(
        message.id, content, [_tool_call(call, is_json, calls.get(call["id"])) for call in message.tool_calls]
    )
    if message.name:
        converted["name"] = message.name
    if kwargs := _additional_kwargs(message, is_json):
        converted["additional_kwargs"] = kwargs
    if streamed and "usage_metadata" in streamed:
        converted["usage_metadata"] = streamed["usage_metadata"]
    return converted


def _tool_call(call: Any, is_json: IsJson, streamed: dict[str, Any] | None) -> dict[str, Any]:
    """A call whose arguments are complete. Their text stays as it was streamed, for a client only lets it grow."""
    args = call["args"] if is_json(call["args"]) else {}
    text = streamed.get("partial_json") if streamed else None
    try:
        is_same = isinstance(text, str) and json.loads(text) == args
    except (ValueError, RecursionError):
        is_same = False
    return shapes.tool_call(call["id"], call["name"], str(text) if is_same else shapes.json_text(args), args)


def _content(message: BaseMessage, is_json: IsJson) -> Any:
    if isinstance(message.content, str):
        return message.content
    blocks = [{"type": "text", "text": block} if isinstance(block, str) else block for block in message.content]
    # Providers refuse an empty text block, and the client sends these blocks back with its next request.
    return [b for b in blocks if b.get("type") not in CALL_BLOCKS and b.get("text") != "" and is_json(b)]


def _additional_kwargs(message: AIMessage, is_json: IsJson) -> dict[str, Any]:
    kwargs = {key: value for key, value in message.additional_kwargs.items() if key != "tool_calls" and is_json(value)}
    thought = message.additional_kwargs.get("reasoning_content")
    if isinstance(thought, str) and thought:
        kwargs = shapes.reasoning(thought) | kwargs
    return without_nulls(kwargs)  # type: ignore[no-any-return]


def text_pieces(message: BaseMessage) -> list[tuple[str, str]]:
    """The texts of a message, or of a chunk of one, each with its kind: `text` or `reasoning`."""
    if isinstance(message.content, str) and not message.additional_kwargs:
        return [("text", message.content)] if message.content else []
    pieces = [("reasoning", message.additional_kwargs.get("reasoning_content"))]
    blocks = [message.content] if isinstance(message.content, str) else message.content
    for block in blocks:
        if isinstance(block, str):
            pieces.append(("text", block))
        elif block.get("type") in ("text", "text_delta"):
            pieces.append(("text", block.get("text")))
        elif block.get("type") == "thinking":
            pieces.append(("reasoning", block.get("thinking")))
        elif block.get("type") == "reasoning":
            pieces.append(("reasoning", block.get("reasoning")))
            pieces += [("reasoning", part.get("text")) for part in block.get("summary") or []]
    return [(kind, text) for kind, text in pieces if isinstance(text, str) and text]
