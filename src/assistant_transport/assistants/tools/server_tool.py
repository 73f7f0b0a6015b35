"""A function as a tool: its name, description and schema for the model, and its arguments checked by its types."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, cast, get_type_hints

from pydantic import Field, PydanticUserError, TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from assistant_transport.assistants.tools.docstring import parse
from assistant_transport.assistants.tools.errors import ArgumentsError
from assistant_transport.assistants.turn import Turn

Tool = Callable[..., Awaitable[Any]]


class ServerTool:
    """A tool that runs on this server. A parameter annotated `Turn` gets the turn; the model never sees it.

    Raises:
        TypeError: a model could not call the function; the text says why.
    """

    def __init__(self, function: Tool) -> None:
        if not inspect.iscoroutinefunction(function):
            raise TypeError("a tool must be an async function")
        self.name: str = function.__name__
        self._function = function
        signature = inspect.signature(function)
        try:
            hints = get_type_hints(function, include_extras=True)
        except NameError as error:
            raise TypeError(f"its annotations cannot be read: {error}") from None
        self._turns = [name for name in signature.parameters if hints.get(name) is Turn]
        self.description, meanings = parse(function.__doc__)
        shown = {name: parameter for name, parameter in signature.parameters.items() if name not in self._turns}
        if any(p.kind in (p.POSITIONAL_ONLY, p.VAR_POSITIONAL) for p in shown.values()):
            raise TypeError("a tool's parameters must be such as can be given by name")
        types = {
            name: Annotated[hints.get(name, Any), Field(description=meanings[name])]
            if meanings.get(name)
            else hints.get(name, Any)
            for name in shown
        }
        self._adapter = _adapter(signature.replace(parameters=list(shown.values())), types)
        self.schema: dict[str, Any] = self._adapter.json_schema(schema_generator=_Schema)

    async def __call__(self, arguments: dict[str, Any], turn: Turn) -> Any:
        """Runs the tool.

        Raises:
            ArgumentsError: the arguments do not fit.
        """
        try:
            checked = self._adapter.validate_python(arguments)
        except ValidationError as error:
            raise ArgumentsError("; ".join(map(_problem, error.errors()))) from None
        return await self._function(**checked, **dict.fromkeys(self._turns, turn))


def _adapter(signature: inspect.Signature, types: dict[str, Any]) -> TypeAdapter[Any]:
    """Checks arguments by a signature, and gives them back."""

    def arguments(**given: Any) -> dict[str, Any]:
        return given

    arguments.__signature__ = signature  # type: ignore[attr-defined]
    arguments.__annotations__ = types
    try:
        return TypeAdapter(cast(Any, arguments))
    except PydanticUserError as error:
        raise TypeError(f"its parameters' types cannot be told to a model: {error}") from None


def _problem(error: Any) -> str:
    return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"


class _Schema(GenerateJsonSchema):
    """Without titles, which repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False
