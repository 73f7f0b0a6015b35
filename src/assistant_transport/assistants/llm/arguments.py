"""The JSON text of a call's arguments: in pieces, repeated, wrapped or left out, as servers send it."""

import re

from assistant_transport.assistants.llm.jsontext import EscapeMender, Mender, parse

# What servers send before or in the place of arguments; it counts only where nothing follows.
_PLACEHOLDER = re.compile(r'\s*(\{\s*\}|\[\s*\]?|""?|n|nu|nul|null|N|No|Non|None)?\s*')
_WHOLE_PLACEHOLDERS = ("", "{}", "[]", '""', "null", "None")


class Arguments:
    """Takes the pieces of one call's arguments and gives what is certain of them.

    Arguments are a JSON object, so pieces that together are one are taken as they are. Everything else is understood
    only where they are not.

    Attributes:
        text: What is certain so far, without halves of characters.
    """

    def __init__(self) -> None:
        self.text = ""
        self._raw = ""  # the same as the server wrote it
        self._held: list[str] = []
        self._halves, self._escapes = Mender(), EscapeMender()
        self._read = self._at_start

    def take(self, piece: str) -> str:
        """What has become certain by `piece`."""
        return self._certain(self._read(piece))

    def complete(self, whole: str) -> str:
        """What has become certain by the whole text, of which all, some or nothing came in pieces before."""
        if not whole.startswith(self._raw):
            return ""
        whole = whole[len(self._raw) :]
        self._held.clear()
        self._read = self._following if self._raw else self._at_start
        return self.take(whole)

    def rest(self) -> str:
        """What has become certain because nothing follows."""
        settled = self._certain(self._settled())
        self._held.clear()
        cut = self._escapes.take(self._halves.rest()) + self._escapes.rest()
        self.text += cut
        return settled + cut

    @property
    def is_whole(self) -> bool:
        """Whether they are an object, so that nothing can follow."""
        return is_object(self._raw + self._settled())

    def _certain(self, raw: str) -> str:
        self._raw += raw
        text = self._escapes.take(self._halves.take(raw))
        self.text += text
        return text

    def _at_start(self, piece: str) -> str:
        before = "".join(self._held)
        if _PLACEHOLDER.fullmatch(before + piece) is not None:
            self._held = [before + piece]
            return ""
        # A placeholder that something follows was none of it, or its beginning.
        text = piece if "".join(before.split()) in _WHOLE_PLACEHOLDERS else before + piece
        if text.lstrip().startswith('"'):
            self._held, self._read = [text], self._quoted
            return ""
        self._held, self._read = [], self._following
        return text

    def _quoted(self, piece: str) -> str:
        """Arguments encoded twice are a string, which is read once it is whole."""
        self._held.append(piece)
        return ""

    def _following(self, piece: str) -> str:
        if piece.lstrip()[:1] == "{" and is_object(self._raw):
            self._read = self._nothing  # some servers say the whole of it again at the end
            return ""
        if self._raw and piece.startswith(self._raw):
            self._held, self._read = [piece], self._repeating
            return ""
        return piece

    def _repeating(self, piece: str) -> str:
        """All pieces have begun with the one before: each is the text so far or, in rare cases, goes on with it."""
        self._held.append(piece)
        if piece.startswith(self._held[-2]):
            return ""
        text, self._held, self._read = "".join(self._held), [], self._following
        return text

    def _nothing(self, piece: str) -> str:
        return ""

    def _settled(self) -> str:
        """What is held, if nothing follows."""
        held = "".join(self._held)
        if self._read == self._at_start:
            return ""
        if self._read == self._quoted:
            return _unquoted(held)
        if self._read == self._repeating and not is_object(self._raw + held) and is_object(self._held[-1]):
            return self._held[-1][len(self._raw) :]
        return held


def is_object(text: str) -> bool:
    """Whether `text` is the JSON of an object."""
    try:
        return text.rstrip()[-1:] == "}" and isinstance(parse(text), dict)
    except ValueError:
        return False


def _unquoted(text: str) -> str:
    """The object that a string of JSON holds, however often it is wrapped; else `text`."""
    inner = text
    try:
        while isinstance(value := parse(inner), str):
            inner = value
    except ValueError:
        return text
    return inner if isinstance(value, dict) else text
