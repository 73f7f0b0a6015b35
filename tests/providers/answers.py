"""What a stub answers, whatever the format."""

from dataclasses import dataclass, field
from typing import Any, Literal

End = Literal["stop", "length", "filter", "error", "overloaded", "cut", "eof"]


@dataclass(frozen=True)
class Say:
    pieces: list[str]


@dataclass(frozen=True)
class Think:
    pieces: list[str]
    signature: str | None = None  # only where the format has one


@dataclass(frozen=True)
class Use:
    name: str
    args: list[str]
    id: str = "call_1"


@dataclass(frozen=True)
class Answer:
    """A stream of parts. `end` is how it ends: `cut` tears the connection, `eof` closes it without a last event.

    In lock-step each piece of a part waits for a `Stub.step`; else frames are `pause` seconds apart.
    """

    parts: list[Say | Think | Use] = field(default_factory=list)
    end: End = "stop"
    lock_step: bool = False
    pause: float = 0.0
    input_tokens: int = 7
    output_tokens: int = 5
    cached_tokens: int = 0  # of the input tokens

    @property
    def pieces(self) -> list[str]:
        return [piece for part in self.parts for piece in (part.args if isinstance(part, Use) else part.pieces)]


@dataclass(frozen=True)
class Refuse:
    """An answer that is no stream."""

    status: int
    body: Any  # text, or JSON
    headers: dict[str, str] = field(default_factory=dict)


def answer(*parts: Say | Think | Use, **options: Any) -> Answer:
    return Answer(list(parts), **options)
