"""Keeps `state.messages` equal to the messages of a graph, while they are spoken and after every step.

assistant-stream's append_langgraph_event would do neither here: it merges and dumps the whole message for every
token, writes parsed arguments where a client needs their growing text (`partial_json`), takes the two ids that some
providers give one message for two messages, and leaves out what a graph removes or rewrites. It is used for what it
does well: the other keys of a graph's state.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from assistant_stream.modules.langgraph import append_langgraph_event
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.messages.ai import UsageMetadata

from assistant_transport.assistants.langgraph.layout import Entry, entry_of, is_json, is_shown, pieces, reasoning

_MADE_UP = "lc_"  # LangChain's own ids begin so; a provider's, once it is known, replaces one
_THOUGHT = ("additional_kwargs", "reasoning", "summary", 0, "text")


class Mirror:
    """Writes what a graph says into `controller`'s state; `history` is what stands there already."""

    def __init__(self, controller: Any, history: Iterable[BaseMessage]) -> None:
        self._controller = controller
        self._document = controller.document
        self._synced = {str(message.id): message for message in history}
        self._cursors: dict[tuple[Any, ...], Any] = {}
        self._places: dict[str, int] = {}
        self._find_places()
        self._before = set(self._places)
        self._spoken: dict[str, list[str]] = {}  # the ids of what is being spoken, by the graph's task
        self._calls: dict[tuple[str, Any], int] = {}  # where a call stands in its message, by the provider's index

    def hear(self, message: BaseMessage, task: str) -> None:
        """Takes an event of the stream mode `messages`: a piece of a message, or a whole one."""
        if isinstance(message, AIMessageChunk):
            self._hear_chunk(message, task)
        elif is_shown(message) and self._synced.get(str(message.id)) != message:
            self._put(message)

    def settle(self, messages: Sequence[BaseMessage]) -> None:
        """Takes the graph's messages at the end of a step: what is not among them was only thought aloud."""
        shown = [message for message in messages if is_shown(message)]
        for message in shown:
            message.id = message.id or str(uuid4())
        places = list(self._places)
        if places == [message.id for message in shown[: len(places)]] and len(places) == len(self._entries):
            for message in shown:
                if message.id not in self._places or self._synced.get(str(message.id)) != message:
                    self._put(message)
        else:
            self._replace([self._entry(message, shown[:position]) for position, message in enumerate(shown)])
        self._synced = {str(message.id): message for message in shown}
        self._spoken.clear()

    def mirror(self, values: Mapping[str, Any]) -> None:
        """Takes the other keys of the graph's state, as far as they are JSON and have changed."""
        before = self._document.value
        changed = {
            key: value for key, value in values.items() if before.get(key, ...) != value and is_json({key: value})
        }
        append_langgraph_event(self._controller.state, "", "updates", {"": changed})

    def set_usage(self, usage: UsageMetadata) -> None:
        """Says on the last thing that the assistant has said now what all of it took."""
        for position, entry in reversed(list(enumerate(self._entries))):
            if entry.get("type") == "ai" and entry.get("id") not in self._before:
                self._document.set(["messages", position, "usage_metadata"], dict(usage))
                return

    @property
    def _entries(self) -> list[Entry]:
        entries: list[Entry] = self._document.value["messages"]
        return entries

    def _hear_chunk(self, chunk: AIMessageChunk, task: str) -> None:
        message_id = self._id_of(chunk, task)
        said = pieces(chunk)
        if message_id not in self._places and (said or chunk.tool_call_chunks):
            self._append({"id": message_id, "type": "ai", "content": "", "tool_calls": []})
        for kind, text in said:
            if kind == "text":
                self._grow(message_id, ("content",), text)
            elif self._get(message_id).get("additional_kwargs"):
                self._grow(message_id, _THOUGHT, text)
            else:
                place = self._places[message_id]
                self._document.set(["messages", place, "additional_kwargs"], {"reasoning": reasoning(text)})
        for piece in chunk.tool_call_chunks:
            self._hear_call(message_id, piece)
        if chunk.chunk_position == "last" and message_id in self._spoken.get(task, []):
            self._spoken[task].remove(message_id)

    def _id_of(self, chunk: AIMessageChunk, task: str) -> str:
        """The id of the message that `chunk` is of.

        A provider may name a message only within its stream: then its name counts, before and after.
        """
        spoken = self._spoken.setdefault(task, [])
        message_id = str(chunk.id)
        if message_id in spoken:
            return message_id
        others = [other for other in spoken if other.startswith(_MADE_UP) != message_id.startswith(_MADE_UP)]
        if len(others) != 1:
            spoken.append(message_id)
            return message_id
        if message_id.startswith(_MADE_UP):
            return others[0]
        spoken[spoken.index(others[0])] = message_id
        if others[0] in self._places:
            self._rename(others[0], message_id)
        return message_id

    def _rename(self, message_id: str, new_id: str) -> None:
        self._document.set(["messages", self._places[message_id], "id"], new_id)
        self._calls |= {(new_id, index): place for (name, index), place in self._calls.items() if name == message_id}
        self._find_places()

    def _hear_call(self, message_id: str, piece: Mapping[str, Any]) -> None:
        key = message_id, piece["id"] if piece["index"] is None else piece["index"]
        args = piece["args"] or ""
        if key in self._calls:
            self._grow(message_id, ("tool_calls", self._calls[key], "partial_json"), args)
        elif piece["name"]:
            self._calls[key] = number = len(self._get(message_id)["tool_calls"])
            call = {"id": piece["id"] or str(uuid4()), "name": piece["name"], "args": {}, "partial_json": args}
            self._document.set(["messages", self._places[message_id], "tool_calls", number], call)

    def _put(self, message: BaseMessage) -> None:
        """Adds a whole message, or brings the one of its id up to date. A result goes behind its call."""
        entry = self._entry(message, self._entries)
        self._synced[str(message.id)] = message
        if (known := self._places.get(str(message.id))) is not None:
            if self._entries[known] != entry:
                self._document.set(["messages", known], entry)
                self._cursors.clear()
            return
        place = self._behind_call(message) if isinstance(message, ToolMessage) else len(self._entries)
        if place == len(self._entries):
            self._append(entry)
        else:
            self._replace([*self._entries[:place], entry, *self._entries[place:]])

    def _behind_call(self, message: ToolMessage) -> int:
        caller = _caller(message, self._entries)
        place = len(self._entries) if caller is None else caller + 1
        while place < len(self._entries) and self._entries[place].get("type") == "tool":
            place += 1
        return place

    def _entry(self, message: BaseMessage, earlier: Sequence[Any]) -> Entry:
        before = self._get(str(message.id)) if message.id in self._places else None
        if before is not None and self._synced.get(str(message.id)) == message:
            return before
        name = None
        if isinstance(message, ToolMessage) and (place := _caller(message, earlier)) is not None:
            name = next(call["name"] for call in _tool_calls(earlier[place]) if call["id"] == message.tool_call_id)
        return entry_of(message, before, name)

    def _get(self, message_id: str) -> Entry:
        return self._entries[self._places[message_id]]

    def _grow(self, message_id: str, path: tuple[str | int, ...], text: str) -> None:
        cursor = self._cursors.get((message_id, path))
        if cursor is None:
            cursor = self._document.cursor(["messages", self._places[message_id], *path])
            self._cursors[message_id, path] = cursor
        cursor.append(text)

    def _append(self, entry: Entry) -> None:
        self._places[entry["id"]] = place = len(self._entries)
        self._document.set(["messages", place], entry)

    def _replace(self, entries: list[Entry]) -> None:
        self._document.set(["messages"], entries)
        self._find_places()

    def _find_places(self) -> None:
        self._cursors.clear()
        self._places = {str(entry.get("id")): place for place, entry in enumerate(self._entries)}


def _caller(result: ToolMessage, earlier: Sequence[Any]) -> int | None:
    """The place of the last message that makes the call of `result`, among messages or entries of the state."""
    for place in range(len(earlier) - 1, -1, -1):
        if any(call.get("id") == result.tool_call_id for call in _tool_calls(earlier[place])):
            return place
    return None


def _tool_calls(message: Any) -> list[Any]:
    if isinstance(message, BaseMessage):
        return list(message.tool_calls) if isinstance(message, AIMessage) else []
    calls = message.get("tool_calls")
    return [call for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
