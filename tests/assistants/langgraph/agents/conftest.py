"""Servers whose assistant is one of acme's agents, and conversations with them on a kept thread."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.assistants.langgraph.conftest import TOOLS, result
from tests.server import Server, stop_all
from tests.wire import Client, message


class Conversation:
    """A client's conversation with an agent on a thread of its own, which keeps the state that the last reply left.

    After every reply the client's messages are those of the graph's checkpoint.
    """

    def __init__(self, server: Server, graph_state: Path) -> None:
        self.client = Client(server.host, server.port)
        self._graph_state = graph_state
        self._named = {"threadId": "t", "headers": {"X-Client-Id": str(uuid4())}, "tools": TOOLS}
        self.state: Any = None

    def say(self, text: str) -> None:
        self.send(message(text))

    def resume(self, value: Any) -> None:
        self.send({"type": "resume", "value": value})

    def answer(self, value: Any) -> None:
        """Answers the last call of the client's tool."""
        calls = [call for each in self.state["messages"] for call in each.get("tool_calls", [])]
        self.send(result(next(call for call in reversed(calls) if call["name"] == "get_weather"), value))

    def post(self, *commands: Any) -> list[str]:
        """Sends commands and follows the reply; returns the errors in it."""
        reply = self.client.send(*commands, state=self.state, **self._named)
        self.state, errors = reply.follow(self.state)
        return errors

    def send(self, *commands: Any) -> None:
        assert not self.post(*commands)
        if self._graph_state.exists() and not self.waiting:  # within a step the file has what was before it
            assert [essence(each) for each in self.state["messages"]] == [essence(each) for each in self._kept()]

    def _kept(self) -> list[Any]:
        messages: list[Any] = json.loads(self._graph_state.read_text())
        return [each["data"] for each in messages if each["type"] != "system"]

    def said(self) -> list[tuple[str, Any]]:
        """What came since the user's last message: each message's type and content."""
        last = max(place for place, each in enumerate(self.state["messages"]) if each["type"] == "human")
        return [(each["type"], each["content"]) for each in self.state["messages"][last + 1 :]]

    def names(self) -> list[str | None]:
        """Who says what the assistant said since the user's last message."""
        last = max(place for place, each in enumerate(self.state["messages"]) if each["type"] == "human")
        return [each.get("name") for each in self.state["messages"][last + 1 :] if each["type"] == "ai"]

    @property
    def waiting(self) -> list[Any]:
        return [each["value"] for each in self.state.get("__interrupt__", [])]

    def ids(self) -> list[str]:
        return [each["id"] for each in self.state["__interrupt__"]]


def essence(message: Any) -> dict[str, Any]:
    """What a client and a graph both have of a message."""
    fields = {key: message[key] for key in ("id", "type", "content", "tool_call_id", "status") if message.get(key)}
    if message["type"] != "tool" and message.get("name"):
        fields["name"] = message["name"]
    if isinstance(fields.get("content"), dict):
        fields["content"] = json.dumps(fields["content"])
    calls = [(call["id"], call["name"], call["args"]) for call in message.get("tool_calls") or []]
    return {**fields, "calls": calls}


Converse = Callable[[str], Conversation]


@pytest.fixture(scope="package")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[Server, Path]]]:
    running: dict[str, tuple[Server, Path]] = {}
    folder = tmp_path_factory.mktemp("agents")

    def server(name: str) -> tuple[Server, Path]:
        if name not in running:
            path = folder / name
            running[name] = (
                Server(
                    ASSISTANT=f"langgraph:acme.agents:{name}",
                    ASSISTANT_MESSAGE_FORMAT="langchain",
                    GRAPH_STATE=str(path),
                ),
                path,
            )
        return running[name]

    yield server
    stop_all(each for each, _ in running.values())


@pytest.fixture
def converse(agents: Callable[[str], tuple[Server, Path]]) -> Converse:
    return lambda name: Conversation(*agents(name))
