"""OpenAI's Responses."""

import json
from collections.abc import Iterator
from typing import Any

from tests.providers.answers import Answer, Say, Think, Use

_INCOMPLETE = {"length": "max_output_tokens", "filter": "content_filter"}


def frames(answer: Answer, body: dict[str, Any]) -> Iterator[str]:
    """The answer's events; of an error or a lost connection only what comes before."""
    for number, (kind, fields) in enumerate(_events(answer, body)):
        data = {"type": kind, "sequence_number": number, **fields}
        yield f"event: {kind}\ndata: {json.dumps(data)}\n\n"


def _events(answer: Answer, body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    response: dict[str, Any] = {
        "id": "resp_1", "object": "response", "created_at": 1790000000, "status": "in_progress",
        "model": body["model"], "output": [], "error": None, "incomplete_details": None, "instructions": None,
        "metadata": {}, "parallel_tool_calls": True, "temperature": None, "tool_choice": "auto", "tools": [],
        "top_p": None, "usage": None,
    }  # fmt: skip
    yield "response.created", {"response": response}
    yield "response.in_progress", {"response": response}
    output: list[dict[str, Any]] = []
    for index, part in enumerate(answer.parts):
        last = index == len(answer.parts) - 1 and answer.end not in ("stop", *_INCOMPLETE)
        item = yield from _item(index, part, unfinished=last)
        output.append(item)
    if answer.end in ("error", "overloaded"):
        code = "server_error" if answer.end == "error" else "server_is_overloaded"
        failed = {"code": code, "message": "SECRET of the provider"}
        yield "response.failed", {"response": response | {"status": "failed", "error": failed}}
    elif answer.end in ("stop", *_INCOMPLETE):
        usage = {
            "input_tokens": answer.input_tokens, "input_tokens_details": {"cached_tokens": answer.cached_tokens},
            "output_tokens": answer.output_tokens, "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": answer.input_tokens + answer.output_tokens,
        }  # fmt: skip
        whole = response | {"output": output, "usage": usage}
        if answer.end == "stop":
            yield "response.completed", {"response": whole | {"status": "completed"}}
        else:
            details = {"reason": _INCOMPLETE[answer.end]}
            yield "response.incomplete", {"response": whole | {"status": "incomplete", "incomplete_details": details}}


Events = Iterator[tuple[str, dict[str, Any]]]


def _item(index: int, part: Say | Think | Use, *, unfinished: bool) -> Any:
    at = {"output_index": index}
    if isinstance(part, Say):
        item = {"id": f"msg_{index}", "type": "message", "status": "in_progress", "role": "assistant", "content": []}
        yield "response.output_item.added", at | {"item": item}
        where = at | {"item_id": item["id"], "content_index": 0}
        empty = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        yield "response.content_part.added", where | {"part": empty}
        for piece in part.pieces:
            yield "response.output_text.delta", where | {"delta": piece, "logprobs": []}
        if unfinished:
            return item
        text = "".join(part.pieces)
        yield "response.output_text.done", where | {"text": text, "logprobs": []}
        yield "response.content_part.done", where | {"part": empty | {"text": text}}
        item = item | {"status": "completed", "content": [empty | {"text": text}]}
    elif isinstance(part, Think):
        item = {"id": f"rs_{index}", "type": "reasoning", "summary": []}
        yield "response.output_item.added", at | {"item": item}
        for number, piece in enumerate(part.pieces):
            where = at | {"item_id": item["id"], "summary_index": number}
            yield "response.reasoning_summary_part.added", where | {"part": {"type": "summary_text", "text": ""}}
            yield "response.reasoning_summary_text.delta", where | {"delta": piece}
            yield "response.reasoning_summary_text.done", where | {"text": piece}
            yield "response.reasoning_summary_part.done", where | {"part": {"type": "summary_text", "text": piece}}
        if unfinished:
            return item
        summary = [{"type": "summary_text", "text": piece} for piece in part.pieces]
        item = item | {"summary": summary, "encrypted_content": part.signature}
    else:
        item = {"id": f"fc_{index}", "type": "function_call", "status": "in_progress", "arguments": ""}
        item |= {"call_id": part.id, "name": part.name}
        yield "response.output_item.added", at | {"item": item}
        where = at | {"item_id": item["id"]}
        for piece in part.args:
            yield "response.function_call_arguments.delta", where | {"delta": piece}
        if unfinished:
            return item
        item = item | {"status": "completed", "arguments": "".join(part.args)}
        yield "response.function_call_arguments.done", where | {"name": part.name, "arguments": item["arguments"]}
    yield "response.output_item.done", at | {"item": item}
    return item


def conversation(body: dict[str, Any]) -> list[Any]:
    found: list[Any] = []
    for item in body["input"]:
        match item:
            case {"type": "function_call", "call_id": call_id, "name": name, "arguments": args}:
                found.append(("call", call_id, name, args))
            case {"type": "function_call_output", "call_id": call_id, "output": output}:
                found.append(("result", call_id, output))
            case {"type": "reasoning", "summary": summary, "encrypted_content": signature}:
                found.append(("thinking", [piece["text"] for piece in summary], signature))
            case {"role": role, "content": str(text)}:
                found.append((role, text))
            case {"role": role, "content": content}:
                found += [(role, part.get("text") or part["image_url"]) for part in content]
    return found
