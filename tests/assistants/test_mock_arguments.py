"""The mock calls a client's tool with arguments that the tool's schema takes, whatever they are called."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from assistant_transport.assistants.mock_arguments import arguments

TEXT = {"type": "string"}
UPSTREAMS = {
    "type": "object",
    "properties": {"location": TEXT, "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}},
    "required": ["location"],
    "additionalProperties": False,
}
NESTED = {
    "type": "object",
    "properties": {
        "place": {"type": "object", "properties": {"town": TEXT, "zip": TEXT}, "required": ["town"]},
        "days": {"type": "integer", "minimum": 3},
        "hours": {"type": "array", "items": {"type": "number"}, "minItems": 1},
        "unit": {"enum": ["F", "C"]},
        "detailed": {"type": "boolean"},
        "kind": {"const": "now"},
        "language": {"type": ["string", "null"]},
        "time": {"anyOf": [{"type": "null"}, TEXT]},
        "tags": {"type": "array", "items": TEXT},
        "limit": {"type": "number", "default": 5},
    },
    "required": ["place", "days", "hours", "unit", "detailed", "kind", "language", "time", "tags", "limit"],
}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (UPSTREAMS, {"location": "Paris"}),
        ({"type": "object", "properties": {"city": TEXT}, "required": ["city"]}, {"city": "Paris"}),
        ({"type": "object", "properties": {"location": TEXT}}, {"location": "Paris"}),
        ({"type": "object", "properties": {"city": TEXT}, "additionalProperties": False}, {}),
        (
            NESTED,
            {
                "place": {"town": "Paris"},
                "days": 3,
                "hours": [1],
                "unit": "F",
                "detailed": True,
                "kind": "now",
                "language": "Paris",
                "time": None,
                "tags": [],
                "limit": 5,
            },
        ),
    ],
)
def test_what_the_schema_requires_is_given(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    made = arguments(schema, "Paris")
    assert made == expected
    Draft202012Validator(schema).validate(made)


@pytest.mark.parametrize("schema", [None, {}, {"type": "object"}, {"required": 3, "properties": []}])
def test_a_schema_that_says_nothing_gets_the_location(schema: Any) -> None:
    assert arguments(schema, "Paris") == {"location": "Paris"}


@pytest.mark.parametrize("wrong", [7, [], {"type": 9}, {"type": "array", "minItems": 10**12}, {"enum": []}])
def test_a_property_that_is_described_wrongly_is_given_all_the_same(wrong: Any) -> None:
    assert list(arguments({"required": ["city"], "properties": {"city": wrong}}, "Paris")) == ["city"]
