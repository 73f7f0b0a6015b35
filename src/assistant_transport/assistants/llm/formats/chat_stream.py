"""The events of Chat Completions, as OpenAI and many who are like it send them."""

from typing import Any

from assistant_transport.assistants.llm.calls import StreamedCall
from assistant_transport.assistants.llm.formats.chat_calls import Calls
from assistant_transport.assistants.llm.formats.reader import StreamReader, failed, text_of
from assistant_transport.assistants.llm.writing import Thought, Writing

# Fields of a call that servers want back with it: Gemini's signatures of thoughts, by its own API and by LiteLLM.
EXTRA = ("extra_content", "provider_specific_fields", "thought_signature")

_REASONING = frozenset(("reasoning_content", "reasoning", "reasoning_text", "reasoning_details"))


class ChatReader(StreamReader):
    def __init__(self, writing: Writing) -> None:
        super().__init__(writing)
        self._calls = Calls(writing)
        self._thought: Thought | None = None
        self._signature: dict[str, Any] = {}
        self._details: list[dict[str, Any]] = []
        self._refusal = False
        self._said: str | None = None  # by messages in the place of deltas

    def read(self, event: dict[str, Any], name: str) -> None:
        choices = event.get("choices")
        if choices and isinstance(choices, list) and isinstance(choice := choices[0], dict):
            delta = choice.get("delta") or self._piece(choice.get("message"))
            if delta and isinstance(delta, dict):
                self._read_delta(delta)
            if (finish := choice.get("finish_reason")) is not None:
                self.set_finish(finish)
            if (usage := choice.get("usage")) is not None:  # Moonshot's place for it
                self._set_usage(usage)
            if choice.get("error"):  # OpenRouter's place for it
                raise failed(choice)
        if (usage := event.get("usage")) is not None:
            self._set_usage(usage)
        if event.get("error") or name == "error" or event.get("object") == "error" or event.get("type") == "error":
            raise failed(event)

    def read_document(self, document: dict[str, Any]) -> None:
        self.read(document, "")
        self.has_ended = bool(document.get("choices"))

    def _piece(self, message: Any) -> Any:
        """What is new in a message that stands in the place of a delta: a piece of the answer, or all of it so far."""
        if not isinstance(message, dict):
            return None
        if self._said is None and self.writing.has_begun:  # it repeats what the deltas said
            return None if self.writing.calls else {"tool_calls": message.get("tool_calls")}
        content, said = text_of(message.get("content")), self._said or ""
        if not content:
            return message
        is_piece = not content.startswith(said)
        self._said = said + content if is_piece else content
        return message if is_piece else message | {"content": content[len(said) :]}

    def check(self) -> None:
        self._end_thought()
        if self._refusal and not self.writing.has_text:
            self.finish = "refusal"
        super().check()

    def _set_usage(self, usage: Any) -> None:
        self.set_usage(usage, "prompt_tokens", "completion_tokens")

    def _read_delta(self, delta: dict[str, Any]) -> None:
        if not _REASONING.isdisjoint(delta):
            self._read_reasoning(delta)
        if content := delta.get("content"):
            if isinstance(content, str):
                if self._thought is not None:
                    self._end_thought()
                self.writing.text(content)
            else:
                self._read_parts(content)
        if calls := delta.get("tool_calls"):
            self._end_thought()
            for call in calls if isinstance(calls, list) else [calls]:
                self._read_call(call)
        if delta.get("refusal"):
            self._refusal = True

    def _read_reasoning(self, delta: dict[str, Any]) -> None:
        for field in ("reasoning_content", "reasoning", "reasoning_text"):
            if (text := delta.get(field)) and isinstance(text, str):
                self._think(text, field)
                break
        else:
            for item in details if isinstance(details := delta.get("reasoning_details"), list) else ():
                if isinstance(item, dict) and (text := text_of(item.get("text")) or text_of(item.get("summary"))):
                    self._think(text, "reasoning")
        if details := delta.get("reasoning_details"):
            self._keep_details(details)

    def _read_parts(self, parts: Any) -> None:
        """Content as a list, as Mistral's reasoning models send it."""
        for part in parts if isinstance(parts, list) else [parts]:
            match part:
                case {"type": "thinking", "thinking": list(pieces)}:
                    text = "".join(text_of(piece.get("text")) for piece in pieces if isinstance(piece, dict))
                    self._think(text, None)
                case {"type": "thinking", "thinking": str(text)}:
                    self._think(text, None)
                case {"text": str(text)}:
                    self._end_thought()
                    self.writing.text(text)

    def _think(self, text: str, field: str | None) -> None:
        """Writes reasoning, which goes back, if to anything, under the name of its field."""
        if self._thought is None:
            self._signature = {"provider": "chat", "field": field} if field else {}
            self._thought = self.writing.thought(self._signature)
        if text:
            self._thought.append(text)

    def _keep_details(self, details: Any) -> None:
        """OpenRouter's blocks of reasoning, some signed or encrypted, which it wants back as they were."""
        kept = self._details
        if self._thought is None and self.writing.calls:  # they sign the call before them, as Gemini's do
            kept = self._extra_of(self.writing.calls[-1]).setdefault("details", [])
        elif self._thought is None:
            self._think("", "reasoning")
        for item in details if isinstance(details, list) else ():
            if isinstance(item, dict):
                merge(kept, item)

    def _end_thought(self) -> None:
        if self._thought is not None and self._details:
            self._thought.sign(self._signature | {"details": self._details})
        self._thought, self._details = None, []

    def _read_call(self, delta: Any) -> None:
        if not isinstance(delta, dict):
            return
        function = delta.get("function", delta)  # some have its fields beside the id
        function = function if isinstance(function, dict) else {}
        call: StreamedCall | None = self._calls.find(
            delta.get("index"), text_of(delta.get("id")), text_of(function.get("name")), function.get("arguments")
        )
        if call is None:
            return
        call.add_args(function.get("arguments"))
        for place, fields in (("extra", delta), ("function", delta.get("function"))):
            if extra := extra_of(fields):
                self._extra_of(call).setdefault(place, {}).update(extra)

    def _extra_of(self, call: StreamedCall) -> dict[str, Any]:
        call.extra.setdefault("provider", "chat")
        return call.extra


def extra_of(fields: Any) -> dict[str, Any]:
    """What goes back as it came, of a call or of the `function` in it."""
    return {name: fields[name] for name in EXTRA if fields.get(name)} if isinstance(fields, dict) else {}


def merge(kept: list[dict[str, Any]], item: dict[str, Any]) -> None:
    """Appends a block of reasoning, or its next piece to the block that it goes on with."""
    last = kept[-1] if kept else {}
    same = all(last.get(name) == item.get(name) for name in ("type", "index"))
    if not kept or not same or item.get("index") is None:
        kept.append(dict(item))
        return
    for name, value in item.items():
        if name in ("text", "summary", "data") and isinstance(value, str):
            last[name] = text_of(last.get(name)) + value
        elif value is not None:
            last[name] = value
