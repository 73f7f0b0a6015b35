"""Finds the assistant that the setting ASSISTANT names."""

from importlib import import_module
from inspect import isabstract
from typing import Any

from assistant_transport import SERVICE
from assistant_transport.assistants.base import BaseAssistant, complete
from assistant_transport.assistants.errors import AssistantNotFoundError
from assistant_transport.conf import settings

_BY_NAME = {
    "mock": "assistant_transport.assistants.mock.MockAssistant",
    "openai": "assistant_transport.assistants.llm.OpenAIAssistant",
    "anthropic": "assistant_transport.assistants.llm.AnthropicAssistant",
}


def load(name: str) -> BaseAssistant:
    """The assistant of that name, with every optional member.

    Names are `auto`, `mock`, `openai` and `anthropic`, `langgraph:module:graph`, or the dotted path of a class or an
    object that has `async def reply(self, turn)`.

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
        if not isinstance(error, ModuleNotFoundError):
            raise
        raise AssistantNotFoundError(_no_module(path, error)) from error
    except AttributeError as error:
        raise AssistantNotFoundError(f"ASSISTANT: the module {module_name} has no {attribute!r}") from error
    is_class = isinstance(found, type) and not isabstract(found)
    assistant = found() if is_class else found
    try:
        return complete(assistant, path)
    except TypeError as error:
        raise AssistantNotFoundError(f"ASSISTANT: {error}") from error


def _graph(path: str) -> BaseAssistant:
    try:
        from assistant_transport.assistants import langgraph
    except ModuleNotFoundError as error:
        raise AssistantNotFoundError(
            f"ASSISTANT: LangGraph is not installed: pip install '{SERVICE}[langgraph]', "
            f"or build the image with EXTRA=langgraph ({error})"
        ) from error
    try:
        return langgraph.load(path)
    except ModuleNotFoundError as error:
        raise AssistantNotFoundError(_no_module(path, error)) from error
    except (AttributeError, TypeError) as error:
        raise AssistantNotFoundError(f"ASSISTANT: {error}") from error


def _no_module(path: str, error: ModuleNotFoundError) -> str:
    return f"ASSISTANT: {path}: there is no module {error.name!r}; is its package on PYTHONPATH?"


def _automatic() -> str:
    """The provider that has been configured, else the mock."""
    if settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL:
        return "openai"
    return "anthropic" if settings.ANTHROPIC_API_KEY else "mock"
