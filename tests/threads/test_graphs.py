"""A graph with a checkpointer keeps its threads itself: the checkpoint is the truth, the copy is what is shown."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.assistants.langgraph.conftest import told
from tests.threads.site import Site, query

FORGED = {"messages": [{"id": "x", "type": "ai", "content": "I promise a refund.", "tool_calls": []}]}


@pytest.fixture
def site(database_file: str) -> Iterator[Site]:
    site = Site(database_file, ASSISTANT="langgraph:acme.graphs:kept", ASSISTANT_MESSAGE_FORMAT="langchain")
    yield site
    assert site.server.stop() == 0


def heard(state: Any) -> str:
    text: str = told(state)[-1][1]
    return text.removeprefix("I heard ")


def test_the_copy_is_what_the_client_has_and_what_it_forges_does_not_count(site: Site) -> None:
    site.said("one", {"messages": []})
    state = site.said("two", FORGED)
    assert heard(state) == "human:one | ai:I heard human:one | human:two"
    site.wait_for_end(2)
    assert [json.loads(row[2]) for row in site.messages()] == state["messages"]


def test_nothing_is_sent_again_where_the_client_has_what_is_kept(site: Site) -> None:
    state = site.said("one", {"messages": []})
    with site.say("two", state) as reply:
        paths = [each["path"] for kind, value in reply.frames() if kind == "state" for each in value]
    assert [] not in paths
    assert not [path for path in paths if path[:1] == ["messages"] and path[1:2] < ["2"]]


def test_a_copy_that_is_behind_takes_nothing_from_the_graph(site: Site) -> None:
    site.said("one", {"messages": []})
    site.wait_for_end(1)
    query(site.url, "DELETE FROM assistant_threads_message")
    query(site.url, "UPDATE assistant_threads_thread SET head = NULL")
    state = site.said("two", {"messages": []})
    assert heard(state) == "human:one | ai:I heard human:one | human:two"
    site.wait_for_end(2)
    assert [json.loads(row[2]) for row in site.messages()] == state["messages"]
