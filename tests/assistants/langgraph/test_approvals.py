"""A person's answer reaches the question that was asked, and nothing else is ever taken for an approval."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.assistants.langgraph.conftest import Graph, result, told
from tests.wire import Client, Reply, message

TRANSFERS = ["transfers", "nested_transfers"]
TOOLS = {"pick_date": {"description": "A calendar.", "parameters": {"type": "object", "properties": {}}}}


def resume(value: Any) -> dict[str, Any]:
    return {"type": "resume", "value": value}


def answer(name: str, value: Any, tool: str = "transfer", **fields: Any) -> dict[str, Any]:
    return result({"id": f"call-{name}", "name": tool}, value, **fields)


class Conversation:
    """A client's conversation on a thread of its own, which keeps the state that the last reply left."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._named = {"threadId": "t", "headers": {"X-Client-Id": str(uuid4())}, "tools": TOOLS}
        self.state: Any = None

    def post(self, *commands: Any) -> Reply:
        return self._client.send(*commands, state=self.state, **self._named)

    def send(self, *commands: Any) -> list[str]:
        """Sends commands and follows the reply; returns the errors in it."""
        self.state, errors = self.post(*commands).follow(self.state)
        return errors

    def refused(self, *commands: Any) -> str:
        """Sends commands that must be refused without any effect; returns why they were."""
        before = [*self.waiting]
        reply = self.post(*commands)
        assert reply.status == 400, reply.body()
        assert self.reloaded() == before
        return str(reply.json()["error"])

    def reloaded(self) -> list[Any]:
        """What waits, as a client is told that has no state of it."""
        before = {**self.state, "__interrupt__": []}
        state, errors = self._client.send(state=before, **self._named).follow(before)
        assert not errors
        return [each["value"] for each in state["__interrupt__"]]

    def cancel(self, reply: Reply) -> None:
        stopped = self._client.post("/cancel", {"runId": reply.headers["X-Run-Id"]}, **self._named["headers"])
        assert stopped.status == 202

    @property
    def waiting(self) -> list[Any]:
        return [each["value"] for each in self.state["__interrupt__"]]

    def id(self, value: Any) -> str:
        return next(str(each["id"]) for each in self.state["__interrupt__"] if each["value"] == value)


Converse = Callable[[str], Conversation]

ROOM, FLIGHT = {"question": "Book the room?"}, {"question": "Book the flight?"}
ANN, BOB = {"transfer": "ann"}, {"transfer": "bob"}


@pytest.fixture
def converse(graph: Graph) -> Converse:
    """Begins a conversation with one of acme.approvals, which then waits for its answers."""

    def begin(name: str) -> Conversation:
        conversation = Conversation(graph(name, "acme.approvals"))
        assert not conversation.send(message("go"))
        return conversation

    return begin


def test_every_question_is_shown_and_answered_by_its_id(converse: Converse) -> None:
    asked = converse("journey")
    assert asked.waiting == [ROOM, FLIGHT]
    assert not asked.send(resume({asked.id(FLIGHT): "no"}))
    assert asked.waiting == [ROOM]
    assert not asked.send(resume("yes"))
    assert asked.waiting == []
    assert told(asked.state)[-1] == ("ai", "flight=no room=yes")


def test_several_answers_of_one_request_are_given_together(converse: Converse) -> None:
    asked = converse("journey")
    assert not asked.send(resume({asked.id(ROOM): "no"}), resume({asked.id(FLIGHT): "yes"}))
    assert told(asked.state)[-1] == ("ai", "flight=yes room=no")


def test_an_answer_without_an_id_is_refused_where_several_wait(converse: Converse) -> None:
    asked = converse("journey")
    assert "Which interrupt is answered?" in asked.refused(resume("yes"))
    assert "Which interrupt is answered?" in asked.refused(resume({"decision": "yes"}))


def test_an_answer_to_what_does_not_wait_is_refused(converse: Converse) -> None:
    asked = converse("journey")
    room = asked.id(ROOM)
    assert "names an interrupt that does not wait" in asked.refused(resume({room: "yes", "0" * 32: "yes"}))
    assert "answered twice" in asked.refused(resume({room: "yes"}), resume({room: "no"}))
    asked.send(resume({room: "no"}))
    assert "names an interrupt that does not wait" in asked.refused(resume({room: "yes"}))
    asked.send(resume("no"))
    assert asked.post(resume("yes")).status == 400


