"""The `context` of a graph that has a `context_schema`, made for each turn."""

import dataclasses
from typing import Any, get_type_hints

from pydantic import BaseModel

from assistant_transport.assistants.turn import Turn

# A field of one of these names gets what the turn has under that name, unless that is None.
OF_THE_TURN = ("request", "user", "owner", "caller", "caller_name", "thread_id", "system", "call_settings", "config")


def check(schema: type) -> None:
    """Raises TypeError where a context cannot be made of `schema`; the text says which field is missing."""
    missing = [name for name in _required(schema) if name not in OF_THE_TURN]
    if missing and not hasattr(schema, "from_turn"):
        raise TypeError(
            f"its context_schema {schema.__name__} needs {', '.join(missing)}: give each a default, or give the schema "
            "a method `@classmethod def from_turn(cls, turn)`"
        )


def make(schema: type, turn: Turn) -> Any:
    """What the schema's `from_turn` returns, if it has one, else an object with its defaults and what the turn has."""
    if hasattr(schema, "from_turn"):
        return schema.from_turn(turn)
    known = {name: getattr(turn, name) for name in _names(schema) & set(OF_THE_TURN)}
    required = _required(schema)
    return schema(**{name: value for name, value in known.items() if value is not None or name in required})


def _names(schema: type) -> set[str]:
    if dataclasses.is_dataclass(schema):
        return {field.name for field in dataclasses.fields(schema) if field.init}
    return set(schema.model_fields) if issubclass(schema, BaseModel) else set(get_type_hints(schema))


def _required(schema: type) -> set[str]:
    if dataclasses.is_dataclass(schema):
        unset = dataclasses.MISSING
        fields = (field for field in dataclasses.fields(schema) if field.init)
        return {field.name for field in fields if field.default is unset and field.default_factory is unset}
    if issubclass(schema, BaseModel):
        return {name for name, field in schema.model_fields.items() if field.is_required()}
    return set(getattr(schema, "__required_keys__", ()))
