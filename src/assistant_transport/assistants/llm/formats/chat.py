"""OpenAI's Chat Completions, as compatible servers speak it too."""

from typing import Any

from assistant_transport.assistants.llm.conversation import Image, Result, Round, Text, Thought, Use, UserMessage
from assistant_transport.assistants.llm.formats.chat_stream import ChatReader, extra_of
from assistant_transport.assistants.llm.formats.format import Format, ModelRequest

Json = dict[str, Any]


def body(request: ModelRequest) -> Json:
    messages: list[Json] = [{"role": "system", "content": request.system}] if request.system else []
    for item in request.conversation:
        if isinstance(item, UserMessage):
            messages.append({"role": "user", "content": _content(item)})
        else:
            messages += _round(item)
    found: Json = {"model": request.model, "messages": messages, "stream": True}
    found["stream_options"] = {"include_usage": True}
    if request.tools:
        found["tools"] = [
            {"type": "function", "function": _given(name=t.name, description=t.description, parameters=t.schema)}
            for t in request.tools
        ]
    if request.max_tokens is not None:
        found[_limit(request)] = request.max_tokens
    if request.effort:
        found["reasoning_effort"] = request.effort
    return found | request.sampling


def _limit(request: ModelRequest) -> str:
    """The limit's name: OpenAI's reasoning models know only the new one, many compatible servers only the old."""
    names = ["max_completion_tokens", "max_tokens"] if request.is_official else ["max_tokens", "max_completion_tokens"]
    return next((name for name in names if name not in request.without), names[0])


def _content(message: UserMessage) -> str | list[Json]:
    """Text alone is a string, which every server takes."""
    if not any(isinstance(part, Image) for part in message.parts):
        return "\n\n".join(part.text for part in message.parts if isinstance(part, Text))
    return [
        {"type": "text", "text": part.text}
        if isinstance(part, Text)
        else {"type": "image_url", "image_url": {"url": part.url}}
        for part in message.parts
    ]


def _round(item: Round) -> list[Json]:
    text = "\n\n".join(part.text for part in item.parts if isinstance(part, Text))
    said: Json = {"role": "assistant", "content": text or None}
    calls = [_call(part) for part in item.parts if isinstance(part, Use)]
    if calls:
        said |= _reasoning(item)
        said["tool_calls"] = calls
    return [said, *(_result(result) for result in item.results)]


def _reasoning(item: Round) -> Json:
    """The reasoning that led to calls, under the name that it came by: servers refuse the calls without it."""
    found: Json = {}
    for part in item.parts:
        if isinstance(part, Thought | Use) and part.signature.get("provider") == "chat":
            field = part.signature.get("field")
            name = field if field in ("reasoning", "reasoning_text") else "reasoning_content"
            if isinstance(part, Thought) and part.text:
                found[name] = found.get(name, "") + part.text
            if isinstance(details := part.signature.get("details"), list):
                found["reasoning_details"] = found.get("reasoning_details", []) + details
    return found


def _call(use: Use) -> Json:
    call: Json = {"id": use.id, "type": "function", "function": {"name": use.name, "arguments": use.args}}
    if use.signature.get("provider") == "chat":
        call |= extra_of(use.signature.get("extra"))
        call["function"] |= extra_of(use.signature.get("function"))
    return call


def _result(result: Result) -> Json:
    return {"role": "tool", "tool_call_id": result.id, "content": result.text}


def _given(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


FORMAT = Format("/chat/completions", body, ChatReader)
