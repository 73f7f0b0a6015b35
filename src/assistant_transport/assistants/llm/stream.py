"""Writes what a model streams, token by token, into the transcript."""

import json
from typing import Any

from pydantic_ai import (
    FunctionToolResultEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
    ToolReturnPart,
)

from assistant_transport.transcript import AssistantMessage, ReasoningWriter, ToolCall, Transcript

_NOT_SHOWN = "The result cannot be shown."


class Writing:
    """One reply in the making: the responses of a model to one turn, with the results of its calls between them."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._message: AssistantMessage | None = None
        self._calls: dict[str, ToolCall] = {}
        self._begun: dict[int, ToolCall | _Reasoning] = {}

    def begin_response(self) -> None:
        """The model is asked (again): it counts its parts from 0."""
        self._begun.clear()

    def take(self, event: Any) -> None:
        """Writes what an event of the library says; of most kinds there is nothing to write."""
        match event:
            case PartStartEvent(index=index, part=part):
                self._begin(index, part)
            case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
                self._open().append_text(text)
            case PartDeltaEvent(index=index, delta=delta):
                self._continue(index, delta)
            case FunctionToolResultEvent(part=part):
                self._set_result(part)

    def set_usage(self, input_tokens: int, output_tokens: int) -> None:
        if self._message is not None:
            self._message.set_usage(input_tokens=input_tokens, output_tokens=output_tokens)
        else:
            self._transcript.count_usage(input_tokens=input_tokens, output_tokens=output_tokens)

    def _open(self) -> AssistantMessage:
        """The message, which begins with its first part: a reply that fails before leaves none."""
        if self._message is None:
            self._message = self._transcript.assistant_message()
        return self._message

    def _begin(self, index: int, part: Any) -> None:
        if index in self._begun:
            return
        match part:
            case TextPart(content=text):
                self._open().append_text(text)
            case ThinkingPart(content=text):
                self._begun[index] = reasoning = _Reasoning(self._open().begin_reasoning(text), part)
                self._sign(reasoning, part.signature)
            case ToolCallPart(tool_name=name, args=args, tool_call_id=call_id):
                self._begun[index] = self._calls[call_id] = self._open().add_tool_call(name, call_id=call_id)
                _append_args(self._calls[call_id], args)

    def _continue(self, index: int, delta: Any) -> None:
        match self._begun.get(index), delta:
            case _Reasoning() as reasoning, ThinkingPartDelta(content_delta=text, signature_delta=signature):
                reasoning.writer.append(text or "")
                self._sign(reasoning, signature)
            case ToolCall() as call, ToolCallPartDelta(args_delta=args):
                _append_args(call, args)

    def _sign(self, reasoning: "_Reasoning", signature: str | None) -> None:
        """Keeps a signature; with one of several pieces of an item, their belonging together too."""
        if not signature:
            return
        own = {"provider": reasoning.provider} | ({"id": reasoning.item} if reasoning.item else {})
        reasoning.writer.sign(own | {"signature": signature})
        for other in self._begun.values():
            if isinstance(other, _Reasoning) and other is not reasoning and other.item == reasoning.item is not None:
                other.writer.sign(own)

    def _set_result(self, part: ToolReturnPart) -> None:
        call = self._calls.get(part.tool_call_id)
        if call is None:
            return
        if part.outcome == "success":
            try:
                call.set_result(part.content)
            except (TypeError, ValueError):  # JSON, but not such as clients take
                call.set_result(_NOT_SHOWN)
        else:
            call.set_result(part.model_response_str(wrap_if_error=False), is_error=True)


class _Reasoning:
    """A piece of reasoning that may be signed later."""

    def __init__(self, writer: ReasoningWriter, part: ThinkingPart) -> None:
        self.writer = writer
        self.item = part.id
        self.provider = part.provider_name


def _append_args(call: ToolCall, args: Any) -> None:
    if args:
        call.append_args(args if isinstance(args, str) else json.dumps(args, ensure_ascii=False))
