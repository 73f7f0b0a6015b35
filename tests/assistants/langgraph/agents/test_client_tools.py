"""The client's tools with langchain's create_agent and what is built on it, by the middleware ClientTools."""

import pytest

from tests.assistants.langgraph.agents.conftest import Converse

AGENTS = ["agent", "only_clients", "approving", "deep"]


@pytest.mark.parametrize("name", AGENTS)
def test_a_call_of_the_clients_ends_the_run_and_its_result_goes_on(converse: Converse, name: str) -> None:
    asked = converse(name)
    asked.say("get_weather Rome")
    assert asked.said() == [("ai", "I call.")]
    asked.answer({"sky": "pink"})
    assert asked.said()[1:] == [("tool", {"sky": "pink"}), ("ai", 'Tools said: {"sky": "pink"}')]
    asked.say("get_weather Oslo")
    assert asked.said() == [("ai", "I call.")]


@pytest.mark.parametrize("name", ["agent", "approving", "deep"])
def test_the_agents_own_calls_of_the_same_message_run_first(converse: Converse, name: str) -> None:
    asked = converse(name)
    asked.say("get_weather Rome, get_sky Oslo, get_sky Bern")
    skies = [("tool", "The sky of Oslo is clear."), ("tool", "The sky of Bern is clear.")]
    assert asked.said() == [("ai", "I call."), *skies]
    asked.answer("rain")
    answer = "Tools said: The sky of Oslo is clear. / The sky of Bern is clear. / rain"
    assert asked.said() == [("ai", "I call."), *skies, ("tool", "rain"), ("ai", answer)]


def test_a_tool_that_nobody_has_is_still_an_error(converse: Converse) -> None:
    asked = converse("agent")
    asked.say("no_such_tool Rome")
    assert "no_such_tool is not a valid tool" in asked.said()[1][1]
    assert asked.said()[-1][0] == "ai"


def test_a_user_may_write_instead_of_answering(converse: Converse) -> None:
    asked = converse("approving")
    asked.say("get_weather Rome")
    asked.say("get_sky Rome")
    assert asked.said() == [
        ("ai", "I call."),
        ("tool", "The sky of Rome is clear."),
        ("ai", "Tools said: The sky of Rome is clear."),
    ]
