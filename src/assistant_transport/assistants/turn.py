"""What an assistant is given for one reply."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant_transport.transcript import Transcript


@dataclass(frozen=True)
class ToolResult:
    """A tool result that the client sent with this request."""

    call_id: str
    tool_name: str
    result: Any  # any JSON
    is_error: bool


@dataclass(frozen=True)
class Turn:
    """One request to answer. Its messages and tool results stand in the transcript already."""

    transcript: Transcript
    text: str | None  # what the user has written and nobody has answered yet, if anything
    controller: Any  # assistant-stream's RunController, for an assistant with a state of its own
    commands: Sequence[Any] = ()  # as they came: AddMessageCommand, AddToolResultCommand, or the assistant's own
    tool_results: Sequence[ToolResult] = ()
    tools: dict[str, Any] = field(default_factory=dict)  # the client's tools, by name: a call of one ends the run
    system: str | None = None
    call_settings: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    thread_id: str | None = None
    owner: str | None = None  # who wrote, opaque; None for a client that does not say which one it is
