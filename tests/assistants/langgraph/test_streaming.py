"""A graph's messages are streamed as they are written, and end as they are in the graph's own state."""

import itertools
import re
from typing import Any

import pytest

from tests.assistants.langgraph.conftest import Graph, told
from tests.wire import apply


@pytest.mark.parametrize("sse", [False, True])
def test_each_word_arrives_before_the_next_is_written(graph: Graph, sse: bool) -> None:
    client = graph("plain")
    state: Any = None
    with client.say("count 3", sse=sse) as reply:
        frames = reply.frames()
        for text in ("0 ", "0 1 ", "0 1 2 "):
            while not state or state["messages"][-1]["content"] != text:
                state = apply(state, next(frames)[1])
            client.say("go on").follow()
        for kind, operations in frames:
            assert kind == "state"
            state = apply(state, operations)
    assert told(state) == [("human", "count 3"), ("ai", "0 1 2 ")]
    assert state["provider"] == "completed"


def test_reasoning_arguments_and_results_are_streamed_and_only_grow(graph: Graph) -> None:
    states: list[Any] = [None]
    with graph("plain").say("sky Paris Rome") as reply:
        for _, operations in reply.frames():
            for operation in operations:
                states.append(apply(states[-1], [operation]))
    arguments: dict[str, list[str]] = {}
    for state in states[1:]:
        for message in state["messages"]:
            for call in message.get("tool_calls", []):
                arguments.setdefault(call["id"], []).append(call["partial_json"])
    for texts in arguments.values():
        assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(texts))
        assert len(set(texts)) > 1
    human, ai, first, second, conclusion = states[-1]["messages"]
    assert human["content"] == "sky Paris Rome"
    assert ai["additional_kwargs"]["reasoning"]["summary"] == [{"type": "summary_text", "text": "Let me think."}]
    assert ai["content"] == "I look."
    assert [call["args"] for call in ai["tool_calls"]] == [{"city": "Paris"}, {"city": "Rome"}]
    assert (first["content"], first["status"]) == ('{"city": "Paris", "sky": "clear"}', "success")
    assert conclusion["content"] == f"The tool said {second['content']}."
    told(states[-1])


def test_ids_do_not_change_while_a_reply_is_streamed(graph: Graph) -> None:
    ids: list[list[str]] = [[]]
    state: Any = None
    with graph("plain").say("sky Paris") as reply:
        for _, operations in reply.frames():
            state = apply(state, operations)
            ids.append([message["id"] for message in state["messages"]])
    assert all(later[: len(earlier)] == earlier for earlier, later in itertools.pairwise(ids))


def test_the_users_message_keeps_the_clients_id(graph: Graph) -> None:
    command = {
        "type": "add-message",
        "message": {"id": "mine", "role": "user", "parts": [{"type": "text", "text": "a"}]},
    }
    state, _ = graph("plain").send(command).follow()
    assert state["messages"][0] == {"id": "mine", "type": "human", "content": "a"}


def test_a_message_that_gets_its_providers_id_late_is_one_message(graph: Graph) -> None:
    state, _ = graph("plain").say("named").follow()
    assert told(state) == [("human", "named"), ("ai", "It has a name.")]
    assert state["messages"][1]["id"] == "msg_1"


def test_signed_thinking_survives_the_round_trip(graph: Graph) -> None:
    client = graph("plain")
    state, _ = client.say("blocks").follow()
    thinking, text = state["messages"][1]["content"]
    assert (thinking["thinking"], thinking["signature"], text["text"]) == ("Hm.", "s1gned", "Here.")
    after, errors = client.say("and", state=state).follow(state)
    assert not errors
    assert after["messages"][1] == state["messages"][1]


def test_the_tokens_of_a_run_are_on_its_last_message(graph: Graph) -> None:
    state, _ = graph("plain").say("sky Paris").follow()
    usage = [message.get("usage_metadata") for message in state["messages"]]
    assert usage == [None, None, None, {"input_tokens": 30, "output_tokens": 9, "total_tokens": 39}]


def test_other_keys_that_are_json_are_streamed_after_each_step(graph: Graph) -> None:
    state, _ = graph("plain").say("sky Paris", state={"mine": 1}).follow({"mine": 1})
    assert state["mine"] == 1
    assert state["steps"] == ["agent", "agent"]
    assert "secret" not in state


