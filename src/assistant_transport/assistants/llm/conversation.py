"""A conversation as every model knows it: the user's messages, and rounds of the assistant's with their results."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant_transport.assistants.llm.images import Image
from assistant_transport.transcript import Text

__all__ = ["Conversation", "Image", "Result", "Round", "Text", "Thought", "Use", "UserMessage"]

_UNSEEN = "(There was an image here, which you cannot see.)"


@dataclass(frozen=True)
class Thought:
    """Reasoning that its provider can take back, by the signature that ReasoningWriter.sign was given."""

    text: str
    signature: dict[str, Any]


@dataclass(frozen=True)
class Use:
    """A tool call; `args` is a JSON object's text, `signature` as ToolCall.sign was given it."""

    id: str
    name: str
    args: str
    signature: dict[str, Any]


@dataclass(frozen=True)
class Result:
    id: str
    text: str
    is_error: bool = False


@dataclass
class UserMessage:
    parts: list[Text | Image]


@dataclass
class Round:
    """What the assistant said at a time, with the results of its calls: one for each, in their order."""

    parts: list[Text | Thought | Use] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)


Conversation = list[UserMessage | Round]


def rounds_since_user(history: Sequence[UserMessage | Round]) -> int:
    """How often tools were called since the user has written: each result of the client's is a run of its own."""
    count = 0
    for item in reversed(history):
        if isinstance(item, UserMessage):
            break
        count += bool(item.results)
    return count


def has_image(history: Iterable[UserMessage | Round]) -> bool:
    return any(isinstance(part, Image) for item in history for part in item.parts)


def has_said(history: Iterable[UserMessage | Round], text: str) -> bool:
    """Whether the assistant has said `text`."""
    parts = (part for item in history if isinstance(item, Round) for part in item.parts)
    return any(isinstance(part, Text) and text in part.text for part in parts)


def without_images(history: Iterable[UserMessage | Round]) -> Conversation:
    """The conversation for a model that takes no images."""
    return [
        UserMessage([Text(_UNSEEN) if isinstance(part, Image) else part for part in item.parts])
        if isinstance(item, UserMessage)
        else item
        for item in history
    ]
