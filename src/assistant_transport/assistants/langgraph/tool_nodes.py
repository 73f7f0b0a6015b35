"""The nodes of a graph that run tools, those of its sub-graphs included."""

from typing import Any

from langgraph.prebuilt import ToolNode
from langgraph.pregel import Pregel

Graph = Pregel[Any, Any, Any, Any]


class ToolNodes:
    """Knows each ToolNode by its path: the names of the nodes that lead to it, joined by `|`."""

    def __init__(self, graph: Graph) -> None:
        graphs = {"": graph, **dict(graph.get_subgraphs(recurse=True))}
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

    def runs(self, namespace: str) -> bool:
        """Whether the task of `namespace` is one that runs tools."""
        return _path(namespace) in self._tools

    def is_within_tool(self, namespace: str) -> bool:
        """Whether the task of `namespace` belongs to a graph that a tool has called."""
        names = _path(namespace).split("|")
        return any("|".join(names[:end]) in self._tools for end in range(1, len(names)))


def _path(namespace: str) -> str:
    """LangGraph's `checkpoint_ns`, `node:id|node:id`, without the ids."""
    return "|".join(part.partition(":")[0] for part in namespace.split("|"))


def _join(path: str, name: str) -> str:
    return f"{path}|{name}" if path else name
