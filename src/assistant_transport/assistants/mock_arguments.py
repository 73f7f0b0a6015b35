"""Arguments for a tool of the client's, made from the JSON Schema that the client sent for it."""

from typing import Any


def arguments(schema: Any, text: str) -> dict[str, Any]:
    """The properties that `schema` requires; every free text among them is `text`.

    Where it requires none, `location` is given unless the schema has only other properties.
    """
    value = _object(schema, text) if isinstance(schema, dict) else {}
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return value or ({"location": text} if not properties or "location" in properties else {})


def _object(schema: dict[str, Any], text: str) -> dict[str, Any]:
    required, properties = schema.get("required"), schema.get("properties")
    names = [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
    known = properties if isinstance(properties, dict) else {}
    return {name: _value(known.get(name), text) for name in names}


def _value(schema: Any, text: str) -> Any:
    match schema:
        case {"const": value} | {"enum": [value, *_]} | {"default": value} | {"examples": [value, *_]}:
            return value
        case {"anyOf": [first, *_]} | {"oneOf": [first, *_]} | {"allOf": [first, *_]}:
            return _value(first, text)
        case {"type": [kind, *_]}:
            return _value({**schema, "type": kind}, text)
        case {"type": "object"}:
            return _object(schema, text)
        case {"type": "array"}:
            return [_value(schema.get("items"), text)] if schema.get("minItems") else []
        case {"type": "number" | "integer"}:
            return schema.get("minimum", 1)
        case {"type": "boolean"}:
            return True
        case {"type": "null"}:
            return None
    return text
