"""Writes what a model streams, token by token, into the transcript."""

from collections.abc import Callable
from typing import Any

from assistant_transport.assistants.llm.calls import StreamedCall
from assistant_transport.assistants.llm.jsontext import Mender, without_unsafe
from assistant_transport.assistants.llm.thinking import ThinkingSplitter
from assistant_transport.transcript import AssistantMessage, ReasoningWriter, ToolCall, Transcript


class Thought:
    """A piece of reasoning, while it is being written; it may be signed at any time."""

    def __init__(self, writer: ReasoningWriter) -> None:
        self._writer = writer
        self._mender = Mender()

    def append(self, text: str) -> None:
        if certain := self._mender.take(text):
            self._writer.append(certain)

    def sign(self, signature: dict[str, Any]) -> None:
        """Keeps beside the text what the provider needs to take it back."""
        self._writer.sign(without_unsafe(signature))


class Writing:
    """One reply in the making: a model's responses to one turn, with the results of its calls between them.

    Args:
        tool_names: The tools that the model is offered.
        splits_thinking: Whether reasoning may stand between tags in the text.
    """

    def __init__(self, transcript: Transcript, tool_names: frozenset[str], *, splits_thinking: bool) -> None:
        self.tool_names = tool_names
        self._transcript = transcript
        self._splits_thinking = splits_thinking
        self._message: AssistantMessage | None = None
        self.input_tokens: int | None = None
        self.output_tokens: int | None = None
        self.cached_tokens: int | None = None
        self.requests = 0
        self.begin_response(lambda: None)

    def begin_response(self, on_first_token: Callable[[], None]) -> None:
        """The model is asked (again). `on_first_token` is called once something of its answer is written."""
        self._on_first_token = on_first_token
        self.has_begun = False
        self.has_text = False  # more than white space
        self.calls: list[StreamedCall] = []
        self._mender = Mender()
        self._thought: Thought | None = None
        self._splitter = ThinkingSplitter(self._write_text, self._write_thinking) if self._splits_thinking else None
        self._take = self._splitter.take if self._splitter else self._write_text

    def text(self, piece: str) -> None:
        """Takes the next piece of the answer's text."""
        if text := self._mender.take(piece):
            self._take(text)

    def thought(self, signature: dict[str, Any] | None = None) -> Thought:
        """Begins a piece of reasoning."""
        self._flush()
        if self._splitter is not None:
            self._splitter.after_field()
        self._thought = Thought(self._begun().begin_reasoning())
        if signature:
            self._thought.sign(signature)
        return self._thought

    def call(self, call_id: str | None, name: str = "") -> StreamedCall:
        """Begins a tool call."""
        self._flush()
        for earlier in self.calls:
            earlier.show()
        call = StreamedCall(self._begin_call, self.tool_names, call_id, name)
        self.calls.append(call)
        return call

    def end_response(self) -> None:
        """Nothing of the response follows, whether it is whole or broke off."""
        self._flush()

    def finish_calls(self) -> list[StreamedCall]:
        """The calls of a response that is whole; those that never had a name are none."""
        for call in self.calls:
            call.finish()
        return [call for call in self.calls if call.shown is not None]

    def say(self, text: str) -> None:
        """Tells the user something that the model did not say."""
        self._open().append_text(text)

    def count(self, input_tokens: int | None, output_tokens: int | None, cached_tokens: int | None) -> None:
        """Adds what a response took, as far as the provider says."""
        if input_tokens is not None:
            self.input_tokens = (self.input_tokens or 0) + input_tokens
        if output_tokens is not None:
            self.output_tokens = (self.output_tokens or 0) + output_tokens
        if cached_tokens is not None:
            self.cached_tokens = (self.cached_tokens or 0) + cached_tokens

    def set_usage(self, model: str) -> None:
        """Writes what the reply took of `model` together; what no provider said is left out."""
        self._transcript.model, self._transcript.cached_tokens = model, self.cached_tokens
        if self.input_tokens is not None or self.output_tokens is not None:
            target = self._transcript.count_usage if self._message is None else self._message.set_usage
            target(input_tokens=self.input_tokens, output_tokens=self.output_tokens)

    def _open(self) -> AssistantMessage:
        """The message, which begins with its first part: a reply that fails before leaves none."""
        if self._message is None:
            self._message = self._transcript.assistant_message()
        return self._message

    def _begun(self) -> AssistantMessage:
        if not self.has_begun:
            self.has_begun = True
            self._on_first_token()
        return self._open()

    def _write_text(self, text: str) -> None:
        message = self._begun()
        message.append_text(text)
        self._thought = None
        if not self.has_text and not text.isspace():
            self.has_text = True
        if self.has_text and self._splitter is None:
            self._take = message.append_text

    def _write_thinking(self, text: str) -> None:
        if self._thought is None:
            self._thought = Thought(self._begun().begin_reasoning())
        self._thought.append(text)

    def _begin_call(self, name: str, call_id: str | None) -> ToolCall:
        return self._begun().add_tool_call(name, call_id=call_id)

    def _flush(self) -> None:
        """What was held back can no longer be completed."""
        if rest := self._mender.rest():
            self._take(rest)
        if self._splitter is not None:
            self._splitter.flush()
