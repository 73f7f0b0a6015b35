"""OpenAI's Responses."""

from typing import Any

from assistant_transport.assistants.llm.conversation import Image, Round, Text, Thought, Use, UserMessage
from assistant_transport.assistants.llm.formats.format import Format, ModelRequest
from assistant_transport.assistants.llm.formats.responses_stream import ResponsesReader

Json = dict[str, Any]


def body(request: ModelRequest) -> Json:
    items: list[Json] = []
    for item in request.conversation:
        items += [_user(item)] if isinstance(item, UserMessage) else _round(item, request.is_official)
    found: Json = {"model": request.model, "input": items, "stream": True}
    # Nothing is kept there: what the model needs of its reasoning travels encrypted in the client's state.
    found |= {"store": False, "include": ["reasoning.encrypted_content"]}
    found["reasoning"] = {"summary": "auto"} | ({"effort": request.effort} if request.effort else {})
    if request.system:
        found["instructions"] = request.system
    if request.tools:
        # OpenAI takes a tool without a word of it for a strict one, and changes its schema.
        strict = {"strict": False} if request.is_official else {}
        found["tools"] = [
            {"type": "function", "name": tool.name, "description": tool.description, "parameters": tool.schema} | strict
            for tool in request.tools
        ]
    if request.max_tokens is not None:
        found["max_output_tokens"] = request.max_tokens
    return found | {name: value for name, value in request.sampling.items() if name in ("temperature", "top_p")}


def _user(message: UserMessage) -> Json:
    parts = message.parts
    if len(parts) == 1 and isinstance(parts[0], Text):
        return {"type": "message", "role": "user", "content": parts[0].text}
    content = [
        {"type": "input_image", "image_url": part.url, "detail": "auto"}
        if isinstance(part, Image)
        else {"type": "input_text", "text": part.text}
        for part in parts
    ]
    return {"type": "message", "role": "user", "content": content}


def _round(item: Round, is_official: bool) -> list[Json]:
    found: list[Json] = []
    for part in item.parts:
        if isinstance(part, Text):
            content = [{"type": "output_text", "text": part.text}]
            found.append({"type": "message", "role": "assistant", "content": content})
        elif isinstance(part, Use):
            found.append({"type": "function_call", "call_id": part.id, "name": part.name, "arguments": part.args})
        else:
            _reason(found, part, with_text=bool(item.results) and not is_official)
    results = [{"type": "function_call_output", "call_id": result.id, "output": result.text} for result in item.results]
    return found + results


def _reason(found: list[Json], part: Thought, *, with_text: bool) -> None:
    """Adds a piece of reasoning: the encrypted kind always, another server's beside the calls that it led to."""
    signature = part.signature
    if signature.get("provider") != "openai":
        return
    own = {"id": signature["id"]} if isinstance(signature.get("id"), str) else {}
    last = found[-1] if found and found[-1]["type"] == "reasoning" and found[-1].get("id") == own.get("id") else None
    if signature.get("field") in ("summary", "content"):
        if with_text and part.text:
            content = {"type": "reasoning_text", "text": part.text}
            if last is None:
                found.append({"type": "reasoning", **own, "summary": [], "content": [content]})
            else:
                last["content"].append(content)
        return
    item = last or {"type": "reasoning", **own, "summary": []}
    if last is None:
        found.append(item)
    if part.text:
        item["summary"].append({"type": "summary_text", "text": part.text})
    if isinstance(signature.get("signature"), str):
        item["encrypted_content"] = signature["signature"]


FORMAT = Format("/responses", body, ResponsesReader)
