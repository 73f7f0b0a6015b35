"""What a user sees of a state, in one shape for both layouts."""

from typing import Any


def parts(state: Any, layout: str) -> list[dict[str, Any]]:
    """What the assistant said since the user's last message: kind, text, id, name, args, result, error."""
    found: list[dict[str, Any]] = []
    for message in state["messages"]:
        if message.get("role") == "user" or message.get("type") == "human":
            found.clear()
        else:
            found += _parts(message) if layout == "parts" else _langchain(message, found)
    return found


def usage(state: Any, layout: str) -> Any:
    """What the last message says that it took; None where it says nothing."""
    message = state["messages"][-1]
    if layout == "parts":
        return message.get("usage")
    names = {"input_tokens": "inputTokens", "output_tokens": "outputTokens"}
    known = message.get("usage_metadata")
    return known and {name: known[key] for key, name in names.items() if key in known}


def _parts(message: Any) -> list[dict[str, Any]]:
    found = []
    for part in message["parts"]:
        if part["type"] != "tool-call":
            found.append({"kind": part["type"], **{key: part[key] for key in ("text", "signature") if key in part}})
            continue
        call = {"kind": "call", "id": part["toolCallId"], "name": part["toolName"], "args": part["argsText"]}
        if "result" in part:
            call |= {"result": part["result"], "error": part.get("isError", False)}
        found.append(call)
    return found


def _langchain(message: Any, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if message["type"] == "tool":
        call = next(item for item in before if item.get("id") == message["tool_call_id"])
        call |= {"result": message["content"], "error": message["status"] == "error"}
        return []
    reasoning = message.get("additional_kwargs", {}).get("reasoning", {}).get("summary", [])
    found = [{**piece, "kind": "reasoning"} for piece in reasoning]
    for piece in found:
        del piece["type"]
    if message["content"]:
        found.append({"kind": "text", "text": message["content"]})
    calls = message["tool_calls"]
    return found + [
        {"kind": "call", "id": call["id"], "name": call["name"], "args": call["partial_json"]} for call in calls
    ]
