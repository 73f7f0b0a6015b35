"""What docs/models.md shows is run as it stands."""

import re
import shutil
from pathlib import Path

from assistant_transport.assistants.llm import failures
from tests.assistants.llm.conftest import Chat, StartChat
from tests.providers import Say, Stub, Use, answer
from tests.server import ROOT, Server
from tests.wire import Client

README = (ROOT / "README.md").read_text()
DOCS = (ROOT / "docs/models.md").read_text()
SHELL = re.findall(r"```sh\n(.*?)```", DOCS, re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)


def variables(snippet: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Z_]+)=(\S+)", snippet, re.MULTILINE))


def test_the_keys_name_the_models_that_answer() -> None:
    keys, local = map(variables, SHELL)
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


def with_tool(start_chat: StartChat, tmp_path: Path, tool: str, naming: str) -> Chat:
    """A server whose sources have the tool, named as the page says."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    path = re.match(r"# (src/\S+)\n", tool)
    assert path is not None
    (tmp_path / path[1]).write_text(tool)
    package = tmp_path / "src/assistant_transport/assistants/tools/__init__.py"
    text = re.sub(r"^TOOLS: .*\n", naming, package.read_text(), flags=re.MULTILINE)
    package.write_text(
        text.replace(
            (errors := "from assistant_transport.assistants.tools.errors"),
            f"from assistant_transport.assistants.tools.dice import roll_dice\n{errors}",
        )
    )
    return start_chat(PYTHONPATH=str(tmp_path / "src"))


def test_the_tool_is_added_as_it_says(start_chat: StartChat, tmp_path: Path) -> None:
    chat = with_tool(start_chat, tmp_path, *PYTHON)
    chat.stub.answer(answer(Use("roll_dice", ['{"sides": 1, "count": 3}'])), answer(Say(["Three ones."])))
    state, errors = chat.say("Roll!").follow()
    assert not errors
    assert chat.parts(state)[0]["result"] == [1, 1, 1]
    schema = chat.format.tools(chat.stub.requests[0].body)["roll_dice"]
    assert schema["properties"]["count"]["description"] == "How many are rolled."


def test_the_readmes_tool_rolls(start_chat: StartChat, tmp_path: Path) -> None:
    (tool,) = re.findall(r"```python\n(# src/assistant_transport/assistants/tools/.*?)```", README, re.DOTALL)
    chat = with_tool(start_chat, tmp_path, tool, PYTHON[1])
    chat.stub.answer(answer(Use("roll_dice", ['{"sides": 1}'])), answer(Say(["A one."])))
    state, errors = chat.say("Roll!").follow()
    assert not errors
    assert chat.parts(state)[0]["result"] == 1


def test_the_table_of_failures_has_their_sentences() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([^|]+\.) \|$", DOCS, re.MULTILINE)
    sentences = {sentence for _, sentence in failures.SENTENCES} | {failures.CUT_OFF, failures.EMPTY, failures.FILTERED}
    assert len(rows) == 16
    for row in rows:
        plain = row in sentences
        assert plain or re.search(r"asked too often|cannot be reached|was cut off where|8 times", row), row
