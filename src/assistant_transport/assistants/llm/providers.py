"""The models that may answer, made once a process, and how their provider is spoken to."""

from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib import import_module

import httpx2
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel, OpenAIResponsesModelSettings
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.settings import ModelSettings

from assistant_transport.conf import settings

# Given explicitly: the SDKs would take an empty variable of the environment for an address.
_OPENAI = "https://api.openai.com/v1"
_ANTHROPIC = "https://api.anthropic.com"
_CONNECT_SECONDS = 5.0
# The SDK insists on a key; a compatible server may not.
_NO_KEY = "none"

# What the libraries would first import in a request, and every other request would wait for.
for _name in ("anyio._backends._asyncio", "genai_prices.decompose", "genai_prices.validation"):
    with suppress(ImportError):
        import_module(_name)

request_id: ContextVar[list[str]] = ContextVar("request_id")  # what the provider calls the current requests


@dataclass(frozen=True)
class Provider:
    """A provider's models by name; the first one answers unless another is asked for."""

    name: str
    models: dict[str, Model]
    settings: ModelSettings = field(default_factory=ModelSettings)

    def model(self, name: object) -> Model:
        """The model `name` if it may be chosen, else the first."""
        known = self.models.get(name) if isinstance(name, str) else None
        return known or next(iter(self.models.values()))


def openai() -> Provider:
    """OpenAI itself, or the server at OPENAI_BASE_URL."""
    url, key, client = settings.OPENAI_BASE_URL or _OPENAI, settings.OPENAI_API_KEY or _NO_KEY, _client()
    names = [settings.OPENAI_MODEL, *settings.ALLOWED_MODELS]
    if settings.OPENAI_API == "responses":
        provider = OpenAIProvider(base_url=url, api_key=key, http_client=client)
        # Nothing is kept there: what the model needs of its reasoning travels encrypted in the client's state.
        options = OpenAIResponsesModelSettings(openai_store=False, openai_reasoning_summary="auto")
        return Provider("openai", {name: OpenAIResponsesModel(name, provider=provider) for name in names}, options)
    # An answer without its last chunk is one that was cut off.
    profile = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
    compatible = OpenAICompatibleProvider("openai-compatible", base_url=url, api_key=key, http_client=client)
    return Provider("openai", {name: OpenAIChatModel(name, provider=compatible, profile=profile) for name in names})


def anthropic() -> Provider:
    """Anthropic, or the server at ANTHROPIC_BASE_URL."""
    url = settings.ANTHROPIC_BASE_URL or _ANTHROPIC
    provider = AnthropicProvider(api_key=settings.ANTHROPIC_API_KEY, base_url=url, http_client=_client())
    names = [settings.ANTHROPIC_MODEL, *settings.ALLOWED_MODELS]
    return Provider("anthropic", {name: AnthropicModel(name, provider=provider) for name in names})


def _client() -> httpx2.AsyncClient:
    """A client with a connection for every run that there may be."""
    most = max(100, settings.MAX_CONCURRENT_RUNS)
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(settings.PROVIDER_TIMEOUT_SECONDS, connect=_CONNECT_SECONDS),
        limits=httpx2.Limits(max_connections=most, max_keepalive_connections=100),
        event_hooks={"response": [_note_request_id]},
    )


async def _note_request_id(response: httpx2.Response) -> None:
    name = response.headers.get("x-request-id") or response.headers.get("request-id")
    if name:
        request_id.get().append(name[:100])
