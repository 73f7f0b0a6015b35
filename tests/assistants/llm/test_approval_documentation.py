"""What docs/approvals.md shows is run as it stands."""

import json
import re
from pathlib import Path

import pytest

from tests.assistants.llm.approving import Payer
from tests.assistants.llm.conftest import StartChat
from tests.providers import Say, Use, answer
from tests.server import ROOT

DOCS = (ROOT / "docs/approvals.md").read_text()
(PYTHON,) = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
(SHELL,) = re.findall(r"```sh\n(.*?)```", DOCS, re.DOTALL)
COMMANDS = re.findall(r"sendCommand\((\{.*\})\);", DOCS)


@pytest.fixture
def payer(start_chat: StartChat, tmp_path: Path) -> Payer:
    package = tmp_path / "my_package"
    package.mkdir()
    (package / "shop.py").write_text(PYTHON)
    tools = SHELL.strip().removeprefix("SERVER_TOOLS=")
    return Payer(start_chat(SERVER_TOOLS=tools, PYTHONPATH=f"{ROOT / 'src'}:{tmp_path}"), tmp_path / "payments")


@pytest.mark.parametrize(("command", "result"), [(0, "Ann is deleted."), (1, "did not allow"), (2, "Bob is deleted.")])
def test_the_tools_and_the_commands(payer: Payer, command: int, result: str) -> None:
    payer.chat.stub.answer(answer(Use("delete_account", ['{"name": "Ann"}'])), answer(Say(["Done."])))
    state = payer.say("Delete Ann")
    (question,) = payer.questions(state)
    written = COMMANDS[command].replace("[id]", f'"{question}"').replace("name, args", '"name": n, "args": a')
    written = re.sub(r"(\w+):", r'"\1":', written).replace('""', '"').replace("n,", '"delete_account",')
    sent = json.loads(written.replace('"args": a', '"args": {"name": "Bob"}'))
    state, errors = payer.send(sent, state=state).follow(state)
    assert not errors
    assert result in str(payer.chat.parts(state)[0]["result"])


def test_small_amounts_need_nobody(payer: Payer) -> None:
    calls = [Use("refund", [f'{{"order": 1, "amount": {amount}}}'], id=f"call_{amount}") for amount in (5, 500)]
    payer.chat.stub.answer(answer(*calls))
    state = payer.say("Refund")
    assert [part.get("result") for part in payer.chat.parts(state)] == ["Order 1 got 5 back.", None]
