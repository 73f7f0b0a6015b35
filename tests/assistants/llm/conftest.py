"""Servers whose model is a stub: one for each provider's format and each layout, started when it is first wanted."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from tests.assistants.llm import reading
from tests.providers import FORMATS, Stub
from tests.server import Server, stop_all
from tests.wire import Client

pytest.register_assert_rewrite("tests.assistants.llm.player")
from tests.assistants.llm.player import Stages  # noqa: E402

LAYOUTS = ("parts", "langchain")


class Chat:
    """A client of a server, and the stub behind it."""

    def __init__(self, format_name: str, layout: str, server: Server, stub: Stub) -> None:
        self.format_name = format_name
        self.format = FORMATS[format_name]
        self.layout = layout
        self.server = server
        self.stub = stub
        self.client = Client(server.host, server.port)
        self.say = self.client.say
        self.send = self.client.send

    def log(self) -> str:
        return self.server.log()

    def parts(self, state: Any) -> list[dict[str, Any]]:
        return reading.parts(state, self.layout)

    def usage(self, state: Any) -> Any:
        return reading.usage(state, self.layout)


StartChat = Callable[..., Chat]


@contextmanager
def starting() -> Iterator[StartChat]:
    """Starts servers, each with a stub of its own, and stops them all."""
    servers: list[Server] = []
    with ExitStack() as stack:

        def start(format_name: str = "chat", layout: str = "parts", **variables: str) -> Chat:
            stub = Stub()
            stack.callback(stub.stop)
            settings = FORMATS[format_name].environment(stub.url) | {"PROVIDER_RETRIES": "0", **variables}
            server = Server(ASSISTANT_MESSAGE_FORMAT=layout, **settings)
            servers.append(server)
            return Chat(format_name, layout, server, stub)

        try:
            yield start
        finally:
            stop_all(servers)


@pytest.fixture(scope="module")
def start_chat() -> Iterator[StartChat]:
    """Starts servers with settings of their own; they are stopped when the module's tests are done."""
    with starting() as start:
        yield start


@pytest.fixture(scope="session")
def chats() -> Iterator[Callable[[str, str], Chat]]:
    """The one server of a format and a layout, with default settings but for the retries."""
    kept: dict[tuple[str, str], Chat] = {}
    with starting() as start:

        def chat(format_name: str, layout: str) -> Chat:
            key = (format_name, layout)
            if key not in kept:
                kept[key] = start(format_name, layout, ALLOWED_MODELS="other-model")
            kept[key].stub.forget()
            return kept[key]

        yield chat


@pytest.fixture(scope="session")
def stages() -> Iterator[Stages]:
    kept = Stages()
    yield kept
    kept.stop()


@pytest.fixture(params=FORMATS)
def format_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=LAYOUTS)
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def chat(chats: Callable[[str, str], Chat], format_name: str, layout: str) -> Chat:
    """Every format in every layout."""
    return chats(format_name, layout)


@pytest.fixture
def parts_chat(chats: Callable[[str, str], Chat], format_name: str) -> Chat:
    """Every format in the layout parts, for what no layout changes."""
    return chats(format_name, "parts")
