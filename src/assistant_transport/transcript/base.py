"""The conversation in the state, independent of the layout of its messages."""

from abc import ABC, abstractmethod
from collections.abc import Container, Iterable
from typing import Any
from uuid import uuid4

from assistant_transport.transcript.reading import Call, Entry
from assistant_transport.transcript.writers import AssistantMessage, Document, Message, Path, Usage

CallPosition = tuple[int, int]  # the index of the message, and the index of the call within it


class TranscriptError(ValueError):
    """The client's state, or a command on it, is not valid. The text is for the client's developer."""


class Transcript(ABC):
    """Reads and writes the conversation in `state.messages`; the client's other keys of the state stay as they are.

    Raises:
        TranscriptError: the state is not an object, or its `messages` are not a list of objects.
    """

    user_role_key: str
    user_role: str

    def __init__(self, document: Document) -> None:
        self._document = document
        self._writers: list[AssistantMessage] = []
        self._counted = Usage()
        self.model = ""  # the last one that the assistant asked, where it is known
        self.cached_tokens: int | None = None  # of the reply's input tokens, where the model's provider says so
        self._taken: Container[str] = ()
        # Indexes, made when they are first needed: without them, each command would search the whole history.
        self._position_by_id: dict[str, int] | None = None
        self._call_by_id: dict[str, CallPosition] | None = None
        if document.value is not None and not isinstance(document.value, dict):
            raise TranscriptError("state: expected an object or null")
        messages = document.value.get("messages") if document.value else None
        if messages is None:
            path: Path = [] if document.value is None else ["messages"]
            document.set(path, {"messages": []} if not path else [])
        elif not isinstance(messages, list) or not set(map(type, messages)) <= {dict}:
            raise TranscriptError("state.messages: expected a list of objects")

    @property
    def messages(self) -> list[Message]:
        """The messages in this layout. Only read them: a change made here would not be sent to the client."""
        messages: list[Message] = self._document.value["messages"]
        return messages

    def add_user_message(self, parts: list[dict[str, Any]], message_id: str | None = None) -> None:
        """Adds the user's message; `parts` are `{type: "text", text}` and `{type: "image", image}`.

        The client's id is kept unless another message has it.
        """
        self._add(self._user_message(self._unused(message_id), parts))

    def add_assistant_message(self, parts: list[dict[str, Any]], message_id: str | None = None) -> None:
        """Adds a whole message as the assistant's; `parts` are `{type: "text", text}`. Its id is as a user's."""
        self._add(self._assistant_message(self._unused(message_id), parts))

    def avoid_ids(self, taken: Container[str]) -> None:
        """Gives no new message one of these ids: other branches of the conversation have them."""
        self._taken = taken

    def _unused(self, message_id: str | None) -> str:
        is_taken = message_id is None or message_id in self._taken or message_id in self._positions()
        return new_id() if message_id is None or is_taken else message_id

    def edit(self, parent_id: str | None, source_id: str) -> None:
        """Removes the message `source_id` and all after it; the edited message is added next.

        `parent_id` is the message before it as the client renders it: several assistant messages in a row count as
        one, with the id of the first, so all of them stay. None edits the first message.

        Raises:
            TranscriptError: the state has neither message.
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
        self._document.keep_messages(keep)
        self._position_by_id = self._call_by_id = None

    @abstractmethod
    def add_tool_result(self, call_id: str, result: Any, *, name: str | None = None, **extra: Any) -> str:
        """Writes the result (any JSON) of the call `call_id` and returns the tool's name.

        `extra` may hold `is_error` (bool), `artifact` and `model_content` (any JSON). A call that the state does not
        have is added, so that the result is not lost.
        """

    @abstractmethod
    def set_call(self, call_id: str, name: str, arguments: dict[str, Any]) -> None:
        """Makes the call `call_id` stand with this name and these arguments, whatever the client says of it."""

    def show_approval(self, call_id: str, approval: dict[str, Any], question: Any = None) -> None:
        """Writes beside a call that a person is asked whether it may run, or what they said.

        Args:
            approval: as assistant-ui has it: `id`, and `approved` (bool) once that is decided, `reason`, `optionId`,
                `text`.
            question: what the layout `langchain` lists among the interrupts while the call waits (any JSON).
        """
        if (position := self._find_call(call_id)) is not None:
            self._document.set([*self._call_path(position), "approval"], approval)

    def open_calls(self) -> list[str]:
        """The ids of the calls that have no result yet."""
        parts = (part for entry in self.entries() for part in entry.parts)
        return [part.id for part in parts if isinstance(part, Call) and not part.is_answered]

    def close_calls(self, reason: str) -> None:
        """Gives every open call an error as its result, for nobody will bring another one."""
        for call_id in self.open_calls():
            self.add_tool_result(call_id, reason, is_error=True)

    def pending_approvals(self) -> list[tuple[str, str]]:
        """The ids of the calls that the state shows as waiting for a decision, each with its question's id."""
        if not self.messages:
            return []
        self._find_call("")  # makes the index
        found = []
        for call_id, position in (self._call_by_id or {}).items():
            approval = self._call(position).get("approval")
            if isinstance(approval, dict) and isinstance(approval.get("id"), str) and "approved" not in approval:
                found.append((call_id, approval["id"]))
        return found

    def _call(self, position: CallPosition) -> dict[str, Any]:
        path = self._call_path(position)
        call: dict[str, Any] = self.messages[position[0]][str(path[2])][position[1]]
        return call

    @abstractmethod
    def _call_path(self, position: CallPosition) -> Path: ...

    def assistant_message(self) -> AssistantMessage:
        """Begins an assistant's message."""
        writer = self._writer()
        self._writers.append(writer)
        return writer

    def last_user_text(self) -> str | None:
        """The text of the last message if the user wrote it, else None: then no message waits for an answer."""
        if not self.messages or not self.is_user_message(self.messages[-1]):
            return None
        return self.text_of(self.messages[-1])

    @abstractmethod
    def entries(self) -> list[Entry]:
        """The conversation, independent of the layout. What makes no sense in the client's state is left out."""

    @property
    def usage(self) -> Usage:
        """The tokens of this reply in all, as far as the assistant has counted them."""
        usages = [self._counted, *(writer.usage for writer in self._writers)]
        return Usage(*(_sum_of_known(counts) for counts in zip(*usages, strict=True)))

    def count_usage(self, *, input_tokens: int | None, output_tokens: int | None) -> None:
        """Counts tokens that no message was given by `set_usage`. The state does not show them."""
        self._counted = Usage(input_tokens, output_tokens)

    def finish(self, provider: str) -> None:
        """Writes the outcome, `completed` or `error`, to `state.provider`, as upstream's example backend does."""
        if provider == "completed":
            for writer in self._writers:
                writer.complete()
        if isinstance(self._document.value, dict):
            self._document.set(["provider"], provider)

    def _positions(self) -> dict[str, int]:
        """The indexes of the messages, by their ids."""
        if self._position_by_id is None:
            backwards = reversed(list(enumerate(self.messages)))  # of several with one id, the first counts
            self._position_by_id = {
                message["id"]: position for position, message in backwards if isinstance(message.get("id"), str)
            }
        return self._position_by_id

    def _find_call(self, call_id: str) -> CallPosition | None:
        """The position of the call; of several with one id, of the last."""
        if self._call_by_id is None:
            self._call_by_id = {}
            for position, message in enumerate(self.messages):
                self._call_by_id.update(self._calls_of(position, message))
        return self._call_by_id.get(call_id)

    def _register_call(self, call_id: str, position: CallPosition) -> str:
        """Records a call that is about to be written at `position`; returns its id, a new one if that is taken.

        Some providers number their calls from 0 in every reply, but a client runs only one call of an id.
        """
        if self._find_call(call_id) is not None:
            call_id = f"call_{uuid4().hex}"
        if self._call_by_id is not None:
            self._call_by_id[call_id] = position
        return call_id

    def _replace(self, messages: list[Message]) -> None:
        """Replaces all messages."""
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
    def _user_message(self, message_id: str, parts: list[dict[str, Any]]) -> Message: ...

    @abstractmethod
    def _assistant_message(self, message_id: str, parts: list[dict[str, Any]]) -> Message: ...

    @abstractmethod
    def text_of(self, message: Message) -> str:
        """What a message says, without its calls, its reasoning and its images."""

    @abstractmethod
    def _writer(self) -> AssistantMessage: ...


def _sum_of_known(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def new_id() -> str:
    """A message id that no other message has."""
    return str(uuid4())


def without_nulls(**fields: Any) -> dict[str, Any]:
    """`fields` without those that are None: converters break on a null where a field should be absent."""
    return {name: value for name, value in fields.items() if value is not None}
