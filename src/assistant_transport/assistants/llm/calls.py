"""A tool call as it is streamed: its name may come in pieces and its arguments in any shape."""

import json
from collections.abc import Callable
from typing import Any

from assistant_transport.assistants.llm.arguments import Arguments
from assistant_transport.assistants.llm.jsontext import mend, parse, without_unsafe
from assistant_transport.transcript import ToolCall

BeginCall = Callable[[str, str | None], ToolCall]


class StreamedCall:
    """One call of a response. It is shown once its name is whole: with the first arguments or when it is over.

    `tool_names` are those of the tools that the model is offered.
    """

    def __init__(self, begin: BeginCall, tool_names: frozenset[str], call_id: str | None, name: str = "") -> None:
        self._begin = begin
        self._tool_names = tool_names
        self.id = call_id  # the server's; the transcript may give another one
        self.name = self._sent_name = name  # the former without what servers put around it, once it is shown
        self.shown: ToolCall | None = None
        self.extra: dict[str, Any] = {}  # what goes back to the server with the call
        self._arguments = Arguments()

    def add_args(self, piece: Any) -> None:
        """Takes the next piece of the arguments' JSON text, or the arguments as an object."""
        if isinstance(piece, dict):
            piece = json.dumps(piece, ensure_ascii=False) if piece else ""
        if isinstance(piece, str) and piece:
            self._show_args(self._arguments.take(piece))

    def set_args(self, whole: Any) -> None:
        """Takes all arguments at once, of which all, some or nothing may have come in pieces before."""
        text = whole if isinstance(whole, str) else json.dumps(whole, ensure_ascii=False) if whole else ""
        if text:
            self._show_args(self._arguments.complete(text))

    @property
    def args(self) -> str:
        """The JSON text, as far as it is certain: all of it is shown once the name is known."""
        return self._arguments.text

    @property
    def is_whole(self) -> bool:
        """Whether the arguments are an object, so that nothing can follow."""
        return self._arguments.is_whole

    def is_named(self, name: str) -> bool:
        return name in (self.name, self._sent_name)

    def show(self) -> None:
        """Shows the call, whose name is whole, if that was not done yet."""
        if self.shown is None and self.name:
            self._sent_name, self.name = self.name, self._tool_name()
            self.shown = self._begin(self.name, self.id and mend(self.id))
            if self.args:
                self.shown.append_args(self.args)

    def finish(self) -> None:
        """Nothing of the call follows."""
        self._show_args(self._arguments.rest())
        self.show()
        if self.shown is not None:
            if self.extra:
                self.shown.sign(without_unsafe(self.extra))
            self.shown.complete()

    def arguments(self) -> dict[str, Any] | None:
        """The arguments, None where they are no JSON object."""
        try:
            found = parse(self.args) if self.args else {}
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def _tool_name(self) -> str:
        """The name without the marks of gpt-oss's format around it, if a tool has that one only."""
        name = mend(self.name).strip()
        bare = name.partition("<|")[0].removeprefix("functions.").strip()
        return bare if name not in self._tool_names and bare in self._tool_names else name

    def _show_args(self, text: str) -> None:
        if text and self.shown is not None:
            self.shown.append_args(text)
        elif text:
            self.show()
