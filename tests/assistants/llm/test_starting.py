"""Who answers is settled at the start, and so is what it takes: the mock is light, and a reply imports nothing."""

import re
import subprocess
import sys
import tomllib

import pytest

from tests.assistants.llm.conftest import StartChat
from tests.providers import Say, Stub, answer
from tests.server import ROOT, Server, environment
from tests.wire import Client

LIBRARIES = "{'openai', 'anthropic', 'httpx2', 'aiohttp', 'assistant_transport.assistants.llm'}"


def run(code: str, **variables: str) -> str:
    command = [sys.executable, "-c", "import django; django.setup(); import sys\n" + code]
    variables = environment(DJANGO_SETTINGS_MODULE="assistant_backend.settings", **variables)
    done = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_mock_brings_none_of_a_models_libraries() -> None:
    code = "from assistant_backend import asgi; from assistant_transport.http import registry; registry.assistant()\n"
    code += f"print({LIBRARIES} & set(sys.modules))"
    assert run(code) == "set()"


def test_the_first_reply_imports_nothing(start_chat: StartChat) -> None:
    chat = start_chat(
        "responses", PYTHONPATH=f"{ROOT / 'src'}:{ROOT / 'tests/fixtures'}", ASSISTANT="acme.own_tools.Watched"
    )
    chat.stub.answer(answer(Say(["Hi"])), answer(Say(["Hi"])))
    for _ in range(2):
        state, errors = chat.say("Hi").follow()
        assert not errors
        assert not state["imported"], str(state["imported"])


@pytest.mark.parametrize(
    ("variables", "answers"),
    [
        ({}, "MockAssistant"),
        ({"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k"}, "OpenAIAssistant"),
        ({"OPENAI_BASE_URL": "http://localhost:11434/v1", "ANTHROPIC_API_KEY": "k"}, "OpenAIAssistant"),
        ({"OPENAI_BASE_URL": "", "ANTHROPIC_API_KEY": "k"}, "AnthropicAssistant"),
        ({"OPENAI_API_KEY": "k", "ASSISTANT": "mock"}, "MockAssistant"),
        ({"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k", "ASSISTANT": "anthropic"}, "AnthropicAssistant"),
    ],
)
def test_auto_takes_what_can_be_reached(variables: dict[str, str], answers: str) -> None:
    code = "from assistant_transport.http import registry; print(type(registry.assistant()).__name__)"
    assert run(code, ALLOW_ANONYMOUS="true", **variables) == answers


def test_an_empty_address_is_the_providers_own() -> None:
    code = "from assistant_transport.http import registry; found = registry.assistant()._provider\n"
    code += "print(found.client.url + found.format.path, found.is_official)"
    empty = {"ALLOW_ANONYMOUS": "true", "OPENAI_BASE_URL": "", "ANTHROPIC_BASE_URL": ""}
    assert run(code, OPENAI_API_KEY="k", **empty) == "https://api.openai.com/v1/responses True"
    assert run(code, ANTHROPIC_API_KEY="k", **empty) == "https://api.anthropic.com/v1/messages True"


def test_a_compatible_server_needs_no_key() -> None:
    stub = Stub()
    server = Server(OPENAI_BASE_URL=f"{stub.url}/v1")
    try:
        stub.answer(answer(Say(["Hello"])))
        state, errors = Client(server.host, server.port).say("Hi").follow()
        assert not errors
        assert state["messages"][-1]["parts"][0]["text"] == "Hello"
    finally:
        server.stop()
        stub.stop()


@pytest.mark.parametrize("extra", ["llm", "openai", "anthropic"])
def test_models_need_no_more_packages_and_who_asks_for_them_gets_none(extra: str) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert extras[extra] == []


@pytest.mark.parametrize(
    ("tools", "says"),
    [
        ("no_such_tool", "there is no tool 'no_such_tool'; shipped are calculate, current_time"),
        ("no_such_package.tools.f", "there is no module 'no_such_package'"),
        ("acme.own_tools.missing", "the module acme.own_tools has no 'missing'"),
        ("acme.own_tools.asyncio", "acme.own_tools.asyncio: a tool must be an async function"),
        ("calculate,calculate", "two tools have the name calculate"),
        ("none,calculate", "must be none alone"),
    ],
)
def test_a_tool_that_is_not_there_stops_the_start(tools: str, says: str) -> None:
    with pytest.raises(AssertionError, match=f"SERVER_TOOLS: .*{re.escape(says)}"):
        Server(
            PYTHONPATH=f"{ROOT / 'src'}:{ROOT / 'tests/fixtures'}", SERVER_TOOLS=tools, OPENAI_BASE_URL="http://a/v1"
        )


def test_a_provider_without_what_it_needs_stops_the_start() -> None:
    with pytest.raises(AssertionError, match="ASSISTANT: openai needs OPENAI_API_KEY or OPENAI_BASE_URL"):
        Server(ASSISTANT="openai")
