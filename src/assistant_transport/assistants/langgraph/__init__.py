"""A user's LangGraph graph as an assistant: `ASSISTANT=langgraph:module:graph`."""

from typing import TYPE_CHECKING, Any

from assistant_transport.assistants.langgraph.assistant import LangGraphAssistant
from assistant_transport.assistants.langgraph.loading import load
from assistant_transport.assistants.resume import Resume

if TYPE_CHECKING:
    from assistant_transport.assistants.langgraph.client_tools import ClientTools

__all__ = ["ClientTools", "LangGraphAssistant", "Resume", "load"]


def __getattr__(name: str) -> Any:
    if name == "ClientTools":  # it needs langchain, which is not among the extra's packages
        from assistant_transport.assistants.langgraph.client_tools import ClientTools

        return ClientTools
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
