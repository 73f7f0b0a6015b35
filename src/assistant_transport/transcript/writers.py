"""What an assistant holds while it writes: its message, and that message's tool calls."""

import json
from abc import ABC, abstractmethod
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

Message = dict[str, Any]
Path = list[str | int]


class Cursor(Protocol):
    """A known string of the document."""

    def append(self, text: str) -> None: ...


class Document(Protocol):
    """The streamed state, as runs.StateDocument has it."""

    value: Any

    def set(self, path: Path, value: Any) -> None: ...
    def cursor(self, path: Path) -> Cursor: ...


class Usage(NamedTuple):
    """What a reply took, in tokens, as the model's provider counts them."""

    input_tokens: int = 0
    output_tokens: int = 0


class ReasoningWriter:
    """One piece of an assistant's reasoning, while it is being written."""

    def __init__(self, document: Document, path: Path) -> None:
        self._document = document
        self._path = path
        self._cursor = document.cursor([*path, "text"])

    def append(self, text: str) -> None:
        self._cursor.append(text)

    def sign(self, signature: dict[str, Any]) -> None:
        """Keeps beside the text what its provider needs to take it back (any JSON object)."""
        self._document.set([*self._path, "signature"], signature)


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
        """Says that the arguments are whole; a call without any gets `{}`. Text that follows does it as well."""
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
        self._open_calls: list[ToolCall] = []
        self._reasoning: ReasoningWriter | None = None

    @abstractmethod
    def append_text(self, text: str) -> None:
        """Appends to the text; opens a new piece of it after anything else."""

    def append_reasoning(self, text: str) -> None:
        """Appends to what the assistant thinks before it answers."""
        if self._reasoning is not None:
            self._reasoning.append(text)
        elif text:
            self.begin_reasoning(text)

    def begin_reasoning(self, text: str = "") -> ReasoningWriter:
        """Begins a piece of reasoning, which its provider may sign."""
        self.complete()
        self._reasoning = self._begin_reasoning(text)
        return self._reasoning

    def add_tool_call(self, name: str, args: dict[str, Any] | None = None, *, call_id: str | None = None) -> ToolCall:
        """Begins a tool call: whole with `args`, else to be streamed by `append_args` and closed by `complete`.

        Several may be streamed at once. Its id is another than `call_id` where another call has that already.
        """
        self._reasoning = None
        call = self._begin_call(call_id or f"call_{uuid4().hex}", name)
        self._open_calls.append(call)
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
    def _begin_reasoning(self, text: str) -> ReasoningWriter: ...

    @abstractmethod
    def _begin_call(self, call_id: str, name: str) -> ToolCall: ...

    def complete(self) -> None:
        """Says that what was begun is whole."""
        self._reasoning = None
        for call in self._open_calls:
            call.complete()
        self._open_calls.clear()
