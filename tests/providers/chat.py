"""OpenAI's Chat Completions, as compatible servers speak it too."""

import json
from collections.abc import Iterator
from typing import Any

from tests.providers.answers import Answer, Think, Use

_ENDS = {"stop": "stop", "length": "length", "filter": "content_filter"}


def frames(answer: Answer, body: dict[str, Any]) -> Iterator[str]:
    """The answer's `data:` frames; of an error or a lost connection only what comes before."""
    yield _chunk(body, {"role": "assistant", "content": ""})
    calls = 0
    for part in answer.parts:
        if isinstance(part, Use):
            function = {"name": part.name, "arguments": ""}
            call = {"index": calls, "id": part.id, "type": "function", "function": function}
            yield _chunk(body, {"tool_calls": [call]})
            for piece in part.args:
                yield _chunk(body, {"tool_calls": [{"index": calls, "function": {"arguments": piece}}]})
            calls += 1
        else:
            name = "reasoning_content" if isinstance(part, Think) else "content"
            for piece in part.pieces:
                yield _chunk(body, {name: piece})
    if answer.end in ("error", "overloaded"):
        code = "server_error" if answer.end == "error" else "server_is_overloaded"
        yield _frame({"error": {"message": "SECRET of the provider", "type": code, "code": code, "param": None}})
    elif answer.end in _ENDS:
        yield _chunk(body, {}, "tool_calls" if calls and answer.end == "stop" else _ENDS[answer.end])
        if body.get("stream_options", {}).get("include_usage"):
            tokens = {"prompt_tokens": answer.input_tokens, "completion_tokens": answer.output_tokens}
            total: dict[str, Any] = {"total_tokens": answer.input_tokens + answer.output_tokens}
            if answer.cached_tokens:
                total |= {"prompt_tokens_details": {"cached_tokens": answer.cached_tokens}}
            yield _frame({**_head(body), "choices": [], "usage": tokens | total})
        yield "data: [DONE]\n\n"


def _head(body: dict[str, Any]) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1790000000, "model": body["model"]}


def _chunk(body: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _frame({**_head(body), "choices": [choice]})


def _frame(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data)}\n\n"


def error(kind: str, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": kind}}


def conversation(body: dict[str, Any]) -> list[Any]:
    found: list[Any] = []
    for message in body["messages"]:
        if message["role"] == "tool":
            found.append(("result", message["tool_call_id"], message["content"]))
        elif message["role"] in ("user", "assistant"):
            content = message.get("content")
            parts = [{"type": "text", "text": content}] if isinstance(content, str) else content or []
            found += [(message["role"], part.get("text") or part["image_url"]["url"]) for part in parts]
            functions = [(call["id"], call["function"]) for call in message.get("tool_calls", [])]
            found += [("call", call_id, function["name"], function["arguments"]) for call_id, function in functions]
    return found
