"""What an assistant holds while it writes: its message, and that message's tool calls."""

import json
from abc import ABC, abstractmethod
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

Message = dict[str, Any]
Path = list[str | int]


class Usage(NamedTuple):
    """What a reply took, in tokens, as the model's provider counts them."""

    input_tokens: int = 0
    output_tokens: int = 0


class Cursor(Protocol):
    """A known string of the document."""

    def append(self, text: str) -> None: ...


class Document(Protocol):
    """The streamed state, as runs.StateDocument has it."""

    value: Any

    def set(self, path: Path, value: Any) -> None: ...
    def cursor(self, path: Path) -> Cursor: ...


class ToolCall(ABC):
    """One tool call of an assistant's message, while it is being written."""

    def __init__(self, call_id: str, name: str) -> None:
        self.id = call_id
        self.name = name
        self._args = ""
        self._open = True

    def append_args(self, text: str) -> None:
        """Appends to the arguments' JSON text. It must only ever grow: a client runs its tool once it parses."""
        if not self._open:
            raise ValueError(f"the arguments of the tool call {self.id} are complete")
        self._args += text
        self._append(text)

    def complete(self) -> None:
        """Says that the arguments are whole; a call without any gets `{}`. The next part does it as well."""
        if self._open:
            if not self._args:
                self.append_args("{}")
            self._open = False
            self._completed()

    @abstractmethod
    def _append(self, text: str) -> None: ...

    def _completed(self) -> None:  # noqa: B027 - a layout may have nothing to add
        """What a layout adds when the arguments are whole."""

    @abstractmethod
    def set_result(self, result: Any, *, is_error: bool = False, artifact: Any = None) -> None:
        """Gives the call its result (any JSON). A call without one is the client's to answer."""


class AssistantMessage(ABC):
    """An assistant's message, while it is being written. Whatever is appended goes out by itself."""

    def __init__(self) -> None:
        self.usage = Usage()
        self._call: ToolCall | None = None

    @abstractmethod
    def append_text(self, text: str) -> None:
        """Appends to the text; opens a new piece of it after anything else."""

    @abstractmethod
    def append_reasoning(self, text: str) -> None:
        """Appends to what the assistant thinks before it answers."""

    def add_tool_call(self, name: str, args: dict[str, Any] | None = None, *, call_id: str | None = None) -> ToolCall:
        """Begins a tool call: whole with `args`, else to be streamed by `append_args` and closed by `complete`."""
        self.complete()
        call = self._call = self._begin_call(call_id or f"call_{uuid4().hex}", name)
        if args is not None:
            call.append_args(json.dumps(args, ensure_ascii=False, allow_nan=False))
            call.complete()
        return call

    def set_usage(self, *, input_tokens: int, output_tokens: int) -> None:
        """Says what the reply took, in tokens, as the model's provider counts them."""
        self.usage = Usage(input_tokens, output_tokens)
        self._write_usage(self.usage)

    @abstractmethod
    def _write_usage(self, usage: Usage) -> None: ...

    @abstractmethod
    def _begin_call(self, call_id: str, name: str) -> ToolCall: ...

    def complete(self) -> None:
        """Says that what was begun is whole."""
        if self._call is not None:
            self._call.complete()
            self._call = None
