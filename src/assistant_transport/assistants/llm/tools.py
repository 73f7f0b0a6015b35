"""The server's tools as the models call them, and the client's, whose calls end a run."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

from pydantic_ai import ExternalToolset, ToolDefinition
from pydantic_ai import Tool as ModelTool
from pydantic_ai.exceptions import ToolFailed
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_core import to_jsonable_python

from assistant_transport.assistants.errors import InvalidTurnError
from assistant_transport.assistants.llm.history import TOOL_NAME
from assistant_transport.assistants.tools import TOOLS, Tool, ToolError
from assistant_transport.conf import settings

logger = logging.getLogger(__name__)


def server_tools() -> list[ModelTool[None]]:
    return [ModelTool(_guarded(tool)) for tool in TOOLS]


def _guarded(tool: Tool) -> Callable[..., Awaitable[Any]]:
    """`tool` within its time; of what goes wrong the model hears no more than it may."""

    @wraps(tool)
    async def call(*args: Any, **kwargs: Any) -> Any:
        try:
            async with asyncio.timeout(settings.TOOL_TIMEOUT_SECONDS):
                return to_jsonable_python(await tool(*args, **kwargs), inf_nan_mode="null")
        except ToolError as error:
            raise ToolFailed(str(error)) from None
        except TimeoutError:
            logger.warning("The tool %s took longer than %g seconds", tool.__name__, settings.TOOL_TIMEOUT_SECONDS)
            raise ToolFailed("The tool took too long.") from None
        except Exception:
            logger.exception("The tool %s failed", tool.__name__)
            raise ToolFailed("The tool failed.") from None

    return call


def client_tools(tools: Mapping[str, Any]) -> list[ToolDefinition]:
    """The tools that the client declared."""
    return [
        ToolDefinition(
            name=name,
            description=tool.get("description"),
            parameters_json_schema=tool.get("parameters") or {"type": "object", "properties": {}},
        )
        for name, tool in tools.items()
    ]


def toolset(tools: Mapping[str, Any]) -> ExternalToolset[None]:
    return ExternalToolset(client_tools(tools))


def check(tools: Mapping[str, Any], server_names: frozenset[str], model: Model) -> None:
    """Raises InvalidTurnError where the client declares a tool that cannot be."""
    for name in tools:
        if not TOOL_NAME.fullmatch(name):
            raise InvalidTurnError(f"tools: a tool's name has 1 to 64 letters, digits, _ and -, not {name[:100]!r}")
        if name in server_names:
            raise InvalidTurnError(f"tools.{name}: this server has a tool of that name itself; name yours otherwise")
    for definition in client_tools(tools):
        if definition.parameters_json_schema.get("type") != "object":
            raise InvalidTurnError(f"tools.{definition.name}.parameters: expected a JSON Schema of type object")
        try:
            model.prepare_request(None, ModelRequestParameters(function_tools=[definition]))
        except Exception:  # whatever a walk through something that is no schema comes to
            raise InvalidTurnError(f"tools.{definition.name}.parameters: this is not a valid JSON Schema") from None
