"""Approvals by langchain's HumanInTheLoopMiddleware: each decision reaches the call that it is about."""

import json
from typing import Any

import pytest

from tests.assistants.langgraph.agents.conftest import Conversation, Converse

APPROVE, REJECT = {"type": "approve"}, {"type": "reject", "message": "Not him."}


def requested(asked: Conversation) -> list[Any]:
    """The arguments of the calls that wait for one decision together."""
    return [request["args"] for request in asked.waiting[0]["action_requests"]]


@pytest.mark.parametrize("name", ["approving", "deep"])
def test_two_calls_wait_together_one_is_approved_and_one_denied(converse: Converse, name: str) -> None:
    asked = converse(name)
    asked.say("transfer ann, transfer bob")
    assert requested(asked) == [{"to": "ann"}, {"to": "bob"}]
    asked.resume({"decisions": [APPROVE, REJECT]})
    assert asked.waiting == []
    results = dict(
        zip(("ann", "bob"), sorted(text for kind, text in asked.said() if kind == "tool")[::-1], strict=True)
    )
    assert results["ann"] == "sent to ann"
    assert results["bob"] == "User rejected the tool call for `transfer` with reason: Not him."
    asked.say("transfer eve")
    assert requested(asked) == [{"to": "eve"}]
    asked.resume({"decisions": [APPROVE]})
    assert ("tool", "sent to eve") in asked.said()


def test_decisions_that_do_not_fit_leave_the_calls_waiting(converse: Converse) -> None:
    asked = converse("approving")
    asked.say("transfer ann, transfer bob")
    (error,) = asked.post({"type": "resume", "value": {"decisions": [APPROVE]}})
    assert "The assistant failed" in error
    assert requested(asked) == [{"to": "ann"}, {"to": "bob"}]
    asked.resume({"decisions": [REJECT, REJECT]})
    assert not [text for _, text in asked.said() if "sent" in text]


def test_an_edited_call_runs_as_it_was_edited(converse: Converse) -> None:
    asked = converse("approving")
    asked.say("transfer ann")
    edited = {"type": "edit", "edited_action": {"name": "transfer", "args": {"to": "eve"}}}
    asked.resume({"decisions": [edited]})
    (said,) = [text for kind, text in asked.said() if kind == "tool"]
    assert said.endswith("sent to eve")


def test_a_call_of_the_clients_beside_one_that_waits(converse: Converse) -> None:
    asked = converse("approving")
    asked.say("transfer ann, get_weather Rome")
    assert requested(asked) == [{"to": "ann"}]
    asked.resume({"decisions": [APPROVE]})
    assert asked.said() == [("ai", "I call."), ("tool", "sent to ann")]
    asked.answer("rain")
    assert asked.said()[2:] == [("tool", "rain"), ("ai", "Tools said: sent to ann / rain")]


def test_a_wrong_decision_leaves_its_call_waiting_and_runs_no_other_twice(converse: Converse) -> None:
    asked = converse("each_call")
    asked.say("transfer ann, transfer bob")
    ann, bob = asked.ids()
    assert asked.post({"type": "resume", "value": {bob: {"type": "maybe"}, ann: APPROVE}})
    assert [each["args"] for each in asked.waiting] == [{"to": "bob"}]
    asked.resume({bob: REJECT})
    assert next(text for kind, text in asked.said() if kind == "tool") == "sent to ann"
    assert asked.said()[-1][1].count("sent to") == 1


def test_calls_that_wait_each_for_themselves_are_answered_by_their_ids(converse: Converse) -> None:
    asked = converse("each_call")
    asked.say("transfer ann, get_sky Rome, transfer bob")
    assert [each["args"] for each in asked.waiting] == [{"to": "ann"}, {"to": "bob"}]
    ann, bob = asked.ids()
    (schema,) = {
        json.dumps(each["response_schema"]["discriminator"]["mapping"]) for each in asked.state["__interrupt__"]
    }
    assert list(json.loads(schema)) == ["approve", "edit", "reject"]
    asked.resume({bob: REJECT})
    assert [each["args"] for each in asked.waiting] == [{"to": "ann"}]
    asked.resume({ann: APPROVE})
    assert asked.waiting == []
    assert asked.said()[1:4] == [
        ("tool", "sent to ann"),
        ("tool", "The sky of Rome is clear."),
        ("tool", "User rejected the tool call for `transfer` with reason: Not him."),
    ]
