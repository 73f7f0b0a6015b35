"""What the formats have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant_transport.assistants.llm.conversation import Round, UserMessage
from assistant_transport.assistants.llm.formats.reader import StreamReader
from assistant_transport.assistants.llm.writing import Writing


@dataclass(frozen=True)
class ToolSpec:
    """A tool as the model is told of it; `schema` is its parameters' JSON Schema."""

    name: str
    description: str | None
    schema: dict[str, Any]


@dataclass(frozen=True)
class ModelRequest:
    """What a model is asked, whatever the format."""

    model: str
    conversation: Sequence[UserMessage | Round]
    system: str | None = None
    tools: Sequence[ToolSpec] = ()
    max_tokens: int | None = None
    sampling: dict[str, Any] = field(default_factory=dict)  # temperature and the like, as Chat Completions names them
    effort: str | None = None
    is_official: bool = False  # the provider's own API, not one of a compatible server
    # What this server or model was found, or said, not to take: names of fields.
    without: frozenset[str] = frozenset()

    def asking(self, conversation: Sequence[UserMessage | Round]) -> "ModelRequest":
        """The same at a later point of the conversation."""
        return replace(self, conversation=conversation)


@dataclass(frozen=True)
class Format:
    """One API: where it is, how a request's body looks, and who reads its answer."""

    path: str
    body: Callable[[ModelRequest], dict[str, Any]]
    reader: Callable[[Writing], StreamReader]
