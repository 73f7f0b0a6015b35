"""Finds the graph that the setting ASSISTANT names."""

from importlib import import_module
from typing import Any

from langgraph.graph import StateGraph
from langgraph.pregel import Pregel

from assistant_transport.assistants.langgraph.assistant import LangGraphAssistant


def load(path: str) -> LangGraphAssistant:
    """An assistant for the compiled graph at `module:graph`, or for the one that a function of that name returns.

    Raises:
        ModuleNotFoundError, AttributeError: there is no such module, or nothing of that name in it.
        TypeError: it is not a compiled graph.
    """
    module, _, name = path.partition(":")
    found: Any = getattr(import_module(module), name)
    if callable(found) and not isinstance(found, Pregel | StateGraph):
        found = found()
    if isinstance(found, StateGraph):
        raise TypeError(f"{path} is a graph that is not compiled yet: call .compile() on it")
    if not isinstance(found, Pregel):
        raise TypeError(f"{path} is not a compiled graph, nor a function without arguments that returns one")
    return LangGraphAssistant(found)
