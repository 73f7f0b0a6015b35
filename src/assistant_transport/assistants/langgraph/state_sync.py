"""Keeps `state.messages` equal to the messages of a graph, while they are streamed and after every step.

assistant-stream 0.0.36's append_langgraph_event cannot do that: it merges and dumps the whole message for every
token, writes parsed arguments where a client needs their growing text (`partial_json`), takes the two ids that some
providers give one message for two messages, and leaves out what a graph removes or rewrites.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.messages.ai import UsageMetadata

from assistant_transport.assistants.langgraph.conversion import (
    StateMessage,
    is_shown,
    state_message,
    text_pieces,
)
from assistant_transport.assistants.langgraph.message_list import MessageList
from assistant_transport.transcript import langchain_messages as shapes

_GENERATED_ID = "lc_"  # LangChain's own ids begin so; the provider's, once it is known, replaces one
_REASONING_TEXT = (*shapes.REASONING_PIECES, 0, "text")


class StateSync:
    """Writes a graph's messages into `controller`'s state.

    Args:
        controller: the turn's.
        known: those messages of the state that the graph has too, as it has them.
        last: how many messages at the end of the state the graph does not have yet; its own go before them.
    """

    def __init__(self, controller: Any, known: Iterable[BaseMessage], last: int = 0) -> None:
        self._controller = controller
        self._document = controller.document
        self._messages = MessageList(controller.document)
        self._written = {str(message.id): message for message in known}
        self._last = last
        self._cursors: dict[tuple[Any, ...], Any] = {}
        self._positions: dict[str, int] = {}
        self._index_positions()
        self._ids_before = set(self._positions)
        self._streaming: dict[str, list[str]] = {}  # the ids of the messages being streamed, by the graph's task
        self._call_indexes: dict[tuple[str, Any], int] = {}  # of a call in its message, by the provider's index

    def add_streamed(self, message: BaseMessage, task: str, speaker: str | None) -> None:
        """Takes an event of the stream mode `messages`: a chunk of a message by `speaker`, or a whole one."""
        if isinstance(message, AIMessageChunk):
            self._add_chunk(message, task, speaker)
        elif is_shown(message) and self._written.get(str(message.id)) != message:
            self._put(message)

    def sync_messages(self, messages: Sequence[BaseMessage]) -> None:
        """Makes the state's messages those that the graph has after a step; streamed ones that it has not go."""
        shown = [message for message in messages if is_shown(message)]
        for message in shown:
            message.id = message.id or str(uuid4())
        converted: list[StateMessage] = []
        for message in shown:
            converted.append(self._convert(message, converted))
        self._set_messages([*converted, *self._messages.read()[self._end :]])
        self._written = {str(message.id): message for message in shown}
        self._streaming.clear()

    def remove_results(self, call_ids: Collection[str]) -> None:
        """Removes the results of tool calls that still wait, so that a client shows them as waiting."""
        kept = [message for message in self._messages.read() if str(message.get("tool_call_id")) not in call_ids]
        self._set_messages(kept)
        self._messages.close()

    def set_usage(self, usage: UsageMetadata) -> None:
        """Writes what the run took in tokens on the last of its messages."""
        for position, message in reversed(list(enumerate(self._messages.read()))):
            if message.get("type") == "ai" and message.get("id") not in self._ids_before:
                self._document.set(["messages", position, "usage_metadata"], dict(usage))
                return

    def close(self) -> None:
        """Ends what the run writes: nothing that it removed stays."""
        self._messages.close()

    def _add_chunk(self, chunk: AIMessageChunk, task: str, speaker: str | None) -> None:
        message_id = self._message_id(chunk, task)
        pieces = text_pieces(chunk)
        if message_id not in self._positions and (pieces or chunk.tool_call_chunks):
            name = chunk.name or speaker
            self._insert(self._end, shapes.ai_message(message_id) | ({"name": name} if name else {}))
        for kind, text in pieces:
            if kind == "text":
                self._append_text(message_id, ("content",), text)
            elif self._message(message_id).get("additional_kwargs"):
                self._append_text(message_id, _REASONING_TEXT, text)
            else:
                path = ["messages", self._positions[message_id], "additional_kwargs"]
                self._document.set(path, shapes.reasoning(text))
        for piece in chunk.tool_call_chunks:
            self._add_call_chunk(message_id, piece)
        if chunk.chunk_position == "last" and message_id in self._streaming.get(task, []):
            self._streaming[task].remove(message_id)

    def _message_id(self, chunk: AIMessageChunk, task: str) -> str:
        """The id of the message that `chunk` belongs to.

        Some providers send their own id in the middle of a message only: it then names the chunks before and after.
        """
        streaming = self._streaming.setdefault(task, [])
        message_id = str(chunk.id)
        if message_id in streaming:
            return message_id
        is_generated = message_id.startswith(_GENERATED_ID)
        others = [other for other in streaming if other.startswith(_GENERATED_ID) != is_generated]
        if len(others) != 1:
            streaming.append(message_id)
            return message_id
        if is_generated:
            return others[0]
        streaming[streaming.index(others[0])] = message_id
        if others[0] in self._positions:
            self._rename(others[0], message_id)
        return message_id

    def _rename(self, message_id: str, new_id: str) -> None:
        self._document.set(["messages", self._positions[message_id], "id"], new_id)
        renamed = {(new_id, key): index for (other, key), index in self._call_indexes.items() if other == message_id}
        self._call_indexes |= renamed
        self._index_positions()

    def _add_call_chunk(self, message_id: str, chunk: Mapping[str, Any]) -> None:
        key = message_id, chunk["id"] if chunk["index"] is None else chunk["index"]
        args = chunk["args"] or ""
        if key in self._call_indexes:
            self._append_text(message_id, ("tool_calls", self._call_indexes[key], "partial_json"), args)
        elif chunk["name"]:
            self._call_indexes[key] = index = len(self._message(message_id)["tool_calls"])
            call = shapes.tool_call(chunk["id"] or str(uuid4()), chunk["name"], args)
            self._document.set(["messages", self._positions[message_id], "tool_calls", index], call)

    def _put(self, message: BaseMessage) -> None:
        """Adds a whole message, or updates the one of its id. A result goes behind its call."""
        converted = self._convert(message, self._messages.read())
        self._written[str(message.id)] = message
        if (known := self._positions.get(str(message.id))) is not None:
            self._messages.put(known, converted)
            self._cursors.clear()
            return
        messages = self._messages.read()
        caller = _caller(message, messages) if isinstance(message, ToolMessage) else None
        self._insert(shapes.result_position(messages, caller[0]) if caller else self._end, converted)

    def _convert(self, message: BaseMessage, earlier: Sequence[StateMessage]) -> StateMessage:
        """`message` for the state, where `earlier` are the messages before it."""
        streamed = self._message(str(message.id)) if message.id in self._positions else None
        if streamed is not None and self._written.get(str(message.id)) == message:
            return streamed
        caller = _caller(message, earlier) if isinstance(message, ToolMessage) else None
        tool_name = caller[1] if caller else None
        return state_message(message, self._document.accepts, streamed=streamed, tool_name=tool_name)

    def _message(self, message_id: str) -> StateMessage:
        return self._messages[self._positions[message_id]]

    def _append_text(self, message_id: str, path: tuple[str | int, ...], text: str) -> None:
        cursor = self._cursors.get((message_id, path))
        if cursor is None:
            cursor = self._document.cursor(["messages", self._positions[message_id], *path])
            self._cursors[message_id, path] = cursor
        cursor.append(text)

    @property
    def _end(self) -> int:
        """Where the graph's next message goes."""
        return len(self._messages) - self._last

    def _insert(self, position: int, message: StateMessage) -> None:
        if position == len(self._messages):
            self._positions[message["id"]] = position
            self._messages.put(position, message)
        else:
            messages = self._messages.read()
            self._set_messages([*messages[:position], message, *messages[position:]])

    def _set_messages(self, messages: list[StateMessage]) -> None:
        if messages != self._messages.read():
            self._messages.replace(messages)
            self._index_positions()

    def _index_positions(self) -> None:
        self._cursors.clear()
        self._positions = {str(message.get("id")): position for position, message in enumerate(self._messages.read())}


def _caller(result: ToolMessage, earlier: Sequence[StateMessage]) -> tuple[int, str] | None:
    """The position of the last of `earlier` that makes the call of `result`, and the tool's name in that call."""
    for position in range(len(earlier) - 1, -1, -1):
        for _, call in shapes.tool_calls_of(earlier[position]):
            if call["id"] == result.tool_call_id:
                return position, str(call.get("name"))
    return None
