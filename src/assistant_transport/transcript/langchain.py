"""The layout `langchain`, which upstream's example with-assistant-transport renders by convertLangChainMessages."""

import json
from collections.abc import Iterator
from typing import Any

from assistant_transport.transcript import langchain_messages as shapes
from assistant_transport.transcript.base import CallPosition, Transcript, new_id, without_nulls
from assistant_transport.transcript.reading import (
    Call,
    Entry,
    Image,
    Part,
    Text,
    dicts,
    parsed,
    reasoning_of,
    signature_of,
    text_of,
)
from assistant_transport.transcript.writers import (
    AssistantMessage,
    Cursor,
    Message,
    Path,
    ReasoningWriter,
    ToolCall,
    Usage,
)

INTERRUPTS = "__interrupt__"  # the state's list of what waits for a person: `{id, value}`


class LangChainTranscript(Transcript):
    user_role_key = "type"
    user_role = "human"

    def add_tool_result(self, call_id: str, result: Any, *, name: str | None = None, **extra: Any) -> str:
        caller, index = self._find_call(call_id) or self._add_call(call_id, name or "tool")
        # Rendering throws where the two names differ, so the call's own counts.
        tool = str(self.messages[caller]["tool_calls"][index].get("name") or name or "tool")
        self._put_result(caller, shapes.tool_message(new_id(), call_id, tool, shapes.result_content(result), **extra))
        return tool

    def _add_call(self, call_id: str, name: str) -> CallPosition:
        self._add(shapes.ai_message(new_id(), tool_calls=[shapes.tool_call(call_id, name, "{}")]))
        return len(self.messages) - 1, 0

    def set_call(self, call_id: str, name: str, arguments: dict[str, Any]) -> None:
        position = self._find_call(call_id) or self._add_call(call_id, name)
        shown = self._call(position)
        said = (shown.get("name"), shown.get("args"), parsed(shown.get("partial_json")))
        if said != (name, arguments, arguments):
            wanted = shapes.tool_call(call_id, name, json.dumps(arguments, ensure_ascii=False), arguments)
            self._document.set(self._call_path(position), shown | wanted)

    def show_approval(self, call_id: str, approval: dict[str, Any], question: Any = None) -> None:
        super().show_approval(call_id, approval, question)
        shown = self._document.value.get(INTERRUPTS, [])
        others = [item for item in dicts(shown) if item.get("id") != approval["id"]]
        waiting = [*others, {"id": approval["id"], "value": question}] if "approved" not in approval else others
        if shown != waiting:
            self._document.set([INTERRUPTS], waiting)

    def _call_path(self, position: CallPosition) -> Path:
        return ["messages", position[0], "tool_calls", position[1]]

    def _calls_of(self, position: int, message: Message) -> dict[str, CallPosition]:
        return {call["id"]: (position, index) for index, call in shapes.tool_calls_of(message)}

    def _put_result(self, caller: int, message: Message) -> None:
        """Adds a result, or replaces the earlier one of its call, behind the message at `caller`."""
        position = shapes.result_position(self.messages, caller)
        for earlier in range(caller + 1, position):
            if self.messages[earlier].get("tool_call_id") == message["tool_call_id"]:
                self._document.set(["messages", earlier], message)
                return
        if position == len(self.messages):
            self._add(message)
        else:
            self._replace([*self.messages[:position], message, *self.messages[position:]])
            for writer in self._writers:
                if isinstance(writer, LangChainMessage):
                    writer.make_room(position)

    def _assistant_message(self, message_id: str, parts: list[dict[str, Any]]) -> Message:
        return shapes.ai_message(message_id, parts[0]["text"] if len(parts) == 1 else parts)

    def _user_message(self, message_id: str, parts: list[dict[str, Any]]) -> Message:
        if len(parts) == 1 and parts[0]["type"] == "text":
            return shapes.human_message(message_id, parts[0]["text"])
        content = [shapes.image_block(part["image"]) if part["type"] == "image" else part for part in parts]
        return shapes.human_message(message_id, content)

    def text_of(self, message: Message) -> str:
        content = message.get("content")
        if isinstance(content, str):
            return content
        texts = [part.get("text") for part in dicts(content) if part.get("type", "text") == "text"]
        return "\n".join(text for text in texts if isinstance(text, str))

    def entries(self) -> list[Entry]:
        entries: list[Entry] = []
        calls: dict[str, Call] = {}
        for message in self.messages:
            match message:
                case {"type": "human" | "ai"}:
                    entries.append(Entry(self.is_user_message(message), [*_read(message)]))
                    calls.update((part.id, part) for part in entries[-1].parts if isinstance(part, Call))
                case {"type": "tool", "tool_call_id": str(call_id)} if call_id in calls:
                    call = calls[call_id]
                    extra = message.get("additional_kwargs")
                    if isinstance(extra, dict) and extra.get("isPreliminary") is True:
                        continue
                    call.result, call.is_error = message.get("content"), message.get("status") == "error"
                    call.model_content = extra.get("modelContent") if isinstance(extra, dict) else None
        return entries

    def _writer(self) -> AssistantMessage:
        return LangChainMessage(self)


