"""The layout `parts`: `{id, role, parts: [...]}`, almost as assistant-ui's own messages are."""

import json
from typing import Any

from assistant_transport.transcript.base import CallPosition, Transcript, new_id, without_nulls
from assistant_transport.transcript.reading import (
    UNANSWERED,
    Call,
    Entry,
    Image,
    Part,
    dicts,
    parsed,
    reasoning_of,
    signature_of,
    text_of,
)
from assistant_transport.transcript.writers import (
    AssistantMessage,
    Cursor,
    Document,
    Message,
    Path,
    ReasoningWriter,
    ToolCall,
    Usage,
)

# Beside a call that directly follows another response's, for their parts stand in one message.
BEGINS_RESPONSE = "beginsResponse"


class PartsTranscript(Transcript):
    user_role_key = "role"
    user_role = "user"

    def add_tool_result(self, call_id: str, result: Any, *, name: str | None = None, **extra: Any) -> str:
        i, j = self._find_call(call_id) or self._add_call(call_id, name or "tool")
        path: Path = ["messages", i, "parts", j]
        part = self.messages[i]["parts"][j]
        write_result(self._document, path, part, result, **extra)
        return str(part.get("toolName") or name or "tool")

    def set_call(self, call_id: str, name: str, arguments: dict[str, Any]) -> None:
        position = self._find_call(call_id) or self._add_call(call_id, name)
        path, shown = self._call_path(position), self._call(position)
        if shown.get("toolName") != name:
            self._document.set([*path, "toolName"], name)
        if parsed(shown.get("argsText")) != arguments:
            self._document.set([*path, "argsText"], json.dumps(arguments, ensure_ascii=False))

    def _call_path(self, position: CallPosition) -> Path:
        return ["messages", position[0], "parts", position[1]]

    def _calls_of(self, position: int, message: Message) -> dict[str, CallPosition]:
        parts = message.get("parts")
        return {
            part["toolCallId"]: (position, j)
            for j, part in enumerate(parts if isinstance(parts, list) else [])
            if isinstance(part, dict) and part.get("type") == "tool-call" and isinstance(part.get("toolCallId"), str)
        }

    def _add_call(self, call_id: str, name: str) -> CallPosition:
        part = tool_call_part(call_id, name) | {"argsText": "{}"}
        self._add({"id": new_id(), "role": "assistant", "parts": [part]})
        return len(self.messages) - 1, 0

    def _user_message(self, message_id: str, parts: list[dict[str, Any]]) -> Message:
        return {"id": message_id, "role": "user", "parts": parts}

    def _assistant_message(self, message_id: str, parts: list[dict[str, Any]]) -> Message:
        return {"id": message_id, "role": "assistant", "parts": parts}

    def text_of(self, message: Message) -> str:
        parts = message.get("parts")
        texts = [part.get("text") for part in dicts(parts) if part.get("type", "text") == "text"]
        return "\n".join(text for text in texts if isinstance(text, str))

    def entries(self) -> list[Entry]:
        return [
            Entry(self.is_user_message(message), [part for item in dicts(message.get("parts")) for part in _read(item)])
            for message in self.messages
            if message.get("role") in ("user", "assistant")
        ]

    def _writer(self) -> AssistantMessage:
        return PartsMessage(self, self._add({"id": new_id(), "role": "assistant", "parts": []}))


