"""The largest requests that are valid, each of a kind that is expensive in another way."""

import json
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

from benchmarks.conversation import HUGE, SHORT, user_message

LARGEST = 4 * 1024 * 1024  # MAX_BODY_BYTES
_ROOM = 2_000  # for all but the state
_MESSAGES = 5_000


def small_objects() -> bytes:
    """As many objects as are allowed, and numbers: the most expensive to parse."""
    objects = ",".join(['{"a":1}'] * 119_000)
    numbers = ",".join(["1.5"] * ((LARGEST - len(objects) - _ROOM) // 4))
    return _body(f'{{"messages":[],"o":[{objects}],"n":[{numbers}]}}')


def long_texts() -> bytes:
    return _body(_state(_messages(100)))


def edit_of_the_first() -> bytes:
    """An edit that removes all messages."""
    return _body(_state(_messages(_MESSAGES)), sourceId="0", parentId=None)


def edit_of_the_last() -> bytes:
    """An edit that keeps all messages but one, so that they are sent to the client again."""
    return _body(_state(_messages(_MESSAGES)), sourceId=str(_MESSAGES - 1), parentId=str(_MESSAGES - 2))


def tool_result() -> bytes:
    """A tool's result of many objects."""
    results = ",".join(['{"a":1}'] * 119_000)
    result = f'{{"type":"add-tool-result","toolCallId":"a","toolName":"t","result":[{results}]}}'
    return f'{{"commands":[{result},{_command()}],"state":{{"messages":[]}}}}'.encode()


def _messages(count: int) -> list[dict[str, Any]]:
    text = "word " * ((LARGEST - _ROOM) // count // 5 - 16)
    return [
        {"id": str(number), "role": "assistant" if number % 2 else "user", "parts": [{"type": "text", "text": text}]}
        for number in range(count)
    ]


def _state(messages: list[dict[str, Any]]) -> str:
    return json.dumps({"messages": messages}, separators=(",", ":"))


def _command(**fields: Any) -> str:
    return json.dumps({"type": "add-message", "message": user_message(SHORT), **fields})


def _body(state: str, **fields: Any) -> bytes:
    body = f'{{"commands":[{_command(**fields)}],"state":{state}}}'.encode()
    assert len(body) <= LARGEST, len(body)
    return body


def post(path: str, body: bytes) -> bytes:
    """The request of that body."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def resume(port: int) -> bytes:
    """The request for a run of 7 MiB, which it makes first."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    command = f'{{"commands":[{json.dumps({"type": "add-message", "message": user_message(HUGE)})}]}}'
    connection.request("POST", "/assistant", command, {"Content-Type": "application/json"})
    run = connection.getresponse()
    assert len(run.read()) > 7_000_000
    connection.close()
    return post("/resume", json.dumps({"commands": [], "runId": run.headers["X-Run-Id"]}).encode())


def page(port: int) -> bytes:
    """The request for the page's script."""
    return b"GET /static/chat.js HTTP/1.1\r\nHost: localhost\r\n\r\n"


STATES: dict[str, Callable[[], bytes]] = {
    "small objects": small_objects,
    "long texts": long_texts,
    "an edit of the first of many messages": edit_of_the_first,
    "an edit of the last of many messages": edit_of_the_last,
    "a tool's result of small objects": tool_result,
}

# The requests that are measured, each by the server's port.
REQUESTS: dict[str, Callable[[int], bytes]] = {
    **{name: lambda port, make=make: post("/assistant", make()) for name, make in STATES.items()},  # type: ignore[misc]
    "a resume of a reply of 7 MiB": resume,
    "the page's script": page,
}
