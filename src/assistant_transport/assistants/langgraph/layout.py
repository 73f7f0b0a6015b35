"""LangChain messages as convertLangChainMessages renders them: plain JSON without nulls."""

import json
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from assistant_transport.assistants.langgraph.history import CALL_BLOCKS

Entry = dict[str, Any]


def is_shown(message: BaseMessage) -> bool:
    """Whether clients get to see it: not a system prompt, nor what only removes others."""
    return isinstance(message, HumanMessage | AIMessage | ToolMessage)


def entry_of(message: BaseMessage, before: Entry | None, tool_name: str | None) -> Entry:
    """`message` as it stands in the state, where `before` may have been streamed already.

    `tool_name` is the name in the call that a result belongs to: rendering throws where the two differ.
    """
    content = _without_nulls(_content(message))
    entry: Entry = {"id": message.id, "type": "human", "content": content}
    if isinstance(message, AIMessage):
        calls = {call.get("id"): call for call in before.get("tool_calls", [])} if before else {}
        entry["type"] = "ai"
        entry["tool_calls"] = [_call(call, calls.get(call["id"])) for call in message.tool_calls]
        if extra := _extra(message):
            entry["additional_kwargs"] = extra
        if before and "usage_metadata" in before:
            entry["usage_metadata"] = before["usage_metadata"]
    elif isinstance(message, ToolMessage):
        entry |= {"type": "tool", "tool_call_id": message.tool_call_id, "status": message.status}
        entry["name"] = tool_name or message.name or "tool"
        if message.artifact is not None and is_json(message.artifact):
            entry["artifact"] = message.artifact
    elif before and before.get("content") == content:
        return before  # the client's own
    return entry


def _call(call: Any, before: Entry | None) -> Entry:
    """A call whose arguments are whole. Their text stays as it was streamed: to a client it may only grow."""
    args = call["args"] if is_json(call["args"]) else {}
    streamed = before.get("partial_json", "") if before else ""
    try:
        same = json.loads(streamed) == args
    except ValueError:
        same = False
    text = streamed if same else json.dumps(args, ensure_ascii=False)
    return {"id": call["id"], "name": call["name"], "args": args, "partial_json": text}


def _content(message: BaseMessage) -> Any:
    if isinstance(message.content, str):
        return message.content
    blocks = [{"type": "text", "text": block} if isinstance(block, str) else block for block in message.content]
    # Providers refuse an empty text, should it come back to them.
    return [b for b in blocks if b.get("type") not in CALL_BLOCKS and b.get("text") != "" and is_json(b)]


def _extra(message: AIMessage) -> Entry:
    kwargs = {key: value for key, value in message.additional_kwargs.items() if key != "tool_calls" and is_json(value)}
    thought = message.additional_kwargs.get("reasoning_content")
    if isinstance(thought, str) and thought:
        kwargs.setdefault("reasoning", reasoning(thought))
    return _without_nulls(kwargs)  # type: ignore[no-any-return]


def reasoning(text: str) -> Entry:
    """What a model thinks, as additional_kwargs.reasoning renders."""
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": text}]}


def pieces(message: BaseMessage) -> list[tuple[str, str]]:
    """The texts of a message or a chunk of it, each with its kind, `text` or `reasoning`."""
    found = [("reasoning", message.additional_kwargs.get("reasoning_content"))]
    blocks = [message.content] if isinstance(message.content, str) else message.content
    for block in blocks:
        if isinstance(block, str):
            found.append(("text", block))
        elif block.get("type") in ("text", "text_delta"):
            found.append(("text", block.get("text")))
        elif block.get("type") == "thinking":
            found.append(("reasoning", block.get("thinking")))
        elif block.get("type") == "reasoning":
            found.append(("reasoning", block.get("reasoning")))
            found += [("reasoning", part.get("text")) for part in block.get("summary") or []]
    return [(kind, text) for kind, text in found if isinstance(text, str) and text]


def is_json(value: Any) -> bool:
    """Whether a client can be sent it."""
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    # Clients drop a frame with such a key; a text that only speaks of one has its quotes escaped.
    return '"__proto__":' not in text and not ('"constructor":' in text and '"prototype":' in text)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