def test_without_a_kept_thread_nothing_can_be_answered(graph: Graph) -> None:
    client = graph("journey", "acme.approvals")
    state, _ = client.say("go").follow()
    assert len(state["__interrupt__"]) == 2
    reply = client.send(resume("yes"), state=state)
    assert (reply.status, reply.json()["error"]) == (400, "Nothing waits for an answer on this thread.")


@pytest.mark.parametrize("name", TRANSFERS)
def test_each_call_gets_the_result_that_is_its_own(converse: Converse, name: str) -> None:
    asked = converse(name)
    assert asked.waiting == [ANN, BOB]
    assert not asked.send(answer("ann", "yes"), answer("bob", "no"))
    assert asked.waiting == []
    assert told(asked.state)[2:] == [("tool", "sent to ann"), ("tool", "nothing sent to bob")]


def test_the_result_of_one_call_leaves_the_other_waiting(converse: Converse) -> None:
    asked = converse("transfers")
    assert not asked.send(answer("bob", "yes"))
    assert asked.waiting == [ANN]
    assert [text for kind, text in told(asked.state) if kind == "tool"] == ["sent to bob"]


def test_the_result_of_a_clients_tool_approves_nothing_and_is_not_lost(converse: Converse) -> None:
    asked = converse("transfers")
    assert not asked.send(answer("date", "yes", "pick_date"))
    assert asked.waiting == [ANN, BOB]
    assert told(asked.state)[2:] == [("tool", "yes")]
    assert not asked.send(answer("ann", "no"), answer("bob", "no"))
    said = [*told(asked.state)[2:]]
    assert sorted(said) == [("tool", "nothing sent to ann"), ("tool", "nothing sent to bob"), ("tool", "yes")]
    assert not asked.send(message("and now"))
    assert told(asked.state)[2:5] == said


def test_an_error_is_no_approval(converse: Converse) -> None:
    asked = converse("transfers")
    assert not asked.send(answer("ann", "yes", isError=True))
    assert asked.waiting == [ANN, BOB]


def test_a_result_for_a_call_that_does_not_wait_is_refused(converse: Converse) -> None:
    asked = converse("transfers")
    assert "'call-eve' waits for no result" in asked.refused(answer("eve", "yes"))


def test_an_answer_that_fails_leaves_the_question_and_the_next_one_counts(converse: Converse) -> None:
    asked = converse("booking")
    for wrong in ("tomorrow", "someday"):
        (error,) = asked.send(resume(wrong))
        assert "The assistant failed" in error
        assert asked.waiting == [{"question": "Which day?"}]
    assert not asked.send(resume("2026-03-01"))
    assert asked.waiting == []
    assert told(asked.state)[-1] == ("ai", "Booked for 01 March.")


def test_an_approval_whose_run_was_stopped_is_withdrawn(converse: Converse) -> None:
    asked = converse("slow")
    with asked.post(resume("yes")) as reply:
        next(reply.frames())
        asked.cancel(reply)
        asked.state, _ = reply.follow(asked.state)
    assert asked.reloaded() == [{"question": "Pay?"}]
    assert not asked.send(resume("no"))
    assert told(asked.state)[-1] == ("ai", "Not paid.")


def test_the_same_answer_sent_twice_counts_once(converse: Converse) -> None:
    asked = converse("slow")
    with asked.post(resume("yes")) as reply:
        next(reply.frames())
        second = asked.post(resume("yes"))
        assert second.status == 400
        assert second.json()["error"] == "The graph goes on with an earlier answer right now."
        asked.cancel(reply)


@pytest.mark.parametrize("order", [1, -1])
def test_an_answer_and_a_message_of_one_request_both_count(converse: Converse, order: int) -> None:
    asked = converse("introduction")
    assert not asked.send(*[resume("Ann"), message("and good morning")][::order])
    assert told(asked.state) == [
        ("human", "go"),
        ("ai", "Ann, you said: go"),
        ("human", "and good morning"),
        ("ai", "Ann, you said: go / and good morning"),
    ]
