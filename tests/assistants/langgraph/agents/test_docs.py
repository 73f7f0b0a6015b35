"""The agent of docs/langgraph.md runs unchanged, with a scripted model in place of OpenAI's."""

import re
from pathlib import Path

from tests.assistants.langgraph.conftest import TOOLS, result, told
from tests.server import ROOT, Server
from tests.wire import Client

MODEL = """
from acme.agents import Model, calling


class ChatOpenAI(Model):
    def __init__(self, **settings):
        super().__init__(script=calling)
"""


def test_the_documented_agent_runs_tools_of_both_sides(tmp_path: Path) -> None:
    code = re.search(
        r"```python\n# my_package/(agent.py)\n(.*?)```", (ROOT / "docs/langgraph.md").read_text(), re.DOTALL
    )
    assert code is not None
    (tmp_path / code[1]).write_text(code[2])
    (tmp_path / "langchain_openai.py").write_text(MODEL)
    path = f"{ROOT / 'src'}:{ROOT / 'tests/fixtures'}:{tmp_path}"
    server = Server(ASSISTANT="langgraph:agent:graph", ASSISTANT_MESSAGE_FORMAT="langchain", PYTHONPATH=path)
    try:
        client = Client(server.host, server.port)
        state, errors = client.say("get_time Rome, get_weather Rome", tools=TOOLS).follow()
        assert not errors
        assert told(state)[2:] == [("tool", "It is noon in Rome.")]
        call = state["messages"][1]["tool_calls"][1]
        state, errors = client.send(result(call, "rain"), state=state, tools=TOOLS).follow(state)
        assert not errors
        assert told(state)[-1] == ("ai", "Tools said: It is noon in Rome. / rain")
    finally:
        server.stop()
