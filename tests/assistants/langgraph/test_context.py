"""A graph with a `context_schema` gets a context for each turn."""

from dataclasses import dataclass, field
from typing import Any, NotRequired, TypedDict

import pytest
from pydantic import BaseModel

from assistant_transport.assistants import Turn
from assistant_transport.assistants.langgraph import context
from tests.assistants.langgraph.conftest import Graph, told

TURN = Turn(transcript=None, owner="me", system="Be brief.")  # type: ignore[arg-type]


@dataclass
class Data:
    owner: str
    thread_id: str | None
    language: str = "English"
    tags: list[str] = field(default_factory=list)


class Model(BaseModel):
    owner: str
    thread_id: str = "none"


class Mapping(TypedDict):
    owner: str
    language: NotRequired[str]


@pytest.mark.parametrize(
    ("schema", "made"),
    [
        (Data, Data("me", None, "English", [])),
        (Model, Model(owner="me", thread_id="none")),
        (Mapping, {"owner": "me"}),
    ],
)
def test_a_context_has_its_defaults_and_what_the_turn_knows(schema: type, made: Any) -> None:
    context.check(schema)
    assert context.make(schema, TURN) == made


def test_a_graph_gets_its_context(graph: Graph) -> None:
    state, errors = graph("with_context", "acme.context_graphs").say("go").follow()
    assert not errors
    assert told(state)[-1] == ("ai", "Context(language='English', owner='nobody')")


def test_a_schema_may_make_itself_of_the_turn(graph: Graph) -> None:
    state, errors = graph("by_hook", "acme.context_graphs").say("go", threadId="t").follow()
    assert not errors
    assert told(state)[-1] == ("ai", "name='tenant of t'")
