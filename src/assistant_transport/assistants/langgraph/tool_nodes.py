"""The nodes of a graph that run tools, those of its sub-graphs included."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from langgraph.prebuilt import ToolNode
from langgraph.pregel import Pregel

Graph = Pregel[Any, Any, Any, Any]


class ToolNodes:
    """Knows each ToolNode by its path: the names of the nodes that lead to it, joined by `|`."""

    def __init__(self, graph: Graph) -> None:
        graphs = {"": graph, **dict(graph.get_subgraphs(recurse=True))}
        # Asked for every token, while the answer is that of the task.
        self.is_shown = lru_cache(maxsize=1024)(self._is_shown)
        self._tools = {
            _join(path, name): set(node.bound.tools_by_name)
            for path, owner in graphs.items()
            if isinstance(owner, Pregel)
            for name, node in owner.nodes.items()
            if isinstance(node.bound, ToolNode)
        }

    @property
    def names(self) -> set[str]:
        """The names of all tools."""
        return set().union(*self._tools.values())

    def tools_of(self, namespace: str, node: str) -> set[str]:
        """The tools of a node; of one that is no ToolNode, the one that has the node's name."""
        return self._tools.get(_join(_path(namespace), node), {node})

    def _is_shown(self, namespace: str, *, is_result: bool) -> bool:
        """Whether a client sees a message, or a tool's result, of the task of `namespace`.

        What models and graphs say within a tool is not shown.
        """
        path = _path(namespace)
        return not self._is_within_tool(path) and (is_result or path not in self._tools)

    def is_shown_in(self, namespace: Iterable[str]) -> bool:
        """Whether a client sees the custom events of the graph of `namespace`: not those of one within a tool."""
        return not self._is_within_tool(_join(_path("|".join(namespace)), "any"))

    def _is_within_tool(self, path: str) -> bool:
        names = path.split("|")
        return any("|".join(names[:end]) in self._tools for end in range(1, len(names)))


def _path(namespace: str) -> str:
    """LangGraph's `checkpoint_ns`, `node:id|node:id`, without the ids."""
    return "|".join(part.partition(":")[0] for part in namespace.split("|"))


def _join(path: str, name: str) -> str:
    return f"{path}|{name}" if path else name
