"""The pump makes few frames of a burst and sends the first at once."""

import asyncio
import json
from typing import Any

from assistant_transport.runs import Controller
from assistant_transport.runs.encoders import DataStreamEncoder
from assistant_transport.runs.pump import Pump
from tests.runs.carry import carry


def test_a_burst_of_appends_becomes_one_operation() -> None:
    async def assistant(controller: Controller) -> None:
        cursor = controller.document.cursor(["a"])
        for _ in range(5000):
            cursor.append("x")

    _, reply = carry(assistant, {"a": ""})
    frames = list(reply.frames())
    assert frames == [("state", [{"type": "append-text", "path": ["a"], "value": "x" * 5000}])]


def test_order_is_kept_between_appends_sets_and_chunks() -> None:
    async def assistant(controller: Controller) -> None:
        controller.document.append_text(["a"], "1")
        controller.document.append_text(["b"], "2")
        controller.append_text("chunk")
        controller.document.append_text(["b"], "3")
        controller.document.set(["b"], "4")

    _, reply = carry(assistant, {"a": "", "b": ""})
    kinds = [(kind, [op["value"] for op in value] if kind == "state" else value) for kind, value in reply.frames()]
    assert kinds == [("state", ["1", "2"]), ("0", "chunk"), ("state", ["3", "4"])]


def test_the_first_frame_goes_at_once_and_later_ones_after_the_interval() -> None:
    published: list[bytes] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        delays: list[float] = []
        call_later = loop.call_later

        def recorded(delay: float, *args: Any, **kwargs: Any) -> Any:
            delays.append(delay)
            return call_later(0, *args, **kwargs)

        loop.call_later = recorded  # type: ignore[method-assign]
        pump = Pump(DataStreamEncoder(), published.append, 3600, 1000)
        pump.append_text('["a"]', "1")
        await asyncio.sleep(0)
        assert len(published) == 1, "the first frame waits for nothing"
        assert delays == []
        pump.append_text('["a"]', "2")
        pump.append_text('["a"]', "3")
        await asyncio.sleep(0)
        assert len(published) == 1
        assert len(delays) == 1
        assert 3590 < delays[0] <= 3600
        pump.end()

    asyncio.run(main())
    assert [json.loads(frame.split(b":", 1)[1])[0]["value"] for frame in published] == ["1", "23"]


def test_a_slow_writer_gets_a_frame_for_each_piece() -> None:
    async def assistant(controller: Controller) -> None:
        for _ in range(5):
            controller.document.append_text(["a"], "x")
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    _, reply = carry(assistant, {"a": ""})
    assert len(list(reply.frames())) == 5
