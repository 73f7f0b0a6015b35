"""What an assistant is: one required method, and members that it may have besides."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from inspect import iscoroutinefunction
from textwrap import shorten
from typing import Any, Protocol

from pydantic import BaseModel

from assistant_transport.assistants.turn import Turn
from assistant_transport.conf import settings
from assistant_transport.transcript import Transcript

_TITLE_LENGTH = 60


class Assistant(Protocol):
    """Whatever has this method may answer. It is made once a process and answers many turns at once."""

    async def reply(self, turn: Turn) -> None:
        """Answers a turn by writing into `turn.transcript`.

        Raises:
            ReplyError: the reply cannot go on; its text goes to the user. Of any other exception the user learns only
                that the assistant failed.
        """


class BaseAssistant(ABC):
    """An assistant whose optional members have their defaults. An assistant need not inherit from it."""

    commands: Sequence[type[BaseModel]] = ()
    """Pydantic models of the custom commands that it takes, each with a `type: Literal["..."]` of its own.

    Those of a request come in `turn.commands`; a command that is not declared is answered 400.
    """

    @property
    def name(self) -> str:
        """What logs and metrics call it."""
        return type(self).__name__

    @property
    def model_names(self) -> Sequence[str]:
        """The models that `turn.config["modelName"]` may choose among, the default first: what `/models` lists."""
        return settings.ALLOWED_MODELS

    def check(self, turn: Turn) -> None:  # noqa: B027 - to be overridden or not
        """Called before the reply's stream begins, while a turn can still be refused by a status.

        Raises:
            InvalidTurnError: the request is answered 400, or 413 where it is too large.
        """

    async def acheck(self, turn: Turn) -> None:
        """As `check`, for what has to be awaited; it is called in place of `check`."""
        self.check(turn)

    def keeps_thread(self, turn: Turn) -> bool:
        """Whether the reply reads and writes what is kept of the turn's thread: then only one runs on it at a time."""
        return False

    async def load_thread(self, turn: Turn) -> bool:
        """Writes into the turn's empty state what is kept of its thread, without an answer; False if nothing is."""
        return False

    async def forget_thread(self, owner: str, thread_id: str) -> None:  # noqa: B027 - to be overridden or not
        """Deletes what the assistant itself keeps of an owner's thread, which is deleted."""

    async def title(self, turn: Turn) -> str:
        """A title for the turn's conversation, which nothing is to be written to: by default how it begins."""
        return beginning_of(turn.transcript)

    @abstractmethod
    async def reply(self, turn: Turn) -> None:
        """As `Assistant.reply`."""


def beginning_of(transcript: Transcript) -> str:
    """The first words of the first message that the user wrote; empty where there is none."""
    first = next((message for message in transcript.messages if transcript.is_user_message(message)), None)
    text = " ".join(transcript.text_of(first).split()) if first is not None else ""
    return shorten(text, _TITLE_LENGTH, placeholder="…") if " " in text[:_TITLE_LENGTH] else text[:_TITLE_LENGTH]


def complete(assistant: Any, path: str) -> BaseAssistant:
    """`assistant`, an object of any class, with all members of BaseAssistant.

    Raises:
        TypeError: it cannot answer; the text names it by `path`.
    """
    if isinstance(assistant, type) or not callable(getattr(assistant, "reply", None)):
        raise TypeError(f"{path} has no method `async def reply(self, turn)`")
    if iscoroutinefunction(getattr(assistant, "check", None)):
        raise TypeError(f"{path}: its method `check` must not be async; call it `acheck`")
    return assistant if isinstance(assistant, BaseAssistant) else _Completed(assistant)


class _Completed(BaseAssistant):
    """An assistant that does not inherit from BaseAssistant, with the members that it lacks."""

    def __init__(self, assistant: Any) -> None:
        self._assistant = assistant
        self._name = str(getattr(assistant, "name", type(assistant).__name__))
        self.commands = getattr(assistant, "commands", ())

    @property
    def name(self) -> str:
        return self._name

    @property
    def model_names(self) -> Sequence[str]:
        return getattr(self._assistant, "model_names", super().model_names)

    def check(self, turn: Turn) -> None:
        if hasattr(self._assistant, "check"):
            self._assistant.check(turn)

    async def acheck(self, turn: Turn) -> None:
        if hasattr(self._assistant, "acheck"):
            await self._assistant.acheck(turn)
        else:
            self.check(turn)

    def keeps_thread(self, turn: Turn) -> bool:
        return hasattr(self._assistant, "keeps_thread") and self._assistant.keeps_thread(turn)

    async def load_thread(self, turn: Turn) -> bool:
        return hasattr(self._assistant, "load_thread") and await self._assistant.load_thread(turn)

    async def forget_thread(self, owner: str, thread_id: str) -> None:
        if hasattr(self._assistant, "forget_thread"):
            await self._assistant.forget_thread(owner, thread_id)

    async def title(self, turn: Turn) -> str:
        return await self._assistant.title(turn) if hasattr(self._assistant, "title") else await super().title(turn)

    async def reply(self, turn: Turn) -> None:
        await self._assistant.reply(turn)
