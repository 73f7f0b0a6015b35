"""Writes only what has changed of a value in the state, since a step must not send a long list or text again."""

from collections.abc import Sequence
from typing import Any

_ABSENT = object()


def write(document: Any, path: Sequence[str | int], value: Any) -> None:
    """Makes the value at `path` of the state `value`, which is JSON: texts and lists grow, keys are set one by one.

    Objects whose `id` differs are different things: one is written in place of the other.
    """
    try:
        before = document.get_value_at_path(path)
    except KeyError:
        before = _ABSENT
    _write(document, [*path], before, value)


def _write(document: Any, path: list[str | int], before: Any, value: Any) -> None:
    if before is not _ABSENT and before == value:
        return
    if isinstance(before, str) and isinstance(value, str) and before and value.startswith(before):
        document.append_text(path, value[len(before) :])
    elif isinstance(before, dict) and isinstance(value, dict) and _may_become(before, value):
        for key, item in value.items():
            _write(document, [*path, key], before.get(key, _ABSENT), item)
    elif isinstance(before, list) and isinstance(value, list) and 0 < len(before) <= len(value):
        for index, item in enumerate(value):
            _write(document, [*path, index], before[index] if index < len(before) else _ABSENT, item)
    else:
        document.set(path, value)


def _may_become(before: dict[str, Any], value: dict[str, Any]) -> bool:
    """Whether `before` becomes `value` by keys that are set: none can be removed."""
    return bool(before) and before.get("id") == value.get("id") and before.keys() <= value.keys()
