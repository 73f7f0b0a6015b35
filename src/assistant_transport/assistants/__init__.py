"""Who answers: an assistant is an object with `async def reply(self, turn: Turn) -> None`."""

from importlib import import_module
from typing import Any, Protocol, cast

from django.conf import settings

from assistant_transport.assistants.errors import InvalidTurnError, ReplyError
from assistant_transport.assistants.turn import ToolResult, Turn

__all__ = ["Assistant", "AssistantNotFoundError", "InvalidTurnError", "ReplyError", "ToolResult", "Turn", "load"]

_BY_NAME = {
    "mock": "assistant_transport.assistants.mock.MockAssistant",
    "openai": "assistant_transport.assistants.llm.OpenAIAssistant",
    "anthropic": "assistant_transport.assistants.llm.AnthropicAssistant",
}


class Assistant(Protocol):
    """Answers one turn by writing into `turn.transcript`; it is made once a process and serves many turns at once.

    It may declare `commands`, Pydantic models of the custom commands that it takes, each with a
    `type: Literal["..."]` of its own; a request's come in `turn.commands`. It may have a `name`, by which logs and
    metrics call it instead of its class's.

    It may have a method `def check(self, turn: Turn) -> None`, called before the reply's stream begins: the
    InvalidTurnError that it raises becomes a 400 or 413. What goes wrong later is a ReplyError, whose text goes to the
    user; of any other exception the user sees no more than that the assistant failed.
    """

    async def reply(self, turn: Turn) -> None: ...


class AssistantNotFoundError(Exception):
    """ASSISTANT names nothing that can answer; the text says what to mend."""


def load(name: str) -> Assistant:
    """The assistant that the setting ASSISTANT names.

    That is one of the names it has for ours, `langgraph:module:graph`, or the dotted path of a class or an object.

    Raises:
        AssistantNotFoundError: nothing that can answer is there.
    """
    if name.startswith("langgraph:"):
        return _graph(name.removeprefix("langgraph:"))
    name = _automatic() if name == "auto" else name
    path = _BY_NAME.get(name, name)
    module_name, _, attribute = path.rpartition(".")
    try:
        found: Any = getattr(import_module(module_name), attribute)
    except ImportError as error:
        if module_name == "assistant_transport.assistants.llm":
            raise AssistantNotFoundError(
                f"ASSISTANT: {name} needs more packages: "
                f"pip install 'assistant-transport-backend-django[llm]' ({error})"
            ) from error
        if not isinstance(error, ModuleNotFoundError):
            raise
        raise AssistantNotFoundError(
            f"ASSISTANT: {path}: there is no module {error.name!r}; is its package on PYTHONPATH?"
        ) from error
    except AttributeError as error:
        raise AssistantNotFoundError(f"ASSISTANT: the module {module_name} has no {attribute!r}") from error
    assistant = found() if isinstance(found, type) else found
    if not callable(getattr(assistant, "reply", None)):
        raise AssistantNotFoundError(f"ASSISTANT: {path} has no method `async def reply(self, turn)`")
    return cast(Assistant, assistant)


def _graph(path: str) -> Assistant:
    try:
        from assistant_transport.assistants import langgraph
    except ModuleNotFoundError as error:
        raise AssistantNotFoundError(
            "ASSISTANT: LangGraph is not installed: pip install 'assistant-transport-backend-django[langgraph]', "
            f"or build the image with EXTRA=langgraph ({error})"
        ) from error
    try:
        return langgraph.load(path)
    except ModuleNotFoundError as error:
        raise AssistantNotFoundError(
            f"ASSISTANT: {path}: there is no module {error.name!r}; is its package on PYTHONPATH?"
        ) from error
    except (AttributeError, TypeError) as error:
        raise AssistantNotFoundError(f"ASSISTANT: {error}") from error


def _automatic() -> str:
    """Who answers where nobody was chosen: the provider that can be reached, else the mock."""
    if settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL:
        return "openai"
    return "anthropic" if settings.ANTHROPIC_API_KEY else "mock"
