"""A function as a tool: its name, description and schema for the model, and its arguments checked by its types."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar, cast, get_type_hints

from pydantic import Field, PydanticUserError, TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from assistant_transport.assistants.tools.docstring import parse
from assistant_transport.assistants.tools.errors import ArgumentsError
from assistant_transport.assistants.turn import Turn

Tool = Callable[..., Awaitable[Any]]
NeedsApproval = bool | Callable[[dict[str, Any], Turn], bool | Awaitable[bool]]

_Function = TypeVar("_Function", bound=Tool)
_NEEDS_APPROVAL = "__assistant_transport_needs_approval__"


def tool(*, needs_approval: NeedsApproval) -> Callable[[_Function], _Function]:
    """Says of a tool that a person decides each of its calls before it runs, as in `@tool(needs_approval=True)`.

    Args:
        needs_approval: True, or a function, sync or async, of a call's arguments and the turn that says whether this
            call needs a decision. The arguments are checked already; a call for which it raises does not run.
    """

    def declare(function: _Function) -> _Function:
        setattr(function, _NEEDS_APPROVAL, needs_approval)
        return function

    return declare


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
        self._needs_approval: NeedsApproval = getattr(function, _NEEDS_APPROVAL, False)
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
        return await self._function(**self.check(arguments), **dict.fromkeys(self._turns, turn))

    def check(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments as the function gets them.

        Raises:
            ArgumentsError: they do not fit.
        """
        try:
            checked: dict[str, Any] = self._adapter.validate_python(arguments)
        except ValidationError as error:
            raise ArgumentsError("; ".join(map(_problem, error.errors()))) from None
        return checked

    @property
    def may_need_approval(self) -> bool:
        """Whether a person may have to decide its calls: then it is for callers who can be told from others only."""
        return self._needs_approval is not False

    async def needs_approval(self, arguments: dict[str, Any], turn: Turn) -> bool:
        """Whether a person has to decide a call with these arguments. Raises ArgumentsError as `check` does."""
        if self._needs_approval is False:
            return False
        checked = self.check(arguments)  # nobody is asked about a call that could not run
        answer = self._needs_approval is True or self._needs_approval(checked, turn)
        return bool(await answer if inspect.isawaitable(answer) else answer)


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
