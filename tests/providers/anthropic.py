"""Anthropic's Messages."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tests.providers.answers import Answer, Say, Think

_ENDS = {"stop": "end_turn", "length": "max_tokens", "filter": "refusal"}


def frames(answer: Answer, body: dict[str, Any]) -> Iterator[str]:
    """The answer's events; of an error or a lost connection only what comes before."""
    usage = {"input_tokens": answer.input_tokens - answer.cached_tokens, "output_tokens": 1}
    if answer.cached_tokens:
        usage["cache_read_input_tokens"] = answer.cached_tokens
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": []}
    yield _event("message_start", message={**head, "stop_reason": None, "stop_sequence": None, "usage": usage})
    yield _event("ping")
    calls = False
    for index, part in enumerate(answer.parts):
        if isinstance(part, Say):
            yield _event("content_block_start", index=index, content_block={"type": "text", "text": ""})
            deltas: Iterable[Any] = ({"type": "text_delta", "text": piece} for piece in part.pieces)
        elif isinstance(part, Think):
            block = {"type": "thinking", "thinking": "", "signature": ""}
            yield _event("content_block_start", index=index, content_block=block)
            signed = [{"type": "signature_delta", "signature": part.signature}] if part.signature else []
            deltas = [*({"type": "thinking_delta", "thinking": piece} for piece in part.pieces), *signed]
        else:
            calls = True
            block = {"type": "tool_use", "id": part.id, "name": part.name, "input": {}}  # type: ignore[dict-item]
            yield _event("content_block_start", index=index, content_block=block)
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ("", *part.args)]
        for delta in deltas:
            yield _event("content_block_delta", index=index, delta=delta)
        if index < len(answer.parts) - 1 or answer.end in _ENDS:
            yield _event("content_block_stop", index=index)
    if answer.end in ("error", "overloaded"):
        kind = "api_error" if answer.end == "error" else "overloaded_error"
        yield _event("error", error={"type": kind, "message": "SECRET of the provider"})
    elif answer.end in _ENDS:
        reason = "tool_use" if calls and answer.end == "stop" else _ENDS[answer.end]
        tokens = {"output_tokens": answer.output_tokens}
        yield _event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage=tokens)
        yield _event("message_stop")


def _event(kind: str, **fields: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n"


def error(kind: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_in_body"}


def conversation(body: dict[str, Any]) -> list[Any]:
    found: list[Any] = []
    for message in body["messages"]:
        content = message["content"]
        for part in [{"type": "text", "text": content}] if isinstance(content, str) else content:
            match part:
                case {"type": "text", "text": text}:
                    found.append((message["role"], text))
                case {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}}:
                    found.append((message["role"], f"data:{kind};base64,{data}"))
                case {"type": "image", "source": {"url": url}}:
                    found.append((message["role"], url))
                case {"type": "thinking", "thinking": text, "signature": signature}:
                    found.append(("thinking", text, signature))
                case {"type": "tool_use", "id": call_id, "name": name, "input": args}:
                    found.append(("call", call_id, name, json.dumps(args)))
                case {"type": "tool_result", "tool_use_id": call_id, "content": result}:
                    text = result if isinstance(result, str) else "".join(item["text"] for item in result)
                    found.append(("result", call_id, text))
    return found