class LangChainMessage(AssistantMessage):
    """A turn of the assistant: an ai message, and another one whenever it cannot hold what follows."""

    def __init__(self, transcript: LangChainTranscript) -> None:
        super().__init__()
        self._transcript = transcript
        self._document = transcript._document
        self._begin()

    def _begin(self) -> None:
        self.complete()
        self._path = self._transcript._add(shapes.ai_message(new_id()))
        self._calls = 0
        self._text: Cursor | None = None
        self._reasoning_pieces = 0
        self._has_files = False

    def make_room(self, position: int) -> None:
        """A message was inserted at `position`: what is written next stands one further, if it is behind."""
        index = int(self._path[-1])
        if index >= position:
            self._path = [*self._path[:-1], index + 1]
            if self._text is not None:
                self._text = self._document.cursor([*self._path, "content"])

    def append_text(self, text: str) -> None:
        if self._text is None or self._calls or self._has_files:
            if self._calls or self._has_files:
                self._begin()
            self._reasoning = None
            self._text = self._document.cursor([*self._path, "content"])
        self._text.append(text)

    def _begin_reasoning(self, text: str) -> ReasoningWriter:
        if self._text is not None or self._calls:
            self._begin()
        path: Path = [*self._path, *shapes.REASONING_PIECES, self._reasoning_pieces]
        if self._reasoning_pieces:
            self._document.set(path, shapes.reasoning_piece(text))
        else:
            self._set_additional("reasoning", shapes.reasoning(text)["reasoning"])
        self._reasoning_pieces += 1
        return ReasoningWriter(self._document, path)

    def _set_additional(self, key: str, value: Any) -> None:
        if "additional_kwargs" in self._message:
            self._document.set([*self._path, "additional_kwargs", key], value)
        else:
            self._document.set([*self._path, "additional_kwargs"], {key: value})

    @property
    def _message(self) -> Message:
        return self._transcript.messages[int(self._path[-1])]

    def add_source(self, url: str, title: str | None = None) -> None:
        self._add_custom("sources", {"id": new_id(), "url": url, **without_nulls(title=title)})

    def add_data(self, name: str, data: Any) -> None:
        self._add_custom("data", {"name": name, "data": data})

    def _add_custom(self, key: str, value: dict[str, Any]) -> None:
        """Adds to what the converter hands on as `metadata.custom`: it has no parts for sources and data."""
        custom: dict[str, list[Any]] = self._message.get("additional_kwargs", {}).get("metadata", {})
        self._set_additional("metadata", custom | {key: [*custom.get(key, []), value]})

    def add_file(self, data: str, mime_type: str, filename: str | None = None) -> None:
        if self._calls:
            self._begin()
        self.complete()
        content = self._message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) and content else content or []
        self._document.set([*self._path, "content"], [*blocks, shapes.file_block(data, mime_type, filename)])
        self._has_files = True

    def _write_usage(self, usage: Usage) -> None:
        self._document.set([*self._path, "usage_metadata"], shapes.usage_metadata(*usage))

    def _begin_call(self, call_id: str, name: str) -> ToolCall:
        if self._transcript.messages[-1].get("type") == "tool":
            self._begin()
        call_id = self._transcript._register_call(call_id, (int(self._path[-1]), self._calls))
        path: Path = [*self._path, "tool_calls", self._calls]
        self._document.set(path, shapes.tool_call(call_id, name))
        self._calls += 1
        return LangChainToolCall(self._transcript, path, call_id, name)


class LangChainToolCall(ToolCall):
    def __init__(self, transcript: LangChainTranscript, path: Path, call_id: str, name: str) -> None:
        super().__init__(call_id, name)
        self._transcript = transcript
        self._path = path
        self._cursor = transcript._document.cursor([*path, "partial_json"])

    def sign(self, signature: dict[str, Any]) -> None:
        self._transcript._document.set([*self._path, "signature"], signature)

    def _append(self, text: str) -> None:
        self._cursor.append(text)

    def _completed(self) -> None:
        try:
            args = json.loads(self._args)
            json.dumps(args, ensure_ascii=False).encode()  # half a character would make the state unreadable
            if isinstance(args, dict):
                self._transcript._document.set([*self._path, "args"], args)
        except (ValueError, RecursionError):
            return  # no arguments, or such as no client takes: their text stands in the state

    def set_preliminary_result(self, result: Any) -> None:
        self.complete()
        self._transcript.add_tool_result(self.id, result, is_preliminary=True)

    def set_result(self, result: Any, *, is_error: bool = False, artifact: Any = None) -> None:
        self.complete()
        self._transcript.add_tool_result(self.id, result, is_error=is_error, **without_nulls(artifact=artifact))


def _read(message: Message) -> Iterator[Part]:
    """The parts of a human or ai message."""
    extra = message.get("additional_kwargs")
    reasoning = extra.get("reasoning") if isinstance(extra, dict) else None
    for piece in dicts(reasoning.get("summary")) if isinstance(reasoning, dict) else ():
        yield from reasoning_of(piece)
    content = message.get("content")
    yield from text_of(content)
    for item in dicts(content):
        match item:
            case {"type": "text", "text": str(text)}:
                yield Text(text)
            case {"type": "image_url", "image_url": {"url": str(url)}}:
                yield Image(url)
    for call in dicts(message.get("tool_calls")):
        match call:
            case {"id": str(call_id), "name": str(name)}:
                args, streamed = call.get("args"), call.get("partial_json")
                whole = json.dumps(args, ensure_ascii=False) if args else streamed
                yield Call(call_id, name, whole if isinstance(whole, str) else "{}", signature=signature_of(call))
