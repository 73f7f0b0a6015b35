"""A graph's tools run on the server, a client's in the client; interrupts end a run and are resumed."""

from typing import Any

import pytest

from tests.assistants.langgraph.conftest import TOOLS, Graph, result, told
from tests.wire import message

NAMED = {"threadId": "t", "headers": {"X-Client-Id": "a-client-of-the-tools-tests"}}
UNANSWERED = "The tool call was interrupted and has no result."


def calls(state: Any) -> list[Any]:
    return next(list(m["tool_calls"]) for m in reversed(state["messages"]) if m.get("tool_calls"))


def test_a_failing_tool_is_an_error_that_the_graph_goes_on_from(graph: Graph) -> None:
    state, errors = graph("plain").say("sky Atlantis").follow()
    assert not errors
    assert state["messages"][2]["status"] == "error"
    assert "under water" in state["messages"][-1]["content"]


@pytest.mark.parametrize("name", ["plain", "kept"])
def test_a_clients_tool_ends_the_run_and_its_result_goes_on(graph: Graph, name: str) -> None:
    client = graph(name)
    state, _ = client.say("weather", tools=TOOLS, **NAMED).follow()
    assert [kind for kind, _ in told(state)][-2:] == ["human", "ai"]
    (call,) = calls(state)
    assert (call["name"], call["partial_json"]) == ("get_weather", '{"city": "Rome"}')
    after, errors = client.send(result(call, {"sky": "pink"}), state=state, tools=TOOLS, **NAMED).follow(state)
    assert not errors
    assert told(after)[-2:] == [("tool", {"sky": "pink"}), ("ai", 'The tool said {"sky": "pink"}.')]
    later, _ = client.say("Thanks", state=after, tools=TOOLS, **NAMED).follow(after)
    assert told(later)[-4] == ("tool", {"sky": "pink"})


@pytest.mark.parametrize("name", ["plain", "kept"])
def test_a_message_may_call_tools_of_both_sides(graph: Graph, name: str) -> None:
    client = graph(name)
    state, _ = client.say("weather Oslo Bergen", tools=TOOLS, **NAMED).follow()
    mine, *servers = calls(state)
    assert [kind for kind, _ in told(state)][-4:] == ["human", "ai", "tool", "tool"]
    assert {m["tool_call_id"] for m in state["messages"][-2:]} == {call["id"] for call in servers}
    after, _ = client.send(result(mine, "it broke", isError=True), state=state, tools=TOOLS, **NAMED).follow(state)
    assert [m["status"] for m in after["messages"][-4:-1]] == ["success", "success", "error"]
    assert told(after)[-1] == ("ai", "The tool said it broke.")


def test_a_graph_goes_on_once_every_call_of_the_client_has_a_result(graph: Graph) -> None:
    client = graph("plain")
    call = {"name": "get_weather", "args": {"city": "Rome"}}
    ai = {"id": "2", "type": "ai", "content": "", "tool_calls": [{"id": "a", **call}, {"id": "b", **call}]}
    state: Any = {"messages": [{"id": "1", "type": "human", "content": "weather"}, ai]}
    first, errors = client.send(result({"id": "a", **call}, 1), state=state, tools=TOOLS).follow(state)
    assert not errors
    assert [kind for kind, _ in told(first)] == ["human", "ai", "tool"]
    second, _ = client.send(result({"id": "b", **call}, 2), state=first, tools=TOOLS).follow(first)
    assert told(second)[-3:] == [("tool", "1"), ("tool", "2"), ("ai", "The tool said 2.")]


@pytest.mark.parametrize("name", ["plain", "kept"])
def test_a_user_may_write_instead_of_answering_a_call(graph: Graph, name: str) -> None:
    client = graph(name)
    state, _ = client.say("weather", tools=TOOLS, **NAMED).follow()
    (call,) = calls(state)
    after, errors = client.say("never mind", state=state, tools=TOOLS, **NAMED).follow(state)
    assert not errors
    assert told(after)[-3:-1] == [("tool", UNANSWERED), ("human", "never mind")]
    late, errors = client.send(result(call, "late"), state=after, tools=TOOLS, **NAMED).follow(after)
    assert not errors
    assert told(late)[-3:-1] == [("tool", "late"), ("human", "never mind")]
    again, _ = client.say("and now", state=late, tools=TOOLS, **NAMED).follow(late)
    assert "tool:late | human:never mind" in again["messages"][-1]["content"]


def test_the_client_configures_the_graph_but_not_its_tools(graph: Graph) -> None:
    tools = {**TOOLS, "get_sky": {"description": "Not the client's."}}
    settings = {"temperature": 0.5}
    request = message("hi")
    state, _ = graph("around").send(request, tools=tools, system="Be brief.", callSettings=settings).follow()
    (said,) = [text for _, text in told(state) if text.startswith("whole ")]
    assert "'function': {'name': 'get_weather', 'description': 'The weather.'" in said
    assert "'system': 'Be brief.', 'call_settings': {'temperature': 0.5}" in said
    assert "get_sky" not in said


def test_an_interrupt_ends_the_run_and_a_resume_command_goes_on(graph: Graph) -> None:
    client = graph("kept")
    state, errors = client.say("approve 7", **NAMED).follow()
    assert not errors
    assert state["provider"] == "completed"
    (interrupt,) = state["__interrupt__"]
    assert interrupt["value"] == {"amount": 7}
    after, errors = client.send({"type": "resume", "value": "yes"}, state=state, **NAMED).follow(state)
    assert not errors
    assert after["__interrupt__"] == []
    assert told(after)[-2:] == [("tool", "7: yes"), ("ai", "The tool said 7: yes.")]


def test_an_interrupted_tool_is_resumed_by_its_result(graph: Graph) -> None:
    client = graph("kept")
    state, _ = client.say("approve 8", **NAMED).follow()
    (call,) = calls(state)
    after, errors = client.send(result(call, "fine"), state=state, **NAMED).follow(state)
    assert not errors
    assert told(after)[-2:] == [("tool", "8: fine"), ("ai", "The tool said 8: fine.")]


def test_a_new_message_abandons_an_interrupt(graph: Graph) -> None:
    client = graph("kept")
    state, _ = client.say("approve 9", **NAMED).follow()
    after, errors = client.say("no", state=state, **NAMED).follow(state)
    assert not errors
    assert after["__interrupt__"] == []
    assert told(after)[-3:-1] == [("tool", UNANSWERED), ("human", "no")]
    unasked = client.send({"type": "resume", "value": 1}, state=after, **NAMED)
    assert (unasked.status, unasked.json()["error"]) == (400, "Nothing waits for an answer on this thread.")
