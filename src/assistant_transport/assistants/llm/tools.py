"""The server's tools as the models call them, and the client's, whose calls end a run."""

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_jsonable_python

from assistant_transport.assistants.errors import InvalidTurnError
from assistant_transport.assistants.llm.calls import StreamedCall
from assistant_transport.assistants.llm.formats.format import ToolSpec
from assistant_transport.assistants.llm.history import TOOL_NAME
from assistant_transport.assistants.llm.jsontext import mend_value
from assistant_transport.assistants.tools import ArgumentsError, ServerTool, ToolError
from assistant_transport.assistants.turn import Turn
from assistant_transport.conf import settings
from assistant_transport.transcript import ToolCall

logger = logging.getLogger(__name__)

NOT_SHOWN = "The result cannot be shown."
_NOTHING: dict[str, Any] = {"type": "object", "properties": {}}

# Keywords of JSON Schema whose values hold schemas: by name, in a list, and one alone.
_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTED = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames")


@dataclass(frozen=True)
class Waiting:
    """A call that a person has to decide before it runs."""

    shown: ToolCall
    arguments: dict[str, Any]


def specs(server: Mapping[str, ServerTool], client: Mapping[str, Any]) -> list[ToolSpec]:
    """What a model is told of the tools of both sides."""
    own = [ToolSpec(tool.name, tool.description or None, tool.schema) for tool in server.values()]
    return own + [
        ToolSpec(name, tool.get("description"), tool.get("parameters") or _NOTHING) for name, tool in client.items()
    ]


def check(client: Mapping[str, Any], server: Iterable[str]) -> None:
    """Raises InvalidTurnError where the client declares a tool that cannot be."""
    for name, tool in client.items():
        if not TOOL_NAME.fullmatch(name):
            raise InvalidTurnError(f"tools: a tool's name has 1 to 64 letters, digits, _ and -, not {name[:100]!r}")
        if name in server:
            raise InvalidTurnError(f"tools.{name}: this server has a tool of that name itself; name yours otherwise")
        schema = tool.get("parameters") or _NOTHING
        if not isinstance(schema, dict) or schema.get("type") != "object":
            raise InvalidTurnError(f"tools.{name}.parameters: expected a JSON Schema of type object")
        if not _is_schema(schema):
            raise InvalidTurnError(f"tools.{name}.parameters: this is not a valid JSON Schema")


async def run(calls: Iterable[StreamedCall], server: Mapping[str, ServerTool], turn: Turn) -> list[Waiting]:
    """Runs the calls of a response at once; those of the client's tools are left for it to answer.

    Returns those that a person has to decide first; they have not run.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_answer(call, server, turn)) for call in calls if call.name not in turn.tools]
    return [waiting for task in tasks if (waiting := task.result()) is not None]


async def _answer(call: StreamedCall, server: Mapping[str, ServerTool], turn: Turn) -> Waiting | None:
    shown = call.shown
    if shown is None:
        return None
    try:
        tool, arguments = _called(call, server, turn)
        if await _reporting(tool, tool.needs_approval(arguments, turn)):
            return Waiting(shown, arguments)
        result = await execute(tool, arguments, turn)
    except ToolError as error:
        shown.set_result(mend_value(str(error)), is_error=True)
        return None
    try:
        shown.set_result(mend_value(result))
    except (TypeError, ValueError):  # JSON, but not such as clients take
        shown.set_result(NOT_SHOWN)
    return None


def _called(call: StreamedCall, server: Mapping[str, ServerTool], turn: Turn) -> tuple[ServerTool, dict[str, Any]]:
    tool, arguments = server.get(call.name), call.arguments()
    if tool is None:
        raise ToolError(f"There is no tool {call.name!r}. There are: {', '.join([*server, *turn.tools]) or 'none'}.")
    if arguments is None:
        raise ToolError("The arguments are not a JSON object. Call the tool again with one.")
    mended: dict[str, Any] = mend_value(arguments)
    return tool, mended


async def execute(tool: ServerTool, arguments: dict[str, Any], turn: Turn) -> Any:
    """Runs a tool. The result is JSON; of what goes wrong the model hears no more than it may, by a ToolError."""

    async def result() -> Any:
        return to_jsonable_python(await tool(arguments, turn), inf_nan_mode="null")

    return await _reporting(tool, result())


async def _reporting(tool: ServerTool, work: Coroutine[Any, Any, Any]) -> Any:
    try:
        async with asyncio.timeout(settings.TOOL_TIMEOUT_SECONDS):
            return await work
    except ArgumentsError as error:
        raise ToolError(f"The arguments do not fit: {error}. Call the tool again with such as do.") from None
    except ToolError:
        raise
    except TimeoutError:
        logger.warning("The tool %s took longer than %g seconds", tool.name, settings.TOOL_TIMEOUT_SECONDS)
        raise ToolError("The tool took too long.") from None
    except Exception:
        logger.exception("The tool %s failed", tool.name)
        raise ToolError("The tool failed.") from None


def _is_schema(value: Any) -> bool:
    """Whether the keywords that every provider walks through hold what they must."""
    if isinstance(value, bool):
        return True
    if not isinstance(value, dict):
        return False
    named = [value[key] for key in _NAMED if key in value]
    listed = [value[key] for key in _LISTED if key in value]
    single = [value[key] for key in _SINGLE if key in value]
    required = value.get("required", [])
    return (
        all(isinstance(item, dict) for item in named)
        and all(isinstance(item, list) for item in listed)
        and all(_is_schema(schema) for item in named for schema in item.values())
        and all(_is_schema(schema) for item in listed for schema in item)
        and all(_is_schema(schema) for item in single for schema in (item if isinstance(item, list) else [item]))
        and isinstance(required, list)
        and all(isinstance(name, str) for name in required)
        and isinstance(value.get("type", ""), str | list)
    )
