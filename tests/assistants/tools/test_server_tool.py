"""A function with types and a docstring is a tool: what the model reads of it, and what it may be called with."""

import asyncio
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from assistant_transport.assistants import Turn
from assistant_transport.assistants.tools import ArgumentsError, ServerTool


class Place(BaseModel):
    city: str
    country: str = "France"


async def look_up(
    place: Place, days: Annotated[int, Field(ge=1, description="How many days.")] = 1, *, unit: "str | None" = None
) -> Any:
    """Looks the weather up.

    It is not measured.

    Args:
        place: Where.
        unit (str): Of the temperature,
            such as C.

    Returns:
        place: The weather.
    """
    return place, days, unit


async def in_numpys_style(a: int, b: int = 2) -> int:
    """Adds.

    Parameters
    ----------
    a : int
        The first
        of two.
    b : int, optional
        The second.

    Returns
    -------
    int
        The sum.
    """
    return a + b


async def in_sphinxs_style(a: int, b: int = 2) -> int:
    """Adds.

    :param int a: The first
        of two.
    :param b: The second.
    :returns: The sum.
    """
    return a + b


async def who(question: str, turn: Turn, schema: int = 0) -> Any:
    """Says who asks."""
    return question, turn, schema


def call(tool: ServerTool, arguments: dict[str, Any], turn: Any = None) -> Any:
    return asyncio.run(tool(arguments, turn))


def test_the_model_reads_names_types_defaults_and_meanings() -> None:
    tool = ServerTool(look_up)
    assert tool.name == "look_up"
    assert tool.description == "Looks the weather up.\n\nIt is not measured."
    properties = tool.schema["properties"]
    assert tool.schema["type"] == "object"
    assert tool.schema["required"] == ["place"]
    assert tool.schema["additionalProperties"] is False
    assert properties["place"]["description"] == "Where."
    assert properties["days"] == {"default": 1, "description": "How many days.", "minimum": 1, "type": "integer"}
    assert properties["unit"]["description"] == "Of the temperature, such as C."
    assert tool.schema["$defs"]["Place"]["properties"]["country"]["default"] == "France"


@pytest.mark.parametrize("function", [in_numpys_style, in_sphinxs_style])
def test_docstrings_may_have_another_style(function: Any) -> None:
    tool = ServerTool(function)
    assert tool.description == "Adds."
    meanings = {name: schema["description"] for name, schema in tool.schema["properties"].items()}
    assert meanings == {"a": "The first of two.", "b": "The second."}


def test_arguments_arrive_as_their_types() -> None:
    assert call(ServerTool(look_up), {"place": {"city": "Paris"}, "days": "2"}) == (Place(city="Paris"), 2, None)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({}, "place: Missing required argument"),
        ({"place": {}}, "place.city: Field required"),
        ({"place": {"city": "Paris"}, "days": 0}, "days: Input should be greater than or equal to 1"),
        ({"place": {"city": "Paris"}, "color": 1}, "color: Unexpected keyword argument"),
    ],
)
def test_arguments_that_do_not_fit_are_named(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(ArgumentsError, match=says):
        call(ServerTool(look_up), arguments)


def test_a_turn_is_given_and_the_model_does_not_see_it() -> None:
    tool = ServerTool(who)
    assert list(tool.schema["properties"]) == ["question", "schema"]
    assert call(tool, {"question": "Who?"}, "the turn") == ("Who?", "the turn", 0)
    with pytest.raises(ArgumentsError, match="turn: Unexpected keyword argument"):
        call(tool, {"question": "Who?", "turn": "a model's"}, "the turn")


def not_async(a: int) -> int:
    return a


async def by_position(a: int, /) -> int:
    return a


async def of_any_number(*a: int) -> int:
    return len(a)


async def of_no_such_type(a: "Missing") -> None: ...  # type: ignore[name-defined]  # noqa: F821


async def of_a_type_without_a_schema(a: asyncio.Lock) -> None: ...


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (not_async, "must be an async function"),
        (by_position, "can be given by name"),
        (of_any_number, "can be given by name"),
        (of_no_such_type, "annotations cannot be read"),
        (of_a_type_without_a_schema, "types cannot be told to a model"),
    ],
)
def test_what_a_model_could_not_call_is_no_tool(function: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        ServerTool(function)
