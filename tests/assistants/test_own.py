"""A user's own assistant, from a package outside src."""

import re

import pytest

from assistant_transport.assistants import AssistantNotFoundError, load
from tests.conftest import StartServer
from tests.docs.pages import README, README_IS_THE_TEMPLATES
from tests.server import ROOT, Server
from tests.wire import Client


@pytest.mark.skipif(not README_IS_THE_TEMPLATES, reason="it is the project's own README")
def test_the_readmes_assistant_runs_unchanged(
    start_server: StartServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    code = re.search(r"```python\n# (my_package/assistant.py)\n(.*?)```", README.read_text(), re.DOTALL)
    assert code is not None
    assert len(code[2].splitlines()) <= 14
    folder = tmp_path_factory.mktemp("own")
    (folder / "my_package").mkdir()
    (folder / code[1]).write_text(code[2])
    server = start_server(ASSISTANT="my_package.assistant.Assistant", PYTHONPATH=f"{ROOT / 'src'}:{folder}")
    state, errors = Client(server.host, server.port).say("hello world").follow()
    assert not errors
    text = "".join(part.get("text", "") for part in state["messages"][-1]["parts"])
    assert "hello" in text.lower()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("no_such_package.Assistant", "there is no module 'no_such_package'"),
        ("acme.assistants.Missing", "has no 'Missing'"),
        ("acme.assistants.Unfinished", "has no method `async def reply(self, turn)`"),
        ("acme.assistants.not_an_assistant", "has no method `async def reply(self, turn)`"),
    ],
)
def test_a_wrong_name_stops_the_start_and_says_why(name: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tests/fixtures"))
    with pytest.raises(AssistantNotFoundError, match=re.escape(says)):
        load(name)
    with pytest.raises(AssertionError, match=re.escape(says)):
        Server(ASSISTANT=name)
