"""What every layout of messages can do; the layouts say how it looks in the state."""

from abc import ABC, abstractmethod
from typing import Any
from uuid import uuid4

from assistant_transport.transcript.reading import Entry
from assistant_transport.transcript.writers import AssistantMessage, Document, Message, Path, Usage

CallPosition = tuple[int, int]  # the message, and the call within it


class TranscriptError(ValueError):
    """The client's state, or a command on it, makes no sense. The text is for the client's developer."""


class Transcript(ABC):
    """The conversation in `state.messages`. Every other key of the client's state is left as it is.

    Raises:
        TranscriptError: the state is not one that messages can be kept in.
    """

    user_role_key: str
    user_role: str

    def __init__(self, document: Document) -> None:
        self._document = document
        self._writers: list[AssistantMessage] = []
        self._counted = Usage()
        # Made when they are first needed: with many commands on a long history, every look would be a search.
        self._position_by_id: dict[str, int] | None = None
        self._call_by_id: dict[str, CallPosition] | None = None
        if document.value is not None and not isinstance(document.value, dict):
            raise TranscriptError("state: expected an object or null")
        messages = document.value.get("messages") if document.value else None
        if messages is None:
            path: Path = [] if document.value is None else ["messages"]
            document.set(path, {"messages": []} if not path else [])
        elif not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
            raise TranscriptError("state.messages: expected a list of objects")

    @property
    def messages(self) -> list[Message]:
        """The messages as they stand, in this layout. To be read, not changed: a change would reach no client."""
        messages: list[Message] = self._document.value["messages"]
        return messages

    def add_user_message(self, parts: list[dict[str, Any]], message_id: str | None = None) -> None:
        """Adds the user's message; `parts` are `{type: "text", text}` and `{type: "image", image}`.

        The client's own id is kept if no other message has it.
        """
        taken = message_id is None or message_id in self._positions()
        self._add(self._user_message(new_id() if taken else message_id, parts))

    def edit(self, parent_id: str | None, source_id: str) -> None:
        """Drops the message `source_id` and all after it, which an edited message is about to replace.

        `parent_id` names the message before it as the client renders it: a turn of several assistant messages by
        the first one's id, so the parent's whole turn stays. None edits the first message.

        Raises:
            TranscriptError: neither is there.
        """
        index = self._positions()
        if parent_id is not None and parent_id in index:
            keep = index[parent_id] + 1
            if not self.is_user_message(self.messages[keep - 1]):
                while keep < len(self.messages) and not self.is_user_message(self.messages[keep]):
                    keep += 1
        elif source_id in index:
            keep = index[source_id]
        elif parent_id is None:
            keep = next((i for i, message in enumerate(self.messages) if self.is_user_message(message)), 0)
        else:
            raise TranscriptError(
                f"cannot edit: state.messages has neither the parentId nor the sourceId {source_id!r}"
            )
        self._replace(self.messages[:keep])

    @abstractmethod
    def add_tool_result(self, call_id: str, result: Any, *, name: str | None = None, **extra: Any) -> str:
        """Gives the call `call_id` its result (any JSON) and returns the tool's name.

        `extra` holds what came with it: `is_error` (bool), `artifact` and `model_content` (any JSON).
        A call that the state does not know is added, so that the result is not lost.
        """

    def assistant_message(self) -> AssistantMessage:
        """Begins an assistant's message."""
        writer = self._writer()
        self._writers.append(writer)
        return writer

    def last_user_text(self) -> str | None:
        """The text of the last message if the user wrote it, else None: then nobody waits for an answer."""
        if not self.messages or not self.is_user_message(self.messages[-1]):
            return None
        return self._text_of(self.messages[-1])

    @abstractmethod
    def entries(self) -> list[Entry]:
        """What was said so far, whatever the layout. The client may have written anything into its state."""

    @property
    def usage(self) -> Usage:
        """What this run's reply took together, as far as the assistant has said."""
        usages = [self._counted, *(writer.usage for writer in self._writers)]
        return Usage(sum(usage.input_tokens for usage in usages), sum(usage.output_tokens for usage in usages))

    def count_usage(self, *, input_tokens: int, output_tokens: int) -> None:
        """Counts what a reply took that no message's writer has said, without a word of it in the state."""
        self._counted = Usage(input_tokens, output_tokens)

    def finish(self, provider: str) -> None:
        """Marks the run's outcome, `completed` or `error`, where upstream's example backend does: `state.provider`."""
        if provider == "completed":
            for writer in self._writers:
                writer.complete()
        if isinstance(self._document.value, dict):
            self._document.set(["provider"], provider)

    def _positions(self) -> dict[str, int]:
        """Where the messages stand, by their ids."""
        if self._position_by_id is None:
            self._position_by_id = {}
            for position, message in enumerate(self.messages):
                if isinstance(message_id := message.get("id"), str):
                    self._position_by_id.setdefault(message_id, position)
        return self._position_by_id

    def _find_call(self, call_id: str) -> CallPosition | None:
        """Where the call stands, the last one of that id."""
        if self._call_by_id is None:
            self._call_by_id = {}
            for position, message in enumerate(self.messages):
                self._call_by_id.update(self._calls_of(position, message))
        return self._call_by_id.get(call_id)

    def _register_call(self, call_id: str, position: CallPosition) -> str:
        """Notes a call that is about to stand at `position`; returns its id, another one if that is taken.

        Some providers count their calls from 0 in every reply; a client runs no two calls of one id.
        """
        if self._find_call(call_id) is not None:
            call_id = f"call_{uuid4().hex}"
        if self._call_by_id is not None:
            self._call_by_id[call_id] = position
        return call_id

    def _replace(self, messages: list[Message]) -> None:
        """Sets all messages anew."""
        self._document.set(["messages"], messages)
        self._position_by_id = self._call_by_id = None

    @abstractmethod
    def _calls_of(self, position: int, message: Message) -> dict[str, CallPosition]:
        """The positions of a message's tool calls, by their ids. The client's messages may hold any JSON."""

    def is_user_message(self, message: Message) -> bool:
        """Whether the user wrote the message, in this layout."""
        return message.get(self.user_role_key) == self.user_role

    def _add(self, message: Message) -> Path:
        position = len(self.messages)
        path: Path = ["messages", position]
        self._document.set(path, message)
        if self._position_by_id is not None:
            self._position_by_id.setdefault(message["id"], position)
        if self._call_by_id is not None:
            self._call_by_id.update(self._calls_of(position, message))
        return path

    @abstractmethod
    def _user_message(self, message_id: str | None, parts: list[dict[str, Any]]) -> Message: ...

    @abstractmethod
    def _text_of(self, message: Message) -> str: ...

    @abstractmethod
    def _writer(self) -> AssistantMessage: ...


def new_id() -> str:
    """A message id that no other message has."""
    return str(uuid4())


def without_nulls(**fields: Any) -> dict[str, Any]:
    """`fields` without those that are None: converters break on a null where a field should be absent."""
    return {name: value for name, value in fields.items() if value is not None}
