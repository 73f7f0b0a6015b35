"""Several agents in one graph: the client sees what the graph's state has, and who says it."""

from tests.assistants.langgraph.agents.conftest import Converse


def test_a_supervisor_and_its_agent(converse: Converse) -> None:
    asked = converse("supervised")
    asked.say("look it up")
    assert [kind for kind, _ in asked.said()] == ["ai", "tool", "ai", "ai", "tool", "ai"]
    assert asked.said()[2] == ("ai", "I looked it up.")
    assert asked.names() == ["supervisor", "researcher", "researcher", "supervisor"]
    assert asked.said()[-1] == ("ai", "All done.")


def test_a_swarm_goes_on_with_the_agent_that_was_handed_to_and_its_clients_tools(converse: Converse) -> None:
    asked = converse("swarm")
    asked.say("get_weather Rome")
    assert asked.state["active_agent"] == "bob"
    assert asked.names() == ["alice", "bob"]
    asked.say("get_weather Rome, get_sky Oslo")
    asked.answer("rain")
    assert asked.said()[-1] == ("ai", "Tools said: The sky of Oslo is clear. / rain")


def test_an_agent_that_writes_files_and_asks_a_helper(converse: Converse) -> None:
    asked = converse("deep")
    asked.say("write_file /notes.md, task Oslo")
    assert asked.said()[2] == ("tool", "hm")
    assert asked.said()[-1][0] == "ai"
    assert asked.state["files"]["/notes.md"]["content"] == "noted"
    assert not [key for key in asked.state if key.startswith("_") and key != "__interrupt__"]


def test_a_summary_takes_the_place_of_what_it_sums_up(converse: Converse) -> None:
    asked = converse("summarizing")
    for city in ("Rome", "Oslo", "Bern"):
        asked.say(f"get_sky {city}")
    summary = asked.state["messages"][0]
    assert "They spoke of skies." in summary["content"]
    assert (summary["type"], summary["additional_kwargs"]) == ("human", {"lc_source": "summarization"})


def test_agents_that_run_at_the_same_time_in_subgraphs(converse: Converse) -> None:
    asked = converse("mapped")
    asked.say("look")
    said = [(each.get("name"), each["content"]) for each in asked.state["messages"] if each["type"] == "ai"]
    assert said[-1] == ("chief", "Both are clear.")
    for city in ("Rome", "Oslo"):
        assert ("looker", f"Tools said: The sky of {city} is clear.") in said
