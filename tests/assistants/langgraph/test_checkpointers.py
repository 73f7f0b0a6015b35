"""Threads in a real database: they outlive the process, and another one goes on with them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

from tests.assistants.langgraph.conftest import told
from tests.postgres import Postgres
from tests.server import Server, Valkey, stop_all
from tests.wire import Client, message


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    server = Postgres()

    async def make_tables() -> None:
        async with AsyncPostgresSaver.from_conn_string(server.url) as saver:
            await saver.setup()

    asyncio.run(make_tables())
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgres"])
def variables(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The settings of a server whose graph keeps its threads in a database of this kind."""
    is_sqlite = request.param == "sqlite"
    address = str(tmp_path / "threads.sqlite3") if is_sqlite else request.getfixturevalue("postgres").url
    return {
        "ASSISTANT": f"langgraph:acme.checkpointed:{request.param}",
        "ASSISTANT_MESSAGE_FORMAT": "langchain",
        "CHECKPOINTS": address,
    }


class Person:
    def __init__(self) -> None:
        self._headers = {"X-Client-Id": str(uuid4())}
        self.state: Any = None

    def send(self, server: Server, command: dict[str, Any]) -> None:
        """Sends a command and follows the reply, after which the state is that of the graph's thread."""
        client = Client(server.host, server.port)
        reply = client.send(command, state=self.state, threadId="t", headers=self._headers)
        self.state, errors = reply.follow(self.state)
        assert not errors
        kept = client.post("/thread-state", {"threadId": "t"}, **self._headers).json()["state"]
        assert {"__interrupt__": [], **kept, "provider": "completed"} == self.state

    def answer(self, server: Server, answers: dict[str, str]) -> None:
        """Answers what waits, by the receiver of each transfer."""
        waiting = {each["value"]["transfer"]: each["id"] for each in self.state["__interrupt__"]}
        self.send(server, {"type": "resume", "value": {waiting[who]: said for who, said in answers.items()}})


def test_a_thread_outlives_its_process(variables: dict[str, str]) -> None:
    person = Person()
    for commands in ([message("go")], ["ann"], ["bob"]):
        server = Server(**variables)
        try:
            if isinstance(commands[0], str):
                person.answer(server, {commands[0]: "yes" if commands == ["ann"] else "no"})
            else:
                person.send(server, commands[0])
        finally:
            server.stop()
    assert person.state["__interrupt__"] == []
    results = {content for kind, content in told(person.state) if kind == "tool"}
    assert {"sent to ann", "nothing sent to bob"} <= results


def test_another_process_goes_on_where_one_asked(postgres: Postgres, valkey: Valkey) -> None:
    variables = {
        "ASSISTANT": "langgraph:acme.checkpointed:postgres",
        "ASSISTANT_MESSAGE_FORMAT": "langchain",
        "CHECKPOINTS": postgres.url,
        "REDIS_URL": valkey.url,
    }
    servers = [Server(**variables) for _ in range(2)]
    try:
        person = Person()
        person.send(servers[0], message("go"))
        person.answer(servers[1], {"ann": "yes"})
        person.answer(servers[0], {"bob": "no"})
        assert {"sent to ann", "nothing sent to bob"} <= {text for kind, text in told(person.state) if kind == "tool"}
    finally:
        stop_all(servers)
