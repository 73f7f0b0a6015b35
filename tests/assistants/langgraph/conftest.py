"""Servers whose assistant is one of acme's graphs, and helpers that read their state."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.server import Server, stop_all
from tests.wire import Client

Graph = Callable[..., Client]

TOOLS = {"get_weather": {"description": "The weather.", "parameters": {"type": "object", "properties": {}}}}


@pytest.fixture(scope="package")
def servers() -> Iterator[dict[str, Server]]:
    """One server for each graph, for all tests of this folder."""
    running: dict[str, Server] = {}
    yield running
    stop_all(running.values())


@pytest.fixture
def graph(servers: dict[str, Server]) -> Graph:
    """A client of the server for the graph of that name."""

    def client(name: str, module: str = "acme.graphs") -> Client:
        path = f"langgraph:{module}:{name}"
        if path not in servers:
            servers[path] = Server(ASSISTANT=path, ASSISTANT_MESSAGE_FORMAT="langchain", ANONYMOUS_GRACE_SECONDS="0")
        return Client(servers[path].host, servers[path].port)

    return client


def told(state: Any) -> list[tuple[str, Any]]:
    """Each message's type and content; checks that the messages are valid."""
    messages = state["messages"]
    ids = [message["id"] for message in messages]
    assert len(set(ids)) == len(ids), "ids are unique"
    for position, message in enumerate(messages):
        assert None not in message.values()
        if message["type"] == "tool":
            caller = next(m for m in reversed(messages[:position]) if m["type"] != "tool")
            (name,) = {call["name"] for call in caller["tool_calls"] if call["id"] == message["tool_call_id"]}
            assert message["name"] == name, "a result stands behind its call and has its name"
    return [(message["type"], message["content"]) for message in messages]


def result(call: Any, value: Any, **fields: Any) -> dict[str, Any]:
    """An add-tool-result command as the client sends it."""
    return {"type": "add-tool-result", "toolCallId": call["id"], "toolName": call["name"], "result": value, **fields}
