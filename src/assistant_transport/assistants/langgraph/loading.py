"""Finds the graph that the setting ASSISTANT names."""

from importlib import import_module
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import StateGraph
from langgraph.pregel import Pregel

from assistant_transport.assistants.langgraph import context
from assistant_transport.assistants.langgraph.assistant import LangGraphAssistant


def load(path: str) -> LangGraphAssistant:
    """An assistant for the compiled graph at `module:graph`, or for the one that a function of that name returns.

    Raises:
        ModuleNotFoundError, AttributeError: there is no such module, or nothing of that name in it.
        TypeError: it is not a compiled graph, or one that cannot be served; the text says why.
    """
    module, _, name = path.partition(":")
    found: Any = getattr(import_module(module), name)
    if callable(found) and not isinstance(found, Pregel | StateGraph):
        found = found()
    if isinstance(found, StateGraph):
        raise TypeError(f"{path} is a graph that is not compiled yet: call .compile() on it")
    if not isinstance(found, Pregel):
        raise TypeError(f"{path} is not a compiled graph, nor a function without arguments that returns one")
    _check(found, path)
    return LangGraphAssistant(found)


def _check(graph: Pregel[Any, Any, Any, Any], path: str) -> None:
    if graph.interrupt_before_nodes or graph.interrupt_after_nodes:
        raise TypeError(
            f"{path} is compiled with interrupt_before or interrupt_after, which a client can neither see nor "
            "answer: call `interrupt()` in the node instead"
        )
    if isinstance(graph.checkpointer, BaseCheckpointSaver) and not _is_asynchronous(graph.checkpointer):
        name = type(graph.checkpointer).__name__
        raise TypeError(
            f"{path} has the synchronous checkpointer {name}: use its asynchronous one, such as Async{name}"
        )
    if graph.context_schema is not None:
        try:
            context.check(graph.context_schema)
        except TypeError as error:
            raise TypeError(f"{path}: {error}") from None


def _is_asynchronous(checkpointer: BaseCheckpointSaver[Any]) -> bool:
    """Whether it has asynchronous methods of its own: those of a synchronous one only raise NotImplementedError."""
    code = getattr(type(checkpointer).aget_tuple, "__code__", None)
    return code is None or "NotImplementedError" not in code.co_names
