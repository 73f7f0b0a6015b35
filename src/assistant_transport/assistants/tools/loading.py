"""Finds the tools that the setting SERVER_TOOLS names."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from assistant_transport.assistants import tools
from assistant_transport.assistants.errors import AssistantNotFoundError
from assistant_transport.assistants.tools.server_tool import ServerTool


def load(names: Iterable[str]) -> dict[str, ServerTool]:
    """The tools by their names.

    Args:
        names: Those of shipped tools, and dotted paths of functions. `none` alone for none; without any, all shipped.

    Raises:
        AssistantNotFoundError: one of them is no tool; the text names it.
    """
    names = list(names)
    shipped = {tool.__name__: tool for tool in tools.TOOLS}
    if names == ["none"]:
        return {}
    found: dict[str, ServerTool] = {}
    for name in names or shipped:
        function = shipped[name] if name in shipped else _function(name, shipped)
        try:
            tool = ServerTool(function)
        except TypeError as error:
            raise AssistantNotFoundError(f"SERVER_TOOLS: {name}: {error}") from error
        if tool.name in found:
            raise AssistantNotFoundError(f"SERVER_TOOLS: two tools have the name {tool.name}")
        found[tool.name] = tool
    return found


def _function(path: str, shipped: Iterable[str]) -> Any:
    module_name, _, attribute = path.rpartition(".")
    if not module_name:
        raise AssistantNotFoundError(
            f"SERVER_TOOLS: there is no tool {path!r}; shipped are {', '.join(shipped)}, others are named by their "
            "dotted path such as my_package.tools.roll_dice"
        )
    try:
        return getattr(import_module(module_name), attribute)
    except ModuleNotFoundError as error:
        raise AssistantNotFoundError(
            f"SERVER_TOOLS: {path}: there is no module {error.name!r}; is its package on PYTHONPATH?"
        ) from error
    except AttributeError as error:
        raise AssistantNotFoundError(f"SERVER_TOOLS: the module {module_name} has no {attribute!r}") from error
