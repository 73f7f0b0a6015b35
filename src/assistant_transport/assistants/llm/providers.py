"""Where models are, and how they are spoken to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from assistant_transport import SERVICE, __version__
from assistant_transport.assistants.errors import AssistantNotFoundError
from assistant_transport.assistants.llm.formats import CHAT, MESSAGES, RESPONSES, Format
from assistant_transport.assistants.llm.http import Client
from assistant_transport.conf import settings

_OPENAI = "https://api.openai.com/v1"
_ANTHROPIC = "https://api.anthropic.com"
_OFFICIAL = re.compile(r"(.+\.)?(openai\.com|openai\.azure\.com|anthropic\.com)")


@dataclass(frozen=True)
class Provider:
    """A provider, one a process, with its kept connections.

    Attributes:
        models: The names of those that may be asked, the default first.
        is_official: It is OpenAI or Anthropic, not a server with the same API.
        refused: By model, the fields of requests that its server was found not to take.
    """

    name: str
    client: Client
    format: Format
    models: tuple[str, ...]
    is_official: bool
    refused: dict[str, set[str]] = field(default_factory=dict)

    def model(self, name: object) -> str:
        """The model `name` if it may be chosen, else the default."""
        return name if isinstance(name, str) and name in self.models else self.models[0]

    def without(self, model: str) -> frozenset[str]:
        """The fields that are not sent to `model`."""
        return frozenset(settings.PROVIDER_OMIT) | self.refused.get(model, set())


def openai() -> Provider:
    """OpenAI itself, or the server at OPENAI_BASE_URL."""
    key = settings.OPENAI_API_KEY.strip()  # a compatible server may need none
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    wire = RESPONSES if settings.OPENAI_API == "responses" else CHAT
    return _provider("openai", settings.OPENAI_BASE_URL or _OPENAI, wire, headers, settings.OPENAI_MODEL)


def anthropic() -> Provider:
    """Anthropic, or the server at ANTHROPIC_BASE_URL."""
    headers = {"x-api-key": settings.ANTHROPIC_API_KEY.strip(), "anthropic-version": "2023-06-01"}
    url = (settings.ANTHROPIC_BASE_URL or _ANTHROPIC).rstrip("/").removesuffix("/v1") + "/v1"
    return _provider("anthropic", url, MESSAGES, headers, settings.ANTHROPIC_MODEL)


def _provider(name: str, url: str, wire: Format, headers: Mapping[str, str], model: str) -> Provider:
    common = {
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
        "User-Agent": f"{SERVICE}/{__version__}",
    }
    try:
        client = Client(url, {**common, **headers})
    except ValueError as error:
        raise AssistantNotFoundError(f"ASSISTANT: {name}: {error}") from error
    is_official = _OFFICIAL.fullmatch(urlsplit(url).hostname or "") is not None
    models = tuple(dict.fromkeys((model, *settings.ALLOWED_MODELS)))
    return Provider(name, client, wire, models, is_official)
