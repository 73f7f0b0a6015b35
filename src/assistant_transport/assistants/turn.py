"""The turn that an assistant replies to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from assistant_transport.approvals import PendingCall, Status
from assistant_transport.transcript import Transcript


@dataclass(frozen=True)
class ToolResult:
    """A tool result that the client sent with this request."""

    call_id: str
    tool_name: str
    result: Any  # any JSON
    is_error: bool


@dataclass(frozen=True)
class Decided:
    """A call of a server tool that this request decides; nobody else can decide it any more.

    `arguments` are those to run it with, the edited ones after an edit; `message` is why it was rejected.
    """

    call: PendingCall
    status: Status
    arguments: dict[str, Any]
    message: str = ""


@dataclass(frozen=True)
class Turn:
    """One request to answer. Its messages and tool results are in the transcript already."""

    transcript: Transcript
    text: str | None = None  # what the user has written and nobody has answered yet, if anything
    controller: Any = None  # assistant-stream's RunController, for an assistant with a state of its own
    commands: Sequence[Any] = ()  # as they came: AddMessageCommand, AddToolResultCommand, or the assistant's own
    tool_results: Sequence[ToolResult] = ()
    tools: dict[str, Any] = field(default_factory=dict)  # the client's tools, by name: a call of one ends the run
    system: str | None = None
    call_settings: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    thread_id: str | None = None
    decided: list[Decided] = field(default_factory=list)  # filled by an assistant's `acheck`
    request: HttpRequest | None = None  # its body has been read; None outside of a server
    user: Any = None  # the Django user, as the setting CALLER found it; None where callers are not Django's users
    owner: str | None = None  # a stable name of the caller, to keep data by; None for one who has no name
    caller: Any = None  # what CALLER returned for the request: an assistant_transport.callers.Caller

    @property
    def caller_name(self) -> str | None:
        """The name of the caller's API key, or what else CALLER counts runs by; None where there is none."""
        return getattr(self.caller, "counted_by", "") or None
