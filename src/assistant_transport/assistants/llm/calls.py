"""A tool call as it is streamed: its name may come in pieces and its arguments in any shape."""

import json
import re
from collections.abc import Callable
from typing import Any

from assistant_transport.assistants.llm.jsontext import Mender, mend, parse, without_unsafe
from assistant_transport.transcript import ToolCall

# What servers send before or in the place of arguments; it counts only where nothing follows.
_PLACEHOLDER = re.compile(r'\s*(\{\s*\}|\[\s*\]?|""?|n|nu|nul|null|N|No|Non|None)?\s*')
_WHOLE_PLACEHOLDERS = ("", "{}", "[]", '""', "null", "None")

BeginCall = Callable[[str, str | None], ToolCall]


class StreamedCall:
    """One call of a response. It is shown once its name is whole: with the first arguments or when it is over."""

    def __init__(self, begin: BeginCall, call_id: str | None, name: str = "") -> None:
        self._begin = begin
        self.id = call_id  # the server's; the transcript may give another one
        self.name = name
        self.shown: ToolCall | None = None
        self.extra: dict[str, Any] = {}  # what goes back to the server with the call
        self.args = ""  # the JSON text, all of it shown once the name is known
        self._held = ""  # a placeholder, as long as it may be one
        self._mender = Mender()

    def add_args(self, piece: Any) -> None:
        """Takes the next piece of the arguments' JSON text, or the arguments as an object."""
        if isinstance(piece, dict):
            piece = json.dumps(piece, ensure_ascii=False) if piece else ""
        if not isinstance(piece, str) or not piece:
            return
        text = self._mender.take(piece)
        if not self.args:
            if _PLACEHOLDER.fullmatch(self._held + text) is not None:
                self._held += text
                return
            if "".join(self._held.split()) not in _WHOLE_PLACEHOLDERS:
                text = self._held + text  # it was the beginning of something else
            self._held = ""
        elif text.lstrip()[:1] == "{" and self.is_whole:
            return  # some servers say the whole of it again at the end
        self._show(text)

    def set_args(self, whole: Any) -> None:
        """Takes all arguments at once, of which all, some or nothing may have come in pieces before."""
        text = whole if isinstance(whole, str) else json.dumps(whole, ensure_ascii=False) if whole else ""
        if not self.args:
            self.add_args(text)
        elif text.startswith(self.args):
            self.add_args(text[len(self.args) :])

    @property
    def is_whole(self) -> bool:
        """Whether the arguments that were shown are an object, so that nothing can follow."""
        try:
            return self.args.rstrip()[-1:] == "}" and isinstance(parse(self.args), dict)
        except ValueError:
            return False

    def show(self) -> None:
        """Shows the call, whose name is whole, if that was not done yet."""
        if self.shown is None and self.name:
            self._show("")

    def finish(self) -> None:
        """Nothing of the call follows."""
        if rest := self._mender.rest():
            self._show(rest)
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

    def _show(self, text: str) -> None:
        self.args += text
        if self.shown is None and self.name:
            self.shown = self._begin(mend(self.name).strip(), self.id and mend(self.id))
            text = self.args
        if text and self.shown is not None:
            self.shown.append_args(text)
