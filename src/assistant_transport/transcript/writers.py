"""Writers of an assistant's message, its reasoning and its tool calls; what they append is sent at once."""

import json
from abc import ABC, abstractmethod
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

Message = dict[str, Any]
Path = list[str | int]


class Cursor(Protocol):
    """A string of the document, to append to without looking it up again."""

    def append(self, text: str) -> None: ...


class Document(Protocol):
    """The streamed state; runs.StateDocument is one."""

    value: Any

    def set(self, path: Path, value: Any) -> None: ...
    def keep_messages(self, count: int) -> None: ...
    def cursor(self, path: Path) -> Cursor: ...


class Usage(NamedTuple):
    """The tokens of a reply, as the model's provider counts them; None for what it did not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None


class ReasoningWriter:
    """A piece of an assistant's reasoning that is being written."""

    def __init__(self, document: Document, path: Path) -> None:
        self._document = document
        self._path = path
        self._cursor = document.cursor([*path, "text"])

    def append(self, text: str) -> None:
        self._cursor.append(text)

    def sign(self, signature: dict[str, Any]) -> None:
        """Stores beside the text what its provider demands when the reasoning is sent back to it (any JSON object)."""
        self._document.set([*self._path, "signature"], signature)


class ToolCall(ABC):
    """A tool call that is being written."""

    def __init__(self, call_id: str, name: str) -> None:
        self.id = call_id
        self.name = name
        self._args = ""
        self._open = True

    def append_args(self, text: str) -> None:
        """Appends to the arguments' JSON text, which cannot be corrected: a client runs its tool once it parses."""
        if not self._open:
            raise ValueError(f"the arguments of the tool call {self.id} are complete")
        self._args += text
        self._append(text)

    def complete(self) -> None:
        """Marks the arguments as complete, `{}` if there are none. Text that follows the call does so as well."""
        if self._open:
            if not self._args:
                self.append_args("{}")
            self._open = False
            self._completed()

    @abstractmethod
    def sign(self, signature: dict[str, Any]) -> None:
        """Keeps beside the call what its provider needs to take it back (any JSON object)."""

    @abstractmethod
    def _append(self, text: str) -> None: ...

    def _completed(self) -> None:  # noqa: B027 - a layout may have nothing to add
        """Writes what a layout adds once the arguments are complete."""

    @abstractmethod
    def set_result(self, result: Any, *, is_error: bool = False, artifact: Any = None) -> None:
        """Writes the result (any JSON). A call without one is left to the client."""

    @abstractmethod
    def set_preliminary_result(self, result: Any) -> None:
        """Shows a result (any JSON) that `set_result` will replace. Models never read it."""


class AssistantMessage(ABC):
    """An assistant's message that is being written."""

    def __init__(self) -> None:
        self.usage = Usage()
        self._open_calls: list[ToolCall] = []
        self._reasoning: ReasoningWriter | None = None

    @abstractmethod
    def append_text(self, text: str) -> None:
        """Appends to the text; after reasoning or a tool call it begins a new piece."""

    def append_reasoning(self, text: str) -> None:
        """Appends to the reasoning; after text or a tool call it begins a new piece."""
        if self._reasoning is not None:
            self._reasoning.append(text)
        elif text:
            self.begin_reasoning(text)

    def begin_reasoning(self, text: str = "") -> ReasoningWriter:
        """Begins a piece of reasoning, which can be signed."""
        self.complete()
        self._reasoning = self._begin_reasoning(text)
        return self._reasoning

    def add_tool_call(self, name: str, args: dict[str, Any] | None = None, *, call_id: str | None = None) -> ToolCall:
        """Begins a tool call: complete with `args`, or else streamed by `append_args` and ended by `complete`.

        Several calls may be streamed at once. The call gets a new id where another call has `call_id` already.
        """
        self._reasoning = None
        call = self._begin_call(call_id or f"call_{uuid4().hex}", name)
        self._open_calls.append(call)
        if args is not None:
            call.append_args(json.dumps(args, ensure_ascii=False, allow_nan=False))
            call.complete()
        return call

    @abstractmethod
    def add_source(self, url: str, title: str | None = None) -> None:
        """Names a page that the reply rests on."""

    @abstractmethod
    def add_file(self, data: str, mime_type: str, filename: str | None = None) -> None:
        """Adds a file that the assistant made; `data` is base64, or an https URL."""

    @abstractmethod
    def add_data(self, name: str, data: Any) -> None:
        """Adds data (any JSON) that a component of the frontend's own renders, by its `name`."""

    def set_usage(self, *, input_tokens: int | None, output_tokens: int | None) -> None:
        """Writes the tokens of this message, as the model's provider counts them, without what is None."""
        self.usage = Usage(input_tokens, output_tokens)
        self._write_usage(self.usage)

    @abstractmethod
    def _write_usage(self, usage: Usage) -> None: ...

    @abstractmethod
    def _begin_reasoning(self, text: str) -> ReasoningWriter: ...

    @abstractmethod
    def _begin_call(self, call_id: str, name: str) -> ToolCall: ...

    def complete(self) -> None:
        """Marks everything that was begun as complete."""
        self._reasoning = None
        for call in self._open_calls:
            call.complete()
        self._open_calls.clear()
