"""A user's LangGraph graph as an assistant: `ASSISTANT=langgraph:module:graph`."""

from assistants.langgraph.assistant import LangGraphAssistant, Resume
from assistants.langgraph.loading import load

__all__ = ["LangGraphAssistant", "Resume", "load"]
