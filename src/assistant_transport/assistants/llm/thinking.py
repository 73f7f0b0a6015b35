"""Reasoning that stands between tags in the answer's text, as servers without a parser for it send it."""

from collections.abc import Callable

_TAGS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "[THINK]": "[/THINK]",  # Magistral
    "<|channel|>analysis<|message|>": "<|end|><|start|>assistant<|channel|>final<|message|>",  # gpt-oss
}
_CLOSING = "</think>"  # without an opening tag, which a model's template may have had already

Write = Callable[[str], None]


class ThinkingSplitter:
    """Tells reasoning from answer, however the tags are cut; what cannot be a tag is written at once."""

    def __init__(self, write_text: Write, write_reasoning: Write) -> None:
        self._write_text = write_text
        self._write_reasoning = write_reasoning
        self._held = ""
        self._closing = _CLOSING
        self._take: Write = self._at_start

    def take(self, text: str) -> None:
        self._take(text)

    def after_field(self) -> None:
        """Reasoning came in a field of its own: of tags only an empty pair before the answer is not the answer's."""
        self.flush()
        if self._take == self._until_stray_end:
            self._take = self._after_field

    def flush(self) -> None:
        """Nothing follows that could complete a tag."""
        held, self._held = self._held, ""
        if self._take == self._thinking:
            if held:
                self._write_reasoning(held)
        elif self._take == self._after_thinking:
            self._before_answer(held)
        else:
            if self._take == self._at_start:
                self._take = self._until_stray_end
            if held:
                self._write_text(held)

    def _at_start(self, text: str) -> None:
        self._held += text
        begun = self._held.lstrip()
        if (tag := _opening_of(begun)) is not None:
            self._held, self._closing, self._take = "", _TAGS[tag], self._before_thoughts
            self._before_thoughts(begun[len(tag) :])
        elif not _may_open(begun):
            text, self._held, self._take = self._held, "", self._until_stray_end
            self._until_stray_end(text)

    def _after_field(self, text: str) -> None:
        self._held += text
        begun = self._held.lstrip()
        tag = _opening_of(begun)
        inner, closing = begun[len(tag or "") :].lstrip(), _TAGS[tag] if tag else _CLOSING
        if inner.startswith(closing):
            self._held, self._take = "", self._before_answer
            self._before_answer(inner[len(closing) :])
        elif not closing.startswith(inner) and not _may_open(begun):
            text, self._held, self._take = self._held, "", self._write_text
            self._write_text(text)

    def _before_thoughts(self, text: str) -> None:
        if text := text.lstrip():
            self._take = self._thinking
            self._thinking(text)

    def _thinking(self, text: str) -> None:
        self._split(text, self._write_reasoning)

    def _until_stray_end(self, text: str) -> None:
        if self._held or "<" in text:
            self._split(text, self._write_text)
        else:
            self._write_text(text)

    def _split(self, text: str, write: Write) -> None:
        text = self._held + text
        before, tag, after = text.partition(self._closing)
        if tag:
            self._held, self._take = "", self._after_thinking
            if before:
                write(before)
            self._after_thinking(after)
            return
        self._held = _beginning_of(self._closing, text)
        if certain := text[: len(text) - len(self._held)]:
            write(certain)

    def _after_thinking(self, text: str) -> None:
        """Reasoning may go on in another block. It is held until it is closed, as the answer may begin with a tag."""
        self._held += text
        begun = self._held.lstrip()
        if (tag := _opening_of(begun)) is not None:
            thought, closing, rest = begun[len(tag) :].partition(_TAGS[tag])
            if closing:
                gap, self._held = self._held[: len(self._held) - len(begun)], ""
                if thought.strip():
                    self._write_reasoning(gap + thought)
                self._after_thinking(rest)
        elif not _may_open(begun):
            self._held = ""
            self._before_answer(begun)

    def _before_answer(self, text: str) -> None:
        if text := text.lstrip():
            self._take = self._write_text
            self._write_text(text)


def _opening_of(text: str) -> str | None:
    """The tag that `text` begins with."""
    return next((tag for tag in _TAGS if text.startswith(tag)), None)


def _may_open(text: str) -> bool:
    """Whether `text` may become a tag."""
    return any(tag.startswith(text) for tag in _TAGS)


def _beginning_of(tag: str, text: str) -> str:
    """The longest end of `text` that `tag` begins with."""
    start = text.rfind(tag[0], max(0, len(text) - len(tag) + 1))
    while start != -1:
        if tag.startswith(text[start:]):
            return text[start:]
        start = text.rfind(tag[0], max(0, len(text) - len(tag) + 1), start)
    return ""
