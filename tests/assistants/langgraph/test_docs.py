"""The graph of docs/langgraph.md runs unchanged, with a scripted model in place of OpenAI's."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant_transport.assistants.langgraph import Resume
from tests.assistants.langgraph.conftest import TOOLS, result, told
from tests.server import ROOT, Server
from tests.wire import Client

DOCS = (ROOT / "docs/langgraph.md").read_text()
NAMED = {"threadId": "t", "headers": {"X-Client-Id": "a-client-of-the-docs-own-tests"}}

MODEL = """
from acme.chat_models import Scripted, called, said


def script(messages):
    assert [message.type for message in messages][0] == "system"
    text = messages[-1].content
    if text == "time":
        yield called("get_time", '{"city": "Rome"}', "time")
        yield called("get_weather", '{"city": "Rome"}', "weather", 1)
    else:
        yield said(f"I read {text} after {len(messages) - 2} others.")


class ChatOpenAI(Scripted):
    def __init__(self, **settings):
        super().__init__(script=script)

    def bind_tools(self, tools, **settings):
        assert tools[0].name == "get_time"
        return self
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    code = re.search(r"```python\n# (my_package/graph.py)\n(.*?)```", DOCS, re.DOTALL)
    variables = re.search(r"^(ASSISTANT=.*) python manage.py$", DOCS, re.MULTILINE)
    assert code is not None
    assert variables is not None
    folder: Path = tmp_path_factory.mktemp("graph")
    (folder / "my_package").mkdir()
    (folder / code[1]).write_text(code[2])
    (folder / "langchain_openai.py").write_text(MODEL)
    path = f"{ROOT / 'src'}:{ROOT / 'tests/fixtures'}:{folder}"
    settings = dict(pair.split("=", 1) for pair in variables[1].split())
    server = Server((sys.executable, "manage.py"), PYTHONPATH=path, **settings)
    yield Client(server.host, server.port)
    server.stop()


def test_the_documented_graph_runs_tools_of_both_sides(client: Client) -> None:
    state, errors = client.say("time", tools=TOOLS, **NAMED).follow()
    assert not errors
    assert told(state)[1:] == [("ai", ""), ("tool", "It is noon in Rome.")]
    call = state["messages"][1]["tool_calls"][1]
    state, errors = client.send(result(call, "rain"), state=state, tools=TOOLS, **NAMED).follow(state)
    assert not errors
    assert told(state)[3:] == [("tool", "rain"), ("ai", "I read rain after 3 others.")]
    state, errors = client.say("hello", **NAMED).follow()
    assert told(state)[5:] == [("human", "hello"), ("ai", "I read hello after 5 others.")]


def test_the_documented_command_is_valid() -> None:
    command = re.search(r"sendCommand\((.*?)\);", DOCS)
    assert command is not None
    fields: dict[str, Any] = dict(re.findall(r'(\w+): "(\w+)"', command[1]))
    assert Resume.model_validate(fields).value == "yes"


def test_the_documented_keys_are_those_that_a_graph_gets() -> None:
    keys = re.findall(r"^\| `(\w+)` \|", DOCS, re.MULTILINE)
    assert keys == ["frontend_tools", "system", "call_settings", "owner"]
    source = (ROOT / "src/assistant_transport/assistants/langgraph/assistant.py").read_text()
    assert all(f'"{key}": ' in source for key in keys)
