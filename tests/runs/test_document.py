"""The client's copy of the state equals the server's, whatever an assistant does."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_transport.runs import Controller, Status
from tests.runs.carry import carry
from tests.wire import apply

keys = st.text(max_size=6).filter(lambda key: key not in ("__proto__", "constructor", "prototype"))
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=8
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path in `value`, and behind every container one that would be new."""
    found = [path]
    if isinstance(value, dict):
        found.append((*path, "new"))
        for key, inner in value.items():
            found += places(inner, (*path, key))
    elif isinstance(value, list):
        found.append((*path, len(value)))
        for index, inner in enumerate(value):
            found += places(inner, (*path, index))
    return found


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for segment in path:
        try:
            value = value[segment]
        except (KeyError, IndexError):
            return None
    return value


writes = st.tuples(st.integers(0, 10**6), st.text() | values, st.booleans(), st.booleans())


@given(before=values, plan=st.lists(writes), protocol=st.sampled_from(["data-stream", "assistant-transport"]))
def test_client_and_server_end_with_the_same_state(before: Any, plan: list[Any], protocol: str) -> None:
    async def assistant(controller: Controller) -> None:
        document = controller.document
        for place, value, append, pause in plan:
            found = places(document.value)
            path = found[place % len(found)]
            if append and isinstance(value, str) and isinstance(at(document.value, path), str):
                document.append_text(path, value)
            else:
                document.set(path, value)
            if pause:
                await asyncio.sleep(0)

    copy = json.loads(json.dumps(before))
    run, reply = carry(assistant, before, protocol)
    state, errors = reply.follow(copy)
    assert not errors
    assert json.dumps(state) == json.dumps(run.controller.document.value)


@given(before=values, plan=st.lists(writes))
def test_what_was_written_brings_every_state_between_to_the_last_one(before: Any, plan: list[Any]) -> None:
    async def assistant(controller: Controller) -> None:
        document = controller.document
        states = [json.loads(json.dumps(before))]
        for place, value, append, _ in plan:
            found = places(document.value)
            path = found[place % len(found)]
            if append and isinstance(value, str) and isinstance(at(document.value, path), str):
                document.append_text(path, value)
            else:
                document.set(path, value)
            states.append(json.loads(json.dumps(document.value)))
        operations = [
            {"type": "set", "path": json.loads(path), "value": json.loads(value)} for path, value in document.written()
        ]
        assert all(apply(state, operations) == document.value for state in states)

    run, _ = carry(assistant, json.loads(json.dumps(before)))
    assert run.status is Status.DONE


def document_after(write: Any, state: Any = None) -> Any:
    async def assistant(controller: Controller) -> None:
        write(controller)

    copy = json.loads(json.dumps(state))
    run, reply = carry(assistant, state)
    seen, errors = reply.follow(copy)
    assert not errors
    assert seen == run.controller.document.value
    return seen


def test_a_value_that_is_changed_after_it_was_set_does_not_change_the_state() -> None:
    def write(controller: Controller) -> None:
        value = {"list": [1]}
        controller.document.set(["a"], value)
        value["list"].append(2)
        controller.document.append_text(["a", "text"], "x")

    assert document_after(write, {}) == {"a": {"list": [1], "text": "x"}}


def test_tuples_and_keys_become_what_the_client_sees() -> None:
    assert document_after(lambda controller: controller.document.set(["a"], {1: (2, 3)}), {}) == {"a": {"1": [2, 3]}}


def test_a_cursor_finds_its_text_again_after_the_state_was_replaced() -> None:
    def write(controller: Controller) -> None:
        cursor = controller.document.cursor(["a"])
        cursor.append("1")
        controller.state = {"a": "new "}
        cursor.append("2")

    assert document_after(write, {"a": ""}) == {"a": "new 2"}


def test_text_can_be_appended_to_the_root() -> None:
    assert document_after(lambda controller: controller.document.append_text([], "b"), "a") == "ab"


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        (["a"], float("nan"), ValueError),
        (["a"], float("inf"), ValueError),
        (["a"], {"__proto__": 1}, ValueError),
        (["a"], [{"constructor": {"prototype": 1}}], ValueError),
        (["a"], object(), TypeError),
        (["a"], {1, 2}, TypeError),
        (["__proto__"], 1, KeyError),
        (["x", "prototype"], 1, KeyError),
        (["list", 5], 1, KeyError),
        (["list", -1], 1, KeyError),
        (["list", "x"], 1, KeyError),
        (["text", "x"], 1, KeyError),
    ],
)
def test_what_a_client_would_refuse_is_refused_where_it_is_written(
    path: Any, value: Any, error: type[Exception]
) -> None:
    def write(controller: Controller) -> None:
        with pytest.raises(error):
            controller.document.set(path, value)

    before = {"list": [0], "text": "t"}
    assert document_after(write, before) == {"list": [0], "text": "t"}


def test_a_proxy_cannot_be_stored_elsewhere() -> None:
    def write(controller: Controller) -> None:
        with pytest.raises(TypeError, match="plain value"):
            controller.state["copy"] = controller.state["list"]

    document_after(write, {"list": [1]})


def test_only_text_can_be_appended() -> None:
    def write(controller: Controller) -> None:
        with pytest.raises(TypeError):
            controller.document.append_text(["a"], 5)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            controller.document.append_text(["n"], "x")

    document_after(write, {"n": 5})
