"""What a graph writes beside its state reaches the client, but for what is private."""

from typing import Any

from tests.assistants.langgraph.conftest import Graph, told
from tests.server import Server

MODULE = "acme.custom_graphs"
CHART = {"type": "ui", "id": "chart", "name": "chart", "props": {"bars": [1], "title": "Bars"}}


def test_custom_events_are_those_of_the_last_run(graph: Graph) -> None:
    client = graph("writing", MODULE)
    state, errors = client.say("go").follow()
    assert not errors
    assert state["__custom__"] == [{"progress": 0.5}, {"progress": 1}, {"counted": 1}]
    again, _ = client.say("go", state=state).follow(state)
    assert again["__custom__"] == state["__custom__"]


def test_events_that_cannot_be_json_are_logged_once(graph: Graph, servers: dict[str, Server]) -> None:
    for _ in range(2):
        graph("writing", MODULE).say("go").body()
    assert servers[f"langgraph:{MODULE}:writing"].log().count("A custom event of the graph is not sent") == 1


def test_what_a_graph_within_a_tool_writes_is_not_shown(graph: Graph) -> None:
    assert b"secret" not in graph("writing", MODULE).say("go").body()


def test_messages_for_the_ui_arrive_as_they_are_pushed_and_are_those_of_the_state(graph: Graph) -> None:
    state, _ = graph("writing", MODULE).say("go").follow()
    (chart,) = state["ui"]
    assert {key: chart[key] for key in CHART} == CHART
    assert chart["metadata"]["message_id"] == state["messages"][1]["id"]
    shown: list[Any] = []
    with graph("writing", MODULE).say("go") as reply:
        for _, operations in reply.frames():
            shown += [each["path"] for each in operations if each["path"][:1] in (["ui"], ["messages"])]
    assert shown.index(["ui"]) < shown.index(["messages", "1"])


def test_messages_for_the_ui_stay_private_where_the_output_schema_leaves_them_out(graph: Graph) -> None:
    reply = graph("discreet", MODULE).say("go")
    assert b"chart" not in reply.body().replace(b"See the chart.", b"")


def test_a_clients_own_damaged_keys_do_no_harm(graph: Graph) -> None:
    for damaged in ({"ui": [1, {"id": "chart"}], "__custom__": 7}, {"ui": "x", "__custom__": {"a": 1}}):
        state, errors = graph("writing", MODULE).say("go", state=damaged).follow(damaged)
        assert not errors
        assert [each["id"] for each in state["ui"]] == ["chart"]
        assert len(state["__custom__"]) == 3


def test_steps_that_drop_what_they_streamed_do_not_send_the_conversation_again(graph: Graph) -> None:
    before = {"messages": [{"id": str(n), "type": "human", "content": "x" * 3100} for n in range(100)]}
    reply = graph("dropping", MODULE).say("go", state=before)
    assert len(reply.body()) < 40_000
    state, _ = graph("dropping", MODULE).say("go", state=before).follow(before)
    assert told(state)[100:] == [("human", "go"), ("ai", "Answered.")]
    assert len(state["steps"]) == 14
