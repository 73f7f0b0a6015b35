"""The events of OpenAI's Responses, as OpenAI and compatible servers send them."""

from typing import Any

from assistant_transport.assistants.llm.calls import StreamedCall
from assistant_transport.assistants.llm.formats.reader import StreamReader, failed, key_of, text_of
from assistant_transport.assistants.llm.writing import Thought, Writing

_INCOMPLETE = {"max_output_tokens": "length", "content_filter": "content_filter"}


class _Item:
    """One item of the output, while it is being read."""

    def __init__(self, item: dict[str, Any]) -> None:
        self.kind = item.get("type")
        self.id = item.get("id") if isinstance(item.get("id"), str) else None
        self.call_id = item.get("call_id")
        self.call: StreamedCall | None = None
        self.thoughts: dict[Any, Thought] = {}  # by the index of the summary's or the content's part
        self.has_text = False
        self.is_done = False


class ResponsesReader(StreamReader):
    def __init__(self, writing: Writing) -> None:
        super().__init__(writing)
        self._items: list[_Item] = []
        self._by_index: dict[Any, _Item] = {}
        self._text_id: Any = None  # of the item whose text came last
        self._refused = False
        self._reads = {
            "response.output_text.delta": self._text,
            "response.output_text.done": self._whole_text,
            "response.output_item.added": self._added,
            "response.output_item.done": self._done,
            "response.function_call_arguments.delta": self._args,
            "response.function_call_arguments.done": self._whole_args,
            "response.reasoning_summary_text.delta": self._summary,
            "response.reasoning_text.delta": self._reasoning,
            "response.refusal.delta": self._refusal,
            "response.completed": self._end,
            "response.incomplete": self._end,
            "response.done": self._end,
            "response.failed": self._fail,
            "error": self._fail,
        }

    def read(self, event: dict[str, Any], name: str) -> None:
        kind = text_of(event.get("type")) or name
        if (read := self._reads.get(kind)) is not None:
            read(event)
        elif event.get("object") == "response" and kind in ("", "response"):
            self._end({"response": event})
        elif event.get("error"):
            raise failed(event)

    def read_document(self, document: dict[str, Any]) -> None:
        if document.get("object") == "response" and document.get("status") != "failed":
            self._end({"response": document})
        else:
            raise failed(document)

    def check(self) -> None:
        for item in self._items:
            if item.kind == "reasoning" and not item.is_done:
                self._sign(item, {})
        if self._refused and not self.writing.has_text:
            self.finish = "refusal"
        super().check()

    def _text(self, event: dict[str, Any]) -> None:
        if (text := event.get("delta")) and isinstance(text, str):
            if (name := event.get("item_id")) is None or name != self._text_id:
                item = self._find(event, "message") or self._begin(
                    {"type": "message"}, key_of(event.get("output_index"))
                )
                item.has_text = True
                self._text_id = name
            self.writing.text(text)

    def _whole_text(self, event: dict[str, Any]) -> None:
        item = self._find(event, "message")
        if item is None or not item.has_text:
            self._text(event | {"delta": event.get("text")})

    def _args(self, event: dict[str, Any]) -> None:
        if (item := self._find(event, "function_call")) is not None and item.call is not None:
            item.call.add_args(event.get("delta"))

    def _whole_args(self, event: dict[str, Any]) -> None:
        if (item := self._find(event, "function_call")) is not None and item.call is not None:
            _complete(item.call, event)

    def _summary(self, event: dict[str, Any]) -> None:
        self._think(event, ("summary", key_of(event.get("summary_index"))))

    def _reasoning(self, event: dict[str, Any]) -> None:
        self._think(event, ("content", key_of(event.get("content_index"))))

    def _think(self, event: dict[str, Any], part: Any) -> None:
        text = text_of(event.get("delta"))
        item = self._find(event, "reasoning") or self._begin({"type": "reasoning"}, key_of(event.get("output_index")))
        if text and part not in item.thoughts:
            item.thoughts[part] = self.writing.thought()
        if text:
            item.thoughts[part].append(text)

    def _refusal(self, event: dict[str, Any]) -> None:
        self._refused = True

    def _added(self, event: dict[str, Any]) -> None:
        if isinstance(item := event.get("item"), dict):
            self._begin(item, key_of(event.get("output_index")))

    def _done(self, event: dict[str, Any]) -> None:
        data = event.get("item")
        if not isinstance(data, dict):
            return
        kind = data.get("type")
        item = self._find(event | {"item_id": data.get("id"), "call_id": data.get("call_id")}, kind)
        if item is None or item.is_done:
            item = self._begin(data, key_of(event.get("output_index")))
        item.is_done = True
        if item.call is not None:
            _complete(item.call, data)
        elif kind == "reasoning":
            self._finish_reasoning(item, data)
        elif kind == "message" and not item.has_text:
            self.writing.text("".join(text_of(part.get("text")) for part in _parts(data.get("content"))))
            self._refused = self._refused or any(part.get("type") == "refusal" for part in _parts(data.get("content")))

    def _begin(self, data: dict[str, Any], index: Any) -> _Item:
        item = _Item(data)
        self._items.append(item)
        if index is not None:
            self._by_index[index] = item
        if item.kind == "function_call":
            name = text_of(item.call_id) or item.id
            item.call = self.writing.call(name, text_of(data.get("name")))
            item.call.add_args(data.get("arguments"))
        return item

    def _find(self, event: dict[str, Any], kind: Any) -> _Item | None:
        """The item that an event belongs to: by its id, its call's, its index, or else the last of its kind."""
        found: _Item | None = None
        if isinstance(name := event.get("item_id"), str):
            found = next((item for item in reversed(self._items) if item.id == name and item.kind == kind), None)
        if found is None and (call_id := event.get("call_id")):
            found = next((item for item in reversed(self._items) if item.call_id == call_id), None)
            if found is None and kind == "function_call" and key_of(event.get("output_index")) is None:
                return None
        if found is None and (index := key_of(event.get("output_index"))) is not None:
            found = self._by_index.get(index)
        elif found is None:
            found = next((item for item in reversed(self._items) if item.kind == kind), None)
        return found if found is not None and found.kind == kind else None

    def _finish_reasoning(self, item: _Item, data: dict[str, Any]) -> None:
        """Takes what no delta said of an item of reasoning, and what its provider wants back."""
        if not item.thoughts:
            for field in ("summary", "content"):
                for number, part in enumerate(_parts(data.get(field))):
                    self._think({"delta": part.get("text"), "item_id": item.id}, (field, number))
        item.id = text_of(data.get("id")) or item.id
        self._sign(item, data)

    def _sign(self, item: _Item, data: dict[str, Any]) -> None:
        own = {"provider": "openai"} | ({"id": item.id} if item.id else {})
        encrypted = data.get("encrypted_content")
        if isinstance(encrypted, str) and encrypted:
            thoughts = list(item.thoughts.values()) or [self.writing.thought()]
            for thought in thoughts[:-1]:
                thought.sign(own)  # they belong to the item, which is signed once
            thoughts[-1].sign(own | {"signature": encrypted})
            return
        for (field, _), thought in item.thoughts.items():
            thought.sign(own | {"field": field})

    def _end(self, event: dict[str, Any]) -> None:
        response = event.get("response")
        response = response if isinstance(response, dict) else {}
        self.has_ended = True
        self.set_usage(response.get("usage"), "input_tokens", "output_tokens")
        has_streamed = bool(self._items) or self.writing.has_text
        has_calls = any(item.call is not None for item in self._items)
        for index, item in enumerate(_parts(response.get("output"))):
            if not has_streamed or (item.get("type") == "function_call" and not has_calls):
                self._done({"item": item, "output_index": index})
            elif item.get("type") == "function_call" and (call_id := item.get("call_id")):
                known = next((each.call for each in self._items if each.call_id == call_id), None)
                if known is not None:
                    _complete(known, item)
        details = response.get("incomplete_details")
        reason = details.get("reason") if isinstance(details, dict) else None
        if event.get("type") == "response.incomplete" or response.get("status") == "incomplete":
            self.finish = _INCOMPLETE.get(str(reason), "length")

    def _fail(self, event: dict[str, Any]) -> None:
        raise failed(event)


def _complete(call: StreamedCall, data: dict[str, Any]) -> None:
    """Takes from the end of a call what no delta said."""
    call.name = call.name or text_of(data.get("name"))
    call.set_args(data.get("arguments"))


def _parts(value: Any) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
