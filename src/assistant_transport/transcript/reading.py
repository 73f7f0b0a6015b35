"""A conversation independent of its layout. What makes no sense in the client's state is left out."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

UNANSWERED: Any = object()  # stands for no result; None would be a result, for JSON has null


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
    args: str  # JSON text; cut off if its reply was
    result: Any = UNANSWERED
    is_error: bool = False
    model_content: Any = None  # what a model sees instead of the result, if the client sent that
    signature: dict[str, Any] | None = None  # as ToolCall.sign was given it
    begins_response: bool = False  # the call before it, in the same entry, is another response's and has its result

    @property
    def is_answered(self) -> bool:
        return self.result is not UNANSWERED


Part = Text | Image | Reasoning | Call


@dataclass(frozen=True)
class Entry:
    """A message: texts and images of the user, or texts, reasoning and calls of the assistant."""

    by_user: bool
    parts: list[Part]


def dicts(value: Any) -> Iterable[dict[str, Any]]:
    """The objects of a list; nothing of any other value."""
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def parsed(text: Any) -> Any:
    """The value of a JSON text; None for anything else."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None


def text_of(value: Any) -> list[Text]:
    """A part for a string; nothing for any other value."""
    return [Text(value)] if isinstance(value, str) else []


def reasoning_of(item: dict[str, Any]) -> list[Reasoning]:
    """The reasoning in an object `{text, signature?}`; nothing without a text."""
    text = item.get("text")
    return [Reasoning(text, signature_of(item))] if isinstance(text, str) else []


def signature_of(item: dict[str, Any]) -> dict[str, Any] | None:
    """What a provider needs to take the object back, if that stands beside it."""
    signature = item.get("signature")
    return signature if isinstance(signature, dict) else None
