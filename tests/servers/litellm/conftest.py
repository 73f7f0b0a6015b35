"""LiteLLM's proxy between this project's servers and llama.cpp's."""

from collections.abc import Iterator

import pytest

from tests.servers.conftest import APIS, Chat
from tests.servers.litellm.proxy import KEY, LiteLLMProxy
from tests.servers.llamacpp.server import LlamaServer


@pytest.fixture(scope="session")
def proxy(llama: LlamaServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteLLMProxy]:
    proxy = LiteLLMProxy(llama.url, tmp_path_factory.mktemp("litellm"))
    yield proxy
    proxy.stop()


@pytest.fixture(scope="session", params=APIS)
def chat(request: pytest.FixtureRequest, llama: LlamaServer, proxy: LiteLLMProxy) -> Iterator[Chat]:
    """By each of its three APIs."""
    name = "ANTHROPIC_API_KEY" if request.param == "messages" else "OPENAI_API_KEY"
    chat = Chat(request.param, llama, proxy.url, **{name: KEY})
    yield chat
    chat.server.stop()
