"""Who answers: an assistant is an object with `async def reply(self, turn: Turn) -> None`."""

from importlib import import_module
from typing import Any, Protocol, cast

from assistants.turn import ToolResult, Turn

__all__ = ["Assistant", "AssistantNotFound", "ToolResult", "Turn", "load"]


class Assistant(Protocol):
    """Answers one turn by writing into `turn.transcript`; it is made once a process and serves many turns at once.

    It may declare `commands`, Pydantic models of the custom commands that it takes, each with a
    `type: Literal["..."]` of its own; a request's come in `turn.commands`. It may have a `name`, by which logs and
    metrics call it instead of its class's.
    """

    async def reply(self, turn: Turn) -> None: ...


class AssistantNotFound(Exception):  # noqa: N818 - the name says what happened
    """ASSISTANT names nothing that can answer; the text says what to mend."""


def load(name: str) -> Assistant:
    """The assistant that the setting ASSISTANT names.

    That is `auto`, `mock`, `langgraph:module:graph`, or the dotted path of a class or an object.

    Raises:
        AssistantNotFound: nothing that can answer is there.
    """
    if name.startswith("langgraph:"):
        return _graph(name.removeprefix("langgraph:"))
    path = "assistants.mock.MockAssistant" if name in ("auto", "mock") else name
    module_name, _, attribute = path.rpartition(".")
    try:
        found: Any = getattr(import_module(module_name), attribute)
    except ModuleNotFoundError as error:
        raise AssistantNotFound(
            f"ASSISTANT: {path}: there is no module {error.name!r}; is its package on PYTHONPATH?"
        ) from error
    except AttributeError as error:
        raise AssistantNotFound(f"ASSISTANT: the module {module_name} has no {attribute!r}") from error
    assistant = found() if isinstance(found, type) else found
    if not callable(getattr(assistant, "reply", None)):
        raise AssistantNotFound(f"ASSISTANT: {path} has no method `async def reply(self, turn)`")
    return cast(Assistant, assistant)


def _graph(path: str) -> Assistant:
    try:
        from assistants import langgraph
    except ModuleNotFoundError as error:
        raise AssistantNotFound(
            "ASSISTANT: LangGraph is not installed: pip install 'assistant-transport-backend-django[langgraph]', "
            f"or build the image with EXTRA=langgraph ({error})"
        ) from error
    try:
        return langgraph.load(path)
    except ModuleNotFoundError as error:
        raise AssistantNotFound(
            f"ASSISTANT: {path}: there is no module {error.name!r}; is its package on PYTHONPATH?"
        ) from error
    except (AttributeError, TypeError) as error:
        raise AssistantNotFound(f"ASSISTANT: {error}") from error
