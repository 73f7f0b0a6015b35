"""A user's LangGraph graph as an assistant: `ASSISTANT=langgraph:module:graph`."""

from assistant_transport.assistants.langgraph.assistant import LangGraphAssistant
from assistant_transport.assistants.langgraph.interrupts import Resume
from assistant_transport.assistants.langgraph.loading import load

__all__ = ["LangGraphAssistant", "Resume", "load"]