class PartsMessage(AssistantMessage):
    def __init__(self, transcript: PartsTranscript, path: Path) -> None:
        super().__init__()
        self._transcript = transcript
        self._document = transcript._document
        self._message_path = path
        self._path: Path = [*path, "parts"]
        self._count = 0
        self._cursor: Cursor | None = None
        self._last: dict[str, Any] | None = None  # the last part, if it is a call, with what was written beside it

    def append_text(self, text: str) -> None:
        if self._cursor is not None:
            self._cursor.append(text)
        elif text:
            self.complete()
            path = self._add({"type": "text", "text": text})
            self._cursor = self._document.cursor([*path, "text"])

    def add_source(self, url: str, title: str | None = None) -> None:
        shown = without_nulls(title=title)
        self._add_aside({"type": "source", "sourceType": "url", "id": new_id(), "url": url, **shown})

    def add_file(self, data: str, mime_type: str, filename: str | None = None) -> None:
        self._add_aside({"type": "file", "data": data, "mimeType": mime_type, **without_nulls(filename=filename)})

    def add_data(self, name: str, data: Any) -> None:
        self._add_aside({"type": "data", "name": name, "data": data})

    def _add_aside(self, part: dict[str, Any]) -> None:
        """Adds a part that models do not read: it separates no calls of two responses."""
        self.complete()
        last = self._last
        self._add(part)
        self._last = last

    def _write_usage(self, usage: Usage) -> None:
        tokens = without_nulls(inputTokens=usage.input_tokens, outputTokens=usage.output_tokens)
        self._document.set([*self._message_path, "usage"], tokens)

    def _add(self, part: dict[str, Any]) -> Path:
        path: Path = [*self._path, self._count]
        self._document.set(path, part)
        self._count += 1
        self._cursor = None
        self._last = self._document.value["messages"][self._message_path[-1]]["parts"][-1]
        return path

    def _begin_reasoning(self, text: str) -> ReasoningWriter:
        return ReasoningWriter(self._document, self._add({"type": "reasoning", "text": text}))

    def _begin_call(self, call_id: str, name: str) -> ToolCall:
        call_id = self._transcript._register_call(call_id, (int(self._message_path[-1]), self._count))
        part = tool_call_part(call_id, name)
        if self._last is not None and "result" in self._last:
            part[BEGINS_RESPONSE] = True
        return PartsToolCall(self._document, self._add(part), part)


class PartsToolCall(ToolCall):
    def __init__(self, document: Document, path: Path, part: dict[str, Any]) -> None:
        super().__init__(part["toolCallId"], part["toolName"])
        self._document = document
        self._path = path
        self._part = part
        self._cursor = document.cursor([*path, "argsText"])

    def sign(self, signature: dict[str, Any]) -> None:
        self._document.set([*self._path, "signature"], signature)

    def _append(self, text: str) -> None:
        self._cursor.append(text)

    def set_result(self, result: Any, *, is_error: bool = False, artifact: Any = None) -> None:
        self.complete()
        write_result(
            self._document, self._path, self._part, result, is_error=is_error, **without_nulls(artifact=artifact)
        )

    def set_preliminary_result(self, result: Any) -> None:
        self.complete()
        self._part["isPreliminary"] = True
        self._document.set([*self._path, "isPreliminary"], True)
        self._document.set([*self._path, "result"], result)


def tool_call_part(call_id: str, name: str) -> dict[str, Any]:
    """A call without arguments yet, and without the key `result`, for null would count as a result."""
    return {"type": "tool-call", "toolCallId": call_id, "toolName": name, "argsText": ""}


def _read(item: dict[str, Any]) -> list[Part]:
    """The part that an item of a message's `parts` stands for; nothing for an unknown one."""
    match item:
        case {"type": "text", "text": str(text)}:
            return [*text_of(text)]
        case {"type": "image", "image": str(url)}:
            return [Image(url)]
        case {"type": "reasoning"}:
            return [*reasoning_of(item)]
        case {"type": "tool-call", "toolCallId": str(call_id), "toolName": str(name)}:
            args = item.get("argsText")
            result = UNANSWERED if item.get("isPreliminary") is True else item.get("result", UNANSWERED)
            call = Call(call_id, name, args if isinstance(args, str) else "", result)
            call.is_error, call.model_content = item.get("isError") is True, item.get("modelContent")
            call.signature, call.begins_response = signature_of(item), item.get(BEGINS_RESPONSE) is True
            return [call]
    return []


def write_result(document: Document, path: Path, part: dict[str, Any], result: Any, **extra: Any) -> None:
    """Writes a result into its call: `result` last, so that a client never sees it without `isError` and `artifact`."""
    if extra.get("is_error") or "isError" in part:
        document.set([*path, "isError"], bool(extra.get("is_error")))
    for name, key in (("artifact", "artifact"), ("model_content", "modelContent")):
        if name in extra:
            document.set([*path, key], extra[name])
    document.set([*path, "result"], result)
    if "isPreliminary" in part:
        document.set([*path, "isPreliminary"], False)
