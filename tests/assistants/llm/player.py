"""Plays a case: a conversation with a server of this project's whose provider is a stub that answers by rules."""

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.assistants.llm import reading
from tests.providers import FORMATS, RuleStub
from tests.providers.conditions import holds
from tests.server import Server, stop_all
from tests.wire import Client, message

Json = dict[str, Any]
CASES = Path(__file__).parent / "cases"


def load(name: str) -> Json:
    case: Json = json.loads((CASES / f"{name}.json").read_text())
    return case


@dataclass(frozen=True)
class Stage:
    """A server, and the stub that is its provider."""

    server: Server
    stub: RuleStub


class Stages:
    """The servers of the cases: one for all those with the same API, layout and settings."""

    def __init__(self) -> None:
        self._kept: dict[str, Stage] = {}

    def get(self, api: str, layout: str, settings: dict[str, str]) -> Stage:
        key = json.dumps([api, layout, settings])
        if key not in self._kept:
            stub = RuleStub()
            variables = FORMATS[api].environment(stub.url) | settings
            self._kept[key] = Stage(Server(ASSISTANT_MESSAGE_FORMAT=layout, **variables), stub)
        return self._kept[key]

    def stop(self) -> None:
        stop_all(stage.server for stage in self._kept.values())
        for stage in self._kept.values():
            stage.stub.stop()


def play(case: Json, layout: str, stages: Stages) -> None:
    """Plays a case through; raises AssertionError where something comes out that its `expect` does not say."""
    stage = stages.get(case["api"], layout, case["settings"])
    client = Client(stage.server.host, stage.server.port)
    stage.stub.play(case["provider"])
    state: Any = None
    for turn, expected in zip(case["turns"], case["expect"]["turns"], strict=True):
        begun = time.monotonic()
        fields = {"tools": case["tools"]} if case.get("tools") else {}
        state, errors = client.send(_command(turn, state, layout), state=state, **fields).follow(state)
        took = time.monotonic() - begun
        assert not stage.stub.unanswered, f"the case has no rule for {stage.stub.unanswered}"
        _check_turn(expected, state, layout, errors)
        assert took <= expected.get("seconds", took)
    for expected in case["expect"]["requests"]:
        _check_request(expected, stage.stub.requests)


def _command(turn: Json, state: Any, layout: str) -> Json:
    if "say" in turn:
        said = turn["say"]
        return message(said) if isinstance(said, str) else message("") | {"message": {"role": "user", "parts": said}}
    call = _calls(state, layout)[turn["of"]]
    named = {"toolCallId": call["id"], "toolName": call["name"]}
    return {"type": "add-tool-result", **named, "result": turn["result"]}


def _calls(state: Any, layout: str) -> list[Json]:
    return [part for part in reading.parts(state, layout) if part["kind"] == "call"]


def _check_turn(expected: Json, state: Any, layout: str, errors: list[str]) -> None:
    wanted_errors = {"done": 0, "error": 1}[expected["outcome"]]
    assert len(errors) == wanted_errors, f"{expected['outcome']} was expected: {errors}"
    parts = reading.parts(state, layout)
    text, reasoning = (_joined(parts, kind) for kind in ("text", "reasoning"))
    assert text == expected.get("text", text)
    assert reasoning == expected.get("reasoning", reasoning)
    assert text.endswith(expected.get("text_ends", ""))
    if "text_not" in expected:
        assert not re.search(expected["text_not"], text), text
    if "error_not" in expected:
        assert not re.search(expected["error_not"], errors[0]), errors
    if "usage" in expected:
        assert reading.usage(state, layout) == expected["usage"]
    if "calls" in expected:
        _check_calls(expected["calls"], _calls(state, layout))


def _joined(parts: list[Json], kind: str) -> str:
    """The text of all parts of a kind, white space around it aside, as a browser has it: its strings are UTF-16."""
    text = "".join(part.get("text", "") for part in parts if part["kind"] == kind)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


def _check_calls(expected: list[Json], calls: list[Json]) -> None:
    shown = [{"name": call["name"], "args": _arguments(call["args"])} for call in calls]
    assert shown == [{"name": call["name"], "args": call["args"]} for call in expected]
    for wanted, call in zip(expected, calls, strict=True):
        for key in {"id", "result"} & wanted.keys():
            assert call.get(key) == wanted[key], call
        if "answered" in wanted:
            assert ("result" in call) is wanted["answered"], call


def _arguments(text: str) -> Any:
    """The arguments of a call; text that is no JSON is what it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _check_request(expected: Json, requests: list[Json]) -> None:
    number = expected["request"] % len(requests) if expected["request"] < 0 else expected["request"]
    assert number < len(requests), f"there were {len(requests)} requests to the provider"
    request = requests[number]
    for condition in expected.get("must", []):
        assert holds(condition, request, number), f"{condition} does not hold of {request['body']}"
    for condition in expected.get("must_not", []):
        assert not holds(condition, request, number), f"{condition} holds of {request['body']}"
