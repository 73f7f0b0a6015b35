"""The events of Anthropic's Messages, as Anthropic and gateways with its API send them."""

from typing import Any

from assistant_transport.assistants.llm.calls import StreamedCall
from assistant_transport.assistants.llm.formats.reader import StreamReader, failed, key_of, text_of, tokens
from assistant_transport.assistants.llm.writing import Thought, Writing

# What Anthropic bills for, where caching splits the prompt.
_INPUT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


class _Thinking:
    """A block of thinking; without a signature it goes back all the same, to servers that sign nothing."""

    def __init__(self, thought: Thought) -> None:
        self.thought = thought
        self.signature = ""

    def end(self) -> None:
        self.thought.sign({"provider": "anthropic", "signature": self.signature})


class _ToolUse:
    """A block of tool use: what its start says of the input counts only where no delta says anything."""

    def __init__(self, call: StreamedCall, given: Any) -> None:
        self.call = call
        self._given = given

    def end(self) -> None:
        if self._given and not self.call.args:
            self.call.set_args(self._given)


class MessagesReader(StreamReader):
    def __init__(self, writing: Writing) -> None:
        super().__init__(writing)
        self._blocks: dict[Any, _Thinking | _ToolUse] = {}  # those that are open, by index
        self._input: dict[str, int] = {}
        self._reads = {
            "content_block_delta": self._delta,
            "content_block_start": self._start,
            "content_block_stop": self._stop,
            "message_start": self._message_start,
            "message_delta": self._message_delta,
            "message_stop": self._message_stop,
        }

    def read(self, event: dict[str, Any], name: str) -> None:
        kind = text_of(event.get("type")) or name
        if (read := self._reads.get(kind)) is not None:
            read(event)
        elif kind == "error" or event.get("error"):
            raise failed(event)
        elif kind == "message" and isinstance(event.get("content"), list):
            self.read_document(event)

    def read_document(self, document: dict[str, Any]) -> None:
        if document.get("error"):
            raise failed(document)
        content = document.get("content")
        for index, block in enumerate(content if isinstance(content, list) else []):
            self._start({"index": index, "content_block": block})
            self._stop({"index": index})
        self._message_delta({"delta": document, "usage": document.get("usage")})
        self.has_ended = isinstance(content, list)

    def check(self) -> None:
        for block in self._blocks.values():
            block.end()
        super().check()

    def _delta(self, event: dict[str, Any]) -> None:
        delta = event.get("delta")
        if not isinstance(delta, dict):
            return
        match delta.get("type"):
            case "text_delta":
                if (text := delta.get("text")) and isinstance(text, str):
                    self.writing.text(text)
            case "thinking_delta":
                self._thinking(event).thought.append(text_of(delta.get("thinking")))
            case "signature_delta":
                self._thinking(event).signature += text_of(delta.get("signature"))
            case "input_json_delta":
                if isinstance(block := self._blocks.get(key_of(event.get("index"))), _ToolUse):
                    block.call.add_args(delta.get("partial_json"))

    def _thinking(self, event: dict[str, Any]) -> _Thinking:
        """The block of an event, which some servers do not begin."""
        index = key_of(event.get("index"))
        block = self._blocks.get(index)
        if not isinstance(block, _Thinking):
            block = self._blocks[index] = _Thinking(self.writing.thought())
        return block

    def _start(self, event: dict[str, Any]) -> None:
        block, index = event.get("content_block"), key_of(event.get("index"))
        if not isinstance(block, dict):
            return
        self._stop(event)  # some servers stop no block, and give all the same index
        match block.get("type"):
            case "text":
                if text := text_of(block.get("text")):
                    self.writing.text(text)
            case "thinking":
                thinking = self._blocks[index] = _Thinking(self.writing.thought())
                thinking.thought.append(text_of(block.get("thinking")))
                thinking.signature = text_of(block.get("signature"))
            case "redacted_thinking":
                hidden = {"provider": "anthropic", "id": "redacted_thinking", "signature": block.get("data")}
                self.writing.thought(hidden)
            case "tool_use":
                call = self.writing.call(text_of(block.get("id")) or None, text_of(block.get("name")))
                self._blocks[index] = _ToolUse(call, block.get("input"))

    def _stop(self, event: dict[str, Any]) -> None:
        if (block := self._blocks.pop(key_of(event.get("index")), None)) is not None:
            block.end()

    def _message_start(self, event: dict[str, Any]) -> None:
        message = event.get("message")
        if isinstance(message, dict):
            self._usage(message.get("usage"))

    def _message_delta(self, event: dict[str, Any]) -> None:
        delta = event.get("delta")
        if isinstance(delta, dict):
            self.set_finish(delta.get("stop_reason"))
        self._usage(event.get("usage"))

    def _message_stop(self, event: dict[str, Any]) -> None:
        self.has_ended = True

    def _usage(self, usage: Any) -> None:
        """Each count is the latest, not one to add."""
        if isinstance(usage, dict):
            self._input |= {name: count for name in _INPUT if (count := tokens(usage.get(name)))}
            self.input_tokens = sum(self._input.values()) or None
            self.cached_tokens = self._input.get("cache_read_input_tokens")
            self.output_tokens = tokens(usage.get("output_tokens")) or self.output_tokens
