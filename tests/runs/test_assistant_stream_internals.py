"""What the project relies on in assistant-stream beyond its documented API: the names, and how they behave."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import assistant_stream
import pytest
from assistant_stream.assistant_stream_chunk import DataChunk, TextDeltaChunk
from assistant_stream.state_manager import StateManager

from assistant_transport.runs.assistant_stream_internals import (
    Canonicalizer,
    DataStreamEncoder,
    RunController,
    StateProxy,
    is_proxy_of,
    lookup_state,
)
from tests.server import ROOT

MODULE = ROOT / "src/assistant_transport/runs/assistant_stream_internals.py"
PRIVATE = {
    "_Canonicalizer",
    "_cancelled_event",
    "_cancelled_signal",
    "_dispose_callbacks",
    "_flush_and_put_chunk",
    "_loop",
    "_manager",
    "_mark_cancelled",
    "_parent_id",
    "_path",
    "_put_chunk_nowait",
    "_queue",
    "_state_manager",
    "_stream_tasks",
}


def test_these_private_names_are_used_in_one_module() -> None:
    assert set(re.findall(r"\b_[A-Za-z]\w+", MODULE.read_text().replace("__all__", ""))) - {"__init__"} == PRIVATE
    importing = [path for path in (ROOT / "src").rglob("*.py") if "assistant_stream." in path.read_text()]
    documented = re.compile(r"assistant_stream\.modules\.langgraph")
    assert [
        path for path in importing if "assistant_stream." in documented.sub("", path.read_text()) and path != MODULE
    ] == []


def test_the_controller_has_all_that_upstreams_constructor_sets() -> None:
    async def main() -> None:
        ours, upstreams = RunController(lambda _: None, None), assistant_stream.RunController(None, None)
        replaced = {"_put_chunk_nowait", "_flush_and_put_chunk"}
        made_when_asked_for = {"_cancelled_event", "_cancelled_signal"}
        assert (vars(ours).keys() - replaced) | made_when_asked_for == vars(upstreams).keys()

    asyncio.run(main())


def test_the_controller_gives_all_its_chunks_to_the_methods_that_are_replaced() -> None:
    async def main() -> None:
        controller = assistant_stream.RunController(None, None)
        taken: list[Any] = []
        controller._put_chunk_nowait = controller._flush_and_put_chunk = taken.append
        controller._parent_id = "part"
        controller.append_text("a")
        controller.add_stream(chunks())
        await asyncio.gather(*controller._stream_tasks)
        call = await controller.add_tool_call("tool")
        call.set_response(1)
        assert len(controller._dispose_callbacks) == 1
        controller._dispose_callbacks[0]()
        await asyncio.gather(*controller._stream_tasks)
        assert [chunk.type for chunk in taken] == ["text-delta", "data", "tool-call-begin", "tool-result"]
        assert taken[0].parent_id == "part"

    async def chunks() -> AsyncIterator[DataChunk]:
        yield DataChunk(data=1)

    asyncio.run(main())


def test_the_controller_goes_to_its_state_manager_for_the_state() -> None:
    async def main() -> None:
        controller = assistant_stream.RunController(None, {"a": [1]})
        assert isinstance(controller._state_manager, StateManager)
        controller._state_manager = None
        with pytest.raises(AttributeError):
            _ = controller.state

    asyncio.run(main())


def test_the_controller_can_be_told_that_it_is_cancelled() -> None:
    async def main() -> None:
        controller = assistant_stream.RunController(None, None)
        assert not controller.is_cancelled
        controller._mark_cancelled()
        assert controller.is_cancelled

    asyncio.run(main())


def test_a_controller_and_its_copy_for_a_part_are_cancelled_together() -> None:
    async def main() -> None:
        controller = RunController(lambda _: None, None)
        child = controller.with_parent_id("part")
        signal = controller.cancelled_event
        waiting = asyncio.create_task(child.cancelled_event.wait())
        await asyncio.sleep(0)
        controller.cancel()
        assert await waiting
        assert controller.is_cancelled
        assert child.is_cancelled
        assert signal.is_set()

    asyncio.run(main())


def test_a_proxy_knows_its_state_and_path() -> None:
    class State:
        def get_value_at_path(self, path: list[str]) -> Any:
            return lookup_state({"a": {"b": [1]}}, path)

    state = State()
    proxy = StateProxy(state, [])["a"]["b"]
    assert is_proxy_of(proxy, state, ["a", "b"])
    assert not is_proxy_of(proxy, state, ["a"])
    assert not is_proxy_of(proxy, State(), ["a", "b"])
    assert not is_proxy_of([1], state, ["a", "b"])


def test_its_encoders_write_what_is_encoded_anew() -> None:
    chunk = TextDeltaChunk(text_delta="x", parent_id=None)
    assert DataStreamEncoder().encode_chunk(chunk) == '0:"x"\n'
    canonicalizer = Canonicalizer()
    assert [frame["type"] for frame in canonicalizer.translate(chunk)] == ["part-start", "text-delta"]
    assert [frame["type"] for frame in canonicalizer.close()] == ["part-finish"]
