"""What docs/models.md and README.md show is run as it stands."""

import re
from pathlib import Path

import pytest

from tests.assistants.llm.conftest import Chat, StartChat
from tests.docs.pages import README, README_IS_THE_TEMPLATES
from tests.providers import Say, Stub, Use, answer
from tests.server import ROOT, Server
from tests.wire import Client

DOCS = (ROOT / "docs/models.md").read_text()
SHELL = re.findall(r"```sh\n(.*?)```", DOCS, re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)


def variables(snippet: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Z_]+)=(\S+)", snippet, re.MULTILINE))


def test_the_keys_name_the_models_that_answer() -> None:
    keys, local, _ = map(variables, SHELL)
    assert set(keys) == {"OPENAI_API_KEY", "ANTHROPIC_API_KEY"}
    assert set(local) == {"OPENAI_BASE_URL", "OPENAI_MODEL"}
    for name in re.findall(r"(gpt-[\w-]+|claude-[\w-]+)", SHELL[0]):
        assert f"_MODEL={name}\n" in (ROOT / ".env.example").read_text()


def test_a_local_server_answers_with_the_snippets_settings() -> None:
    stub = Stub()
    settings = variables(SHELL[1])
    server = Server(
        **settings | {"OPENAI_BASE_URL": settings["OPENAI_BASE_URL"].replace("localhost:11434", stub.url[7:])}
    )
    try:
        stub.answer(answer(Say(["Hello"])))
        state, errors = Client(server.host, server.port).say("Hi").follow()
        assert not errors
        assert state["messages"][-1]["parts"][0]["text"] == "Hello"
        assert stub.requests[0].body["model"] == settings["OPENAI_MODEL"]
    finally:
        server.stop()
        stub.stop()


def with_tool(start_chat: StartChat, tmp_path: Path, tool: str) -> Chat:
    """A server with the tool, named as the page says."""
    path = re.match(r"# (\S+)\n", tool)
    assert path is not None
    (tmp_path / path[1]).parent.mkdir()
    (tmp_path / path[1]).write_text(tool)
    return start_chat(PYTHONPATH=f"{ROOT / 'src'}:{tmp_path}", **variables(SHELL[2]))


def test_the_tool_is_added_as_it_says(start_chat: StartChat, tmp_path: Path) -> None:
    chat = with_tool(start_chat, tmp_path, PYTHON[0])
    chat.stub.answer(answer(Use("roll_dice", ['{"sides": 1, "count": 3}'])), answer(Say(["Three ones."])))
    state, errors = chat.say("Roll!").follow()
    assert not errors
    assert chat.parts(state)[0]["result"] == [1, 1, 1]
    schema = chat.format.tools(chat.stub.requests[0].body)["roll_dice"]
    assert schema["properties"]["count"]["description"] == "How many are rolled."


@pytest.mark.skipif(not README_IS_THE_TEMPLATES, reason="it is the project's own README")
def test_the_readmes_tool_rolls(start_chat: StartChat, tmp_path: Path) -> None:
    (tool,) = re.findall(r"```python\n(# my_package/tools.*?)```", README.read_text(), re.DOTALL)
    chat = with_tool(start_chat, tmp_path, tool)
    chat.stub.answer(answer(Use("roll_dice", ['{"sides": 1}'])), answer(Say(["A one."])))
    state, errors = chat.say("Roll!").follow()
    assert not errors
    assert chat.parts(state)[0]["result"] == 1
