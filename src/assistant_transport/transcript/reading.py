"""The conversation as any layout holds it: who said what. What makes no sense in the client's state is left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

UNANSWERED: Any = object()  # in place of a result: a call may have got any JSON, null too


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Image:
    url: str


@dataclass(frozen=True)
class Reasoning:
    text: str
    signature: dict[str, Any] | None  # as ReasoningWriter.sign was given it


@dataclass
class Call:
    id: str
    name: str
    args: str  # the JSON text as far as it came
    result: Any = UNANSWERED
    is_error: bool = False
    model_content: Any = None  # what the client wants a model to see in the result's place

    @property
    def is_answered(self) -> bool:
        return self.result is not UNANSWERED


Part = Text | Image | Reasoning | Call


@dataclass(frozen=True)
class Entry:
    """What one side said at a time: the user's texts and images, or the assistant's texts, reasoning and calls."""

    by_user: bool
    parts: list[Part]


def dicts(value: Any) -> Iterable[dict[str, Any]]:
    """The objects in `value`, if it is a list."""
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def text_of(value: Any) -> list[Text]:
    """The text that `value` is, if it is one."""
    return [Text(value)] if isinstance(value, str) else []


def reasoning_of(item: dict[str, Any]) -> list[Reasoning]:
    """The reasoning that an object with `text`, and maybe `signature`, is."""
    text, signature = item.get("text"), item.get("signature")
    return [Reasoning(text, signature if isinstance(signature, dict) else None)] if isinstance(text, str) else []
