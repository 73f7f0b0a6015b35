"""The keys of a graph's state besides its messages, as JSON in the client's state."""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

from langchain_core.messages import BaseMessage
from pydantic_core import PydanticSerializationError, to_jsonable_python

from assistant_transport.assistants.langgraph import changes
from assistant_transport.assistants.langgraph.conversion import IsJson, is_shown

logger = logging.getLogger(__name__)


def sync(controller: Any, values: Mapping[str, Any]) -> None:
    """Writes those of `values` that have changed. What cannot be JSON is logged once and left out."""
    before = controller.document.value
    for key, value in values.items():
        if key in before and _is_equal(before[key], value):
            continue
        try:
            converted = json_value(value, controller.document.accepts)
        except TypeError:
            _log_once(key, type(value).__name__)
            continue
        changes.write(controller.document, [key], converted)


def json_value(value: Any, is_json: IsJson) -> Any:
    """`value` as JSON: Pydantic objects and dataclasses as objects, sets as lists, dates and UUIDs as texts.

    Of a list of messages those that clients do not see are left out.

    Raises:
        TypeError: it cannot be JSON, or a client would not accept it.
    """
    if isinstance(value, list) and any(isinstance(item, BaseMessage) for item in value):
        value = [item for item in value if not isinstance(item, BaseMessage) or is_shown(item)]
    elif is_json(value):
        return value
    try:
        converted = to_jsonable_python(value)
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise TypeError(f"{type(value).__name__} cannot be JSON") from error
    if not is_json(converted):
        raise TypeError(f"{type(value).__name__} holds a number or a key that clients refuse")
    return converted


def _is_equal(before: Any, value: Any) -> bool:
    try:
        return bool(before == value)
    except Exception:  # an array compares to an array
        return False


@cache
def _log_once(key: str, kind: str) -> None:
    logger.warning("The key %s of the graph's state is not sent to clients: its %s cannot be JSON", key, kind)
