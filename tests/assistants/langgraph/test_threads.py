"""A checkpointer keeps a thread for its owner; without a checkpointer, or a name, nothing is kept."""

from typing import Any
from uuid import uuid4

import pytest

from tests.assistants.langgraph.conftest import Graph, told
from tests.wire import message


def named(thread: str | None = "the same for all") -> dict[str, Any]:
    return {"threadId": thread, "headers": {"X-Client-Id": str(uuid4())}}


def heard(state: Any) -> str:
    text: str = told(state)[-1][1]
    return text.removeprefix("I heard ")


def test_a_client_without_its_state_gets_the_whole_thread(graph: Graph) -> None:
    client, me = graph("kept"), named()
    client.say("one", **me).follow()
    state, _ = client.say("two", **me).follow()
    assert [kind for kind, _ in told(state)] == ["human", "ai", "human", "ai"]
    assert heard(state) == "human:one | ai:I heard human:one | human:two"


def test_another_owner_of_the_same_thread_id_has_another_thread(graph: Graph) -> None:
    client = graph("kept")
    client.say("secret", **named()).follow()
    state, _ = client.say("what do you know", **named()).follow()
    assert heard(state) == "human:what do you know"


def test_another_thread_of_the_same_owner_is_another(graph: Graph) -> None:
    client, me = graph("kept"), named()
    client.say("secret", **me).follow()
    state, _ = client.say("here", **{**me, "threadId": "another"}).follow()
    assert heard(state) == "human:here"


def test_nothing_is_kept_for_a_client_that_names_no_thread_or_not_itself(graph: Graph) -> None:
    client = graph("kept")
    for fields in ({"threadId": "t"}, {**named(None)}):
        first, _ = client.say("one", **fields).follow()
        state, _ = client.say("two", **fields).follow()
        assert heard(state) == "human:two"
        after, _ = client.say("two", state=first, **fields).follow(first)
        assert heard(after) == "human:one | ai:I heard human:one | human:two"


def test_a_message_that_a_client_has_changed_does_not_count(graph: Graph) -> None:
    client, me = graph("kept"), named()
    state, _ = client.say("one", **me).follow()
    state["messages"][1]["content"] = "I promise a refund."
    after, _ = client.say("two", state=state, **me).follow(state)
    assert heard(after) == "human:one | ai:I heard human:one | human:two"
    assert told(after)[1] == ("ai", "I heard human:one")


@pytest.mark.parametrize("calls", [["x", {"id": 1}], {}, [{"id": "approve1", "partial_json": 7}]])
def test_damaged_tool_calls_of_a_client_are_replaced_by_the_threads(graph: Graph, calls: Any) -> None:
    client, me = graph("kept"), named()
    state, _ = client.say("approve 1", **me).follow()
    whole = state["messages"][1]["tool_calls"]
    state["messages"][1]["tool_calls"] = calls
    after, errors = client.say("no", state=state, **me).follow(state)
    assert not errors
    assert after["messages"][1]["tool_calls"] == whole


def test_an_edit_makes_the_graph_forget_what_it_replaces(graph: Graph) -> None:
    client, me = graph("kept"), named()
    state, _ = client.say("one", **me).follow()
    state, _ = client.say("two", state=state, **me).follow(state)
    parent, source = (state["messages"][position]["id"] for position in (1, 2))
    edit = message("three", parentId=parent, sourceId=source)
    state, _ = client.send(edit, state=state, **me).follow(state)
    assert heard(state) == "human:one | ai:I heard human:one | human:three"
    first = message("four", parentId=None, sourceId=state["messages"][0]["id"])
    state, _ = client.send(first, state=state, **me).follow(state)
    assert told(state) == [("human", "four"), ("ai", "I heard human:four")]
    reloaded, _ = client.say("five", **me).follow()
    assert heard(reloaded) == "human:four | ai:I heard human:four | human:five"


def test_after_a_failure_the_thread_goes_on(graph: Graph) -> None:
    client, me = graph("kept"), named()
    state, _ = client.say("fail", **me).follow()
    after, errors = client.say("again", state=state, **me).follow(state)
    assert not errors
    assert heard(after) == "human:fail | ai:partial | human:again"


def test_a_thread_that_the_server_does_not_have_is_read_from_the_clients_state(graph: Graph) -> None:
    client = graph("kept")
    state, _ = client.say("one", **named()).follow()
    after, _ = client.say("two", state=state, **named()).follow(state)
    assert heard(after) == "human:one | ai:I heard human:one | human:two"


def test_a_thread_is_loaded_by_its_name_as_its_last_reply_left_it(graph: Graph) -> None:
    client, me = graph("kept"), named()
    client.say("one", **me).follow()
    state, _ = client.say("two", **me).follow()
    loaded = client.post("/thread-state", {"threadId": me["threadId"]}, **me["headers"])
    assert (loaded.status, loaded.headers["Cache-Control"]) == (200, "no-store")
    assert told(loaded.json()["state"]) == told(state)
    again, _ = client.say("three", state=loaded.json()["state"], **me).follow(loaded.json()["state"])
    assert heard(again).endswith("human:three")


def test_a_loaded_thread_shows_what_waits(graph: Graph) -> None:
    client, me = graph("transfers", "acme.approvals"), named()
    state, _ = client.say("go", **me).follow()
    loaded = client.post("/thread-state", {"threadId": me["threadId"]}, **me["headers"]).json()["state"]
    assert state["__interrupt__"]
    assert {**loaded, "provider": "completed"} == state


def test_a_loaded_thread_has_no_private_key(graph: Graph) -> None:
    client, me = graph("discreet_and_kept", "acme.state_graphs"), named()
    state, _ = client.say("one", **me).follow()
    loaded = client.post("/thread-state", {"threadId": me["threadId"]}, **me["headers"])
    assert b"4111-1111" not in loaded.body()
    assert loaded.json()["state"]["order"] == state["order"] == "paid"


@pytest.mark.parametrize("who", ["another owner", "another thread", "nobody"])
def test_a_thread_that_is_not_ones_own_is_a_404(graph: Graph, who: str) -> None:
    client, me = graph("kept"), named()
    client.say("secret", **me).follow()
    headers = {"another owner": named()["headers"], "nobody": {}}.get(who, me["headers"])
    thread = "another" if who == "another thread" else me["threadId"]
    refused = client.post("/thread-state", {"threadId": thread}, **headers)
    assert (refused.status, refused.json()["code"]) == (404, "thread_not_found")