def test_objects_dates_and_sets_become_json_and_what_cannot_is_left_out(graph: Graph) -> None:
    reply = graph("rich", "acme.state_graphs").say("go")
    assert b"secret instructions" not in reply.body()
    state, errors = graph("rich", "acme.state_graphs").say("go").follow()
    assert not errors
    assert state["invoice"] == {"number": 7, "due": "2026-03-01T12:00:00Z"}
    assert state["sources"][0]["page_content"] == "Pay in 14 days."
    assert state["sources"][0]["metadata"] == {"page": 2}
    assert (state["at"], state["ticket"]) == ("2026-03-01T12:00:00Z", "00000000-0000-0000-0000-000000000005")
    assert state["labels"] == ["unpaid"]
    assert [each["content"] for each in state["instructions"]] == ["noted"]
    assert "number" not in state


def test_a_result_that_is_late_leaves_alone_what_stands_before_it(graph: Graph) -> None:
    before = {"messages": [{"id": str(n), "type": "human", "content": "x" * 2450} for n in range(100)]}
    reply = graph("late_first", "acme.state_graphs").say("go", state=before)
    assert len(reply.body()) < 3000
    state, _ = graph("late_first", "acme.state_graphs").say("go", state=before).follow(before)
    assert told(state)[-3:] == [("tool", "waited 1"), ("tool", "waited 2"), ("ai", "Both are done.")]


def test_what_models_and_graphs_say_within_a_tool_is_not_shown(graph: Graph) -> None:
    body = graph("researching", "acme.state_graphs").say("go").body()
    assert b"thinking aloud" not in body
    assert b"I look." not in body
    state, _ = graph("researching", "acme.state_graphs").say("go").follow()
    assert told(state)[-2:] == [("tool", "4 messages about skies"), ("ai", "Researched.")]


def test_a_key_that_the_output_schema_leaves_out_stays_private(graph: Graph) -> None:
    reply = graph("discreet", "acme.state_graphs").say("go")
    assert b"4111-1111" not in reply.body()
    state, _ = graph("discreet", "acme.state_graphs").say("go").follow()
    assert (state["order"], told(state)[-1]) == ("paid", ("ai", "Charged the card that ends in 1111."))


def test_messages_of_subgraphs_and_without_a_model_are_shown_and_those_that_the_state_lacks_are_removed(
    graph: Graph,
) -> None:
    seen: set[str] = set()
    state: Any = None
    with graph("around").say("sky Paris") as reply:
        for _, operations in reply.frames():
            for operation in operations:
                state = apply(state, [operation])
                seen |= {str(message["content"]) for message in state["messages"]}
    assert any("classify this" in text for text in seen)
    kinds = [kind for kind, _ in told(state)]
    assert kinds == ["human", "ai", "tool", "ai", "ai"]
    assert state["messages"][-1]["content"].startswith("whole ")


def test_a_graph_whose_state_has_no_messages_is_streamed(graph: Graph) -> None:
    state, _ = graph("only", "acme.state_graphs").say("hi").follow()
    assert told(state) == [("human", "hi"), ("ai", "I heard human:hello")]
    assert state["answer"] == "I heard human:hello"


def test_a_message_that_a_graph_removes_is_removed(graph: Graph) -> None:
    state, _ = graph("forgetful", "acme.state_graphs").say("hi").follow()
    assert told(state) == [("ai", "Forgotten.")]


def test_a_failure_is_a_neutral_sentence_and_what_was_written_stays(graph: Graph) -> None:
    client = graph("plain")
    state, errors = client.say("fail").follow()
    assert re.fullmatch(r"The assistant failed. Please try again. \(Error \w+\)", errors[0])
    assert told(state) == [("human", "fail"), ("ai", "partial")]
    assert state["provider"] == "error"
    after, errors = client.say("go", state=state).follow(state)
    assert not errors
    assert told(after)[-1] == ("ai", "I heard human:fail | ai:partial | human:go")


def test_a_reader_that_disconnects_cancels_the_graph(graph: Graph) -> None:
    client = graph("plain")
    with client.say("count 3") as reply:
        for _, operations in reply.frames():
            if "0 " in str(operations):
                break
    state, errors = client.say("was it cancelled").follow()
    assert not errors
    assert state["provider"] == "completed"
