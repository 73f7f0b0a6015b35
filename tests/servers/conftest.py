"""llama.cpp's server with its model, and servers of this project's in front of it: one for each of its APIs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.assistants.llm import reading
from tests.server import Server
from tests.servers import llamacpp
from tests.servers.llamacpp.server import LlamaServer
from tests.wire import Client

_OPENAI = {"OPENAI_BASE_URL": "{url}/v1", "OPENAI_MODEL": "table"}
APIS = {
    "chat": {**_OPENAI, "OPENAI_API": "chat"},
    "responses": {**_OPENAI, "OPENAI_API": "responses"},
    "messages": {"ANTHROPIC_BASE_URL": "{url}", "ANTHROPIC_API_KEY": "none", "ANTHROPIC_MODEL": "table"},
}


class Chat:
    """A client of a server whose model llama.cpp serves, at `url` where that is not llama.cpp's own."""

    def __init__(self, api: str, llama: LlamaServer, url: str | None = None, **variables: str) -> None:
        settings = {name: value.format(url=url or llama.url) for name, value in APIS[api].items()}
        self.server = Server(**settings | {"ALLOW_ANONYMOUS": "true", "PROVIDER_RETRIES": "0"} | variables)
        self.client = Client(self.server.host, self.server.port)
        self.api = api
        self.llama = llama
        self.say = self.client.say
        self.send = self.client.send

    def parts(self, state: Any) -> list[dict[str, Any]]:
        """What the assistant said since the user's last message."""
        return reading.parts(state, "parts")

    def text(self, state: Any) -> str:
        return "".join(part["text"] for part in self.parts(state) if part["kind"] == "text")


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    llamacpp.require()
    from tests.servers.llamacpp import table  # its libraries are there for Linux alone

    path = tmp_path_factory.mktemp("model") / "table.gguf"
    table.write(path)
    return path


@pytest.fixture(scope="session")
def llama(model: Path) -> Iterator[LlamaServer]:
    """The one of all tests; a test that kills it starts it again."""
    server = LlamaServer(model)
    yield server
    server.stop()


@pytest.fixture(scope="session", params=APIS)
def chat(request: pytest.FixtureRequest, llama: LlamaServer) -> Iterator[Chat]:
    """By each of its three APIs."""
    chat = Chat(request.param, llama)
    yield chat
    chat.server.stop()
