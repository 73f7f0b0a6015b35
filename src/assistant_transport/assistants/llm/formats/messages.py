"""Anthropic's Messages."""

import re
from typing import Any

from assistant_transport.assistants.llm.conversation import Image, Round, Text, Thought, Use, UserMessage
from assistant_transport.assistants.llm.formats.format import Format, ModelRequest
from assistant_transport.assistants.llm.formats.messages_stream import MessagesReader
from assistant_transport.assistants.llm.jsontext import parse

Json = dict[str, Any]

# The API insists on a limit. A compatible server's context may be small, and one that is too large is refused.
_OFFICIAL_LIMIT, _COMPATIBLE_LIMIT = 8192, 4096
# Models before adaptive thinking: they take a budget of tokens in the place of an effort.
_BY_BUDGET = re.compile(r"claude-(3|(haiku|sonnet|opus)-4(-[015])?(-\d{8})?$)")
_BUDGETS = {"minimal": 1024, "low": 2048, "medium": 8192}
_LARGEST_BUDGET = 16384


def body(request: ModelRequest) -> Json:
    limit = request.max_tokens or (_OFFICIAL_LIMIT if request.is_official else _COMPATIBLE_LIMIT)
    found: Json = {"model": request.model, "messages": _messages(request), "max_tokens": limit, "stream": True}
    if request.system:
        found["system"] = request.system
    if request.tools:
        found["tools"] = [
            {"name": tool.name, "input_schema": tool.schema}
            | ({"description": tool.description} if tool.description else {})
            for tool in request.tools
        ]
    if request.effort:
        found |= _thinking(request.model, request.effort, limit)
    return found | {name: value for name, value in request.sampling.items() if name in ("temperature", "top_p")}


def _thinking(model: str, effort: str, limit: int) -> Json:
    if _BY_BUDGET.match(model):
        budget = _BUDGETS.get(effort, _LARGEST_BUDGET)
        return {"thinking": {"type": "enabled", "budget_tokens": budget}, "max_tokens": limit + budget}
    return {"thinking": {"type": "adaptive"}, "output_config": {"effort": "low" if effort == "minimal" else effort}}


def _messages(request: ModelRequest) -> list[Json]:
    messages: list[Json] = []
    results: list[Json] = []  # of the message before: they stand in the user's next one, before all else
    for item in request.conversation:
        if isinstance(item, UserMessage):
            messages.append({"role": "user", "content": results + [_block(part) for part in item.parts]})
            results = []
            continue
        if results:
            messages.append({"role": "user", "content": results})
        said = [block for part in item.parts if (block := _said(part, item, request.is_official)) is not None]
        messages.append({"role": "assistant", "content": said})
        results = [
            {"type": "tool_result", "tool_use_id": result.id, "content": result.text}
            | ({"is_error": True} if result.is_error else {})
            for result in item.results
        ]
    if results:
        messages.append({"role": "user", "content": results})
    return messages


def _block(part: Text | Image) -> Json:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    if part.data is None:
        return {"type": "image", "source": {"type": "url", "url": part.url}}
    return {"type": "image", "source": {"type": "base64", "media_type": part.media_type, "data": part.data}}


def _said(part: Text | Thought | Use, item: Round, is_official: bool) -> Json | None:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    if isinstance(part, Use):
        return {"type": "tool_use", "id": part.id, "name": part.name, "input": parse(part.args)}
    match part.signature:
        case {"provider": "anthropic", "id": "redacted_thinking", "signature": str(data)}:
            return {"type": "redacted_thinking", "data": data}
        case {"provider": "anthropic", "signature": str(signature)} if signature or (item.results and not is_official):
            return {"type": "thinking", "thinking": part.text, "signature": signature}
    return None


FORMAT = Format("/messages", body, MessagesReader)
