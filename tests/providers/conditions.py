"""What a case may ask of a request to the provider, as `tests/assistants/llm/cases/README.md` defines it."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

Json = dict[str, Any]
_TYPES = {"array": list, "string": str, "object": dict}


def holds(condition: Json, request: Json, number: int = 0) -> bool:
    """Whether a condition holds of a request, `{"headers": …, "body": …}`, the case's request number `number`."""
    match condition:
        case {"some": path, **wanted}:
            return any(_fits(value, wanted) for value in found(request, path))
        case {"none": path, **wanted}:
            return not any(_fits(value, wanted) for value in found(request, path))
        case {"twice": path, "is": value}:
            values = list(found(request, path))
            return any(pair == (value, value) for pair in pairwise(values))
        case {"twice": path}:
            values = list(found(request, path))
            return any(value in values[:index] for index, value in enumerate(values))
        case {"paired": True}:
            return _call_ids(request["body"]) == _result_ids(request["body"])
        case {"request": wanted_number}:
            return bool(number == wanted_number)
    raise AssertionError(f"no such condition: {condition}")


def found(value: Any, path: str) -> Iterator[Any]:
    """The values at a path: keys with dots, `*` for each item of a list. What is null is not found."""
    head, _, rest = path.partition(".")
    if head == "*":
        values = value if isinstance(value, list) else []
    else:
        values = [value[head]] if isinstance(value, dict) and head in value else []
    for inner in values:
        if inner is not None:
            yield from found(inner, rest) if rest else (inner,)


def _fits(value: Any, wanted: Json) -> bool:
    """Whether a value fits all that is wanted of it."""
    checks = {
        "is": lambda expected: _is(value, expected),
        "type": lambda name: isinstance(value, _TYPES[name]),
        "above": lambda limit: isinstance(value, int | float) and value > limit,
        "holds": lambda text: text in json.dumps(value, ensure_ascii=False),
        "has": lambda paths: all(any(True for _ in found(value, path)) for path in paths),
        "lacks": lambda paths: any(all(_is_empty(inner) for inner in found(value, path)) for path in paths),
    }
    return all(checks[name](expected) for name, expected in wanted.items())


def _is(value: Any, expected: Any) -> bool:
    """Equal; of an object, at least the expected keys."""
    if isinstance(expected, dict):
        return isinstance(value, dict) and all(key in value and _is(value[key], expected[key]) for key in expected)
    return type(value) is type(expected) and bool(value == expected)


def _is_empty(value: Any) -> bool:
    return value in ("", [], {})


def _call_ids(body: Json) -> list[str]:
    """The ids of all calls, in any of the three formats."""
    chat = found(body, "messages.*.tool_calls.*.id")
    responses = (item["call_id"] for item in found(body, "input.*") if item.get("type") == "function_call")
    blocks = found(body, "messages.*.content.*")
    anthropic = (block["id"] for block in blocks if isinstance(block, dict) and block.get("type") == "tool_use")
    return sorted([*chat, *responses, *anthropic])


def _result_ids(body: Json) -> list[str]:
    """The ids that all results name, in any of the three formats."""
    chat = found(body, "messages.*.tool_call_id")
    responses = (item["call_id"] for item in found(body, "input.*") if item.get("type") == "function_call_output")
    anthropic = found(body, "messages.*.content.*.tool_use_id")
    return sorted([*chat, *responses, *anthropic])
