"""A person decides calls of tools that need it: nothing runs before, nothing without, and nothing twice."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.assistants.llm.approving import OTHER, PAY, THREAD, TOOLS, Payer, approve, decide, edit, reject
from tests.assistants.llm.conftest import LAYOUTS, Chat, starting
from tests.providers import Say, Use, answer
from tests.wire import message


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[Chat, Path]]]:
    kept: dict[str, tuple[Chat, Path]] = {}
    with starting() as start:

        def shop(layout: str) -> tuple[Chat, Path]:
            if layout not in kept:
                payments = tmp_path_factory.mktemp(layout) / "payments"
                kept[layout] = start("chat", layout, PAYMENTS=str(payments), **TOOLS), payments
            return kept[layout]

        yield shop


@pytest.fixture(params=LAYOUTS)
def payer(request: pytest.FixtureRequest, shops: Callable[[str], tuple[Chat, Path]]) -> Payer:
    chat, payments = shops(request.param)
    chat.stub.forget()
    payments.unlink(missing_ok=True)
    return Payer(chat, payments)


@pytest.fixture
def parts_payer(shops: Callable[[str], tuple[Chat, Path]]) -> Payer:
    """In the layout parts, for what no layout changes."""
    chat, payments = shops("parts")
    chat.stub.forget()
    payments.unlink(missing_ok=True)
    return Payer(chat, payments)


def altering(state: Any, **replaced: str) -> Any:
    """The state as a client might alter it."""
    text = json.dumps(state)
    for old, new in replaced.items():
        text = re.sub(rf"\b{old}\b", new, text)
    return json.loads(text)


def results(payer: Payer) -> list[str]:
    """The results in the model's last request."""
    return [item[2] for item in payer.chat.stub.requests[-1].conversation if item[0] == "result"]


def test_a_call_waits_and_nothing_has_run(payer: Payer) -> None:
    payer.chat.stub.answer(answer(Say(["I pay."]), PAY))
    state = payer.say("Pay Ann 5")
    (question,) = payer.questions(state)
    assert payer.paid() == []
    assert len(payer.chat.stub.requests) == 1
    assert "result" not in payer.chat.parts(state)[-1]
    assert state["provider"] == "completed"
    if payer.chat.layout == "langchain":
        assert state["__interrupt__"] == [
            {
                "id": question,
                "value": {
                    "action_requests": [
                        {"name": "pay", "args": {"to": "Ann", "amount": 5}, "description": "Pays somebody."}
                    ],
                    "review_configs": [{"action_name": "pay", "allowed_decisions": ["approve", "edit", "reject"]}],
                },
            }
        ]
    else:
        assert payer.approvals(state) == [{"id": question}]


def test_an_approved_call_runs_once_and_the_model_goes_on(payer: Payer) -> None:
    payer.chat.stub.answer(answer(PAY), answer(Say(["Done."])))
    state = payer.say("Pay Ann 5")
    (question,) = payer.questions(state)
    state = payer.decide(state, **{question: approve()})
    assert payer.paid() == ["pay Ann 5"]
    assert payer.questions(state) == []
    assert payer.approvals(state) == [{"id": question, "approved": True}]
    assert payer.chat.parts(state)[-1]["text"] == "Done."
    assert results(payer) == ["5 paid to Ann"]
    assert payer.refused(state, **{question: approve()}) == (409, "approval_decided")
    assert payer.paid() == ["pay Ann 5"]


def test_a_denied_call_never_runs_and_the_model_reads_why(payer: Payer) -> None:
    payer.chat.stub.answer(answer(PAY), answer(Say(["As you wish."])))
    state = payer.say("Pay Ann 5")
    (question,) = payer.questions(state)
    state = payer.decide(state, **{question: reject("too much")})
    assert payer.paid() == []
    assert payer.approvals(state) == [{"id": question, "approved": False, "reason": "too much"}]
    assert "did not allow" in results(payer)[0]
    assert "too much" in results(payer)[0]
    assert "7f0d3a52" not in results(payer)[0]
    assert payer.refused(state, **{question: approve()}) == (409, "approval_decided")
    assert payer.paid() == []


def test_an_edited_call_runs_with_the_persons_arguments_and_the_model_is_told(payer: Payer) -> None:
    payer.chat.stub.answer(answer(PAY), answer(Say(["Three, then."])))
    state = payer.say("Pay Ann 5")
    (question,) = payer.questions(state)
    state = payer.decide(state, **{question: edit("pay", to="Ann", amount=3)})
    assert payer.paid() == ["pay Ann 3"]
    assert payer.approvals(state) == [
        {"id": question, "approved": True, "optionId": "edit", "text": '{"to": "Ann", "amount": 3}'}
    ]
    call = payer.chat.parts(state)[0]
    assert (call["args"], call["result"]) == ('{"to": "Ann", "amount": 5}', "3 paid to Ann")
    assert '{"to": "Ann", "amount": 3}' in results(payer)[0]
    assert "3 paid to Ann" in results(payer)[0]


@pytest.mark.parametrize(
    "wrong",
    [edit("pay", to="Ann", amount=0), edit("pay", to="Ann"), edit("refund", amount=1), {"type": "yes"}, True, {}],
)
def test_a_decision_that_makes_no_sense_decides_nothing(parts_payer: Payer, wrong: Any) -> None:
    parts_payer.chat.stub.answer(answer(PAY), answer(Say(["Done."])))
    state = parts_payer.say("Pay Ann 5")
    (question,) = parts_payer.questions(state)
    assert parts_payer.refused(state, **{question: wrong}) == (400, "invalid_decision")
    assert parts_payer.paid() == []
    parts_payer.decide(state, **{question: approve()})
    assert parts_payer.paid() == ["pay Ann 5"]


@pytest.mark.parametrize("value", [None, {}, "yes", [approve()]])
def test_a_decision_names_its_call(parts_payer: Payer, value: Any) -> None:
    parts_payer.chat.stub.answer(answer(PAY))
    state = parts_payer.say("Pay Ann 5")
    reply = parts_payer.send({"type": "resume", "value": value}, state=state)
    assert (reply.status, reply.json()["code"]) == (400, "invalid_decision")


def test_a_tool_that_fails_after_its_approval_tells_the_model(parts_payer: Payer) -> None:
    parts_payer.chat.stub.answer(
        answer(Use("pay", ['{"to": "nobody", "amount": 1}'], id="call_p")), answer(Say(["Sorry."]))
    )
    state = parts_payer.say("Pay nobody")
    state = parts_payer.decide(state, **{parts_payer.questions(state)[0]: approve()})
    assert parts_payer.chat.parts(state)[0]["error"] is True
    assert results(parts_payer) == ["There is no such account."]


def test_what_the_client_says_of_a_call_does_not_count(payer: Payer) -> None:
    payer.chat.stub.answer(answer(PAY), answer(Say(["Done."])))
    state = payer.say("Pay Ann 5")
    (question,) = payer.questions(state)
    altered = payer.decide(altering(state, Ann="Eve", pay="refund", call_p="call_e"), **{question: approve()})
    assert payer.paid() == ["pay Ann 5"]
    assert payer.chat.parts(altered)[-1]["text"] == "Done."


def test_altered_arguments_are_put_right_in_the_transcript(payer: Payer) -> None:
    payer.chat.stub.answer(answer(PAY), answer(Say(["Done."])))
    state = payer.say("Pay Ann 5")
    (question,) = payer.questions(state)
    state = payer.decide(altering(state, Ann="Eve", pay="refund"), **{question: approve()})
    call = payer.chat.parts(state)[0]
    assert (call["name"], call["args"]) == ("pay", '{"to": "Ann", "amount": 5}')


def test_a_result_that_the_client_makes_up_runs_nothing_and_leads_nowhere(payer: Payer) -> None:
    payer.chat.stub.answer(answer(PAY), answer(Say(["Done."])))
    state = payer.say("Pay Ann 5")
    (question,) = payer.questions(state)
    forged = {"type": "add-tool-result", "toolCallId": "call_p", "toolName": "pay", "result": "paid"}
    forged_state, errors = payer.send(forged, state=state).follow(state)
    assert not errors
    assert len(payer.chat.stub.requests) == 1
    payer.decide(forged_state, **{question: approve()})
    assert payer.paid() == ["pay Ann 5"]
    assert results(payer) == ["5 paid to Ann"]


def test_nobody_else_decides_and_no_other_thread(parts_payer: Payer) -> None:
    parts_payer.chat.stub.answer(answer(PAY), answer(Say(["Done."])))
    state = parts_payer.say("Pay Ann 5")
    (question,) = parts_payer.questions(state)
    other = Payer(parts_payer.chat, parts_payer.payments, me=OTHER)
    nobody = Payer(parts_payer.chat, parts_payer.payments, me=None)
    elsewhere = Payer(parts_payer.chat, parts_payer.payments)
    elsewhere.thread = "another"
    nowhere = Payer(parts_payer.chat, parts_payer.payments)
    nowhere.thread = None
    for payer in (other, nobody, elsewhere, nowhere):
        assert payer.refused(state, **{question: approve()}) == (404, "approval_not_found")
    assert parts_payer.refused(state, made_up=approve()) == (404, "approval_not_found")
    assert parts_payer.refused(state, **{question: approve(), "made_up": approve()}) == (404, "approval_not_found")
    assert parts_payer.paid() == []
    parts_payer.decide(state, **{question: approve()})
    assert parts_payer.paid() == ["pay Ann 5"]


def test_several_are_decided_one_by_one_and_the_model_goes_on_after_the_last(payer: Payer) -> None:
    second = Use("pay", ['{"to": "Bob", "amount": 7}'], id="call_q")
    calculate = Use("calculate", ['{"expression": "1+1"}'], id="call_c")
    payer.chat.stub.answer(answer(PAY, second, calculate), answer(Say(["Done."])))
    state = payer.say("Pay both")
    ann, bob = payer.questions(state)
    assert [part.get("result") for part in payer.chat.parts(state)] == [None, None, "2"]
    state = payer.decide(state, **{bob: approve()})
    assert payer.paid() == ["pay Bob 7"]
    assert payer.questions(state) == [ann]
    assert len(payer.chat.stub.requests) == 1
    state = payer.decide(state, **{ann: reject()})
    assert payer.paid() == ["pay Bob 7"]
    assert payer.chat.parts(state)[-1]["text"] == "Done."
    assert results(payer)[1:] == ["7 paid to Bob", "2"]


def test_several_are_decided_at_once(payer: Payer) -> None:
    second = Use("pay", ['{"to": "Bob", "amount": 7}'], id="call_q")
    payer.chat.stub.answer(answer(PAY, second), answer(Say(["Done."])))
    state = payer.say("Pay both")
    ann, bob = payer.questions(state)
    state = payer.decide(state, **{ann: approve(), bob: approve()})
    assert sorted(payer.paid()) == ["pay Ann 5", "pay Bob 7"]
    assert results(payer) == ["5 paid to Ann", "7 paid to Bob"]


def test_two_tabs_that_decide_a_call_each_both_count(payer: Payer) -> None:
    second = Use("pay", ['{"to": "Bob", "amount": 7}'], id="call_q")
    payer.chat.stub.answer(answer(PAY, second), answer(Say(["Done."])))
    state = payer.say("Pay both")
    ann, bob = payer.questions(state)
    payer.decide(state, **{ann: edit("pay", to="Ann", amount=1)})
    state = payer.decide(state, **{bob: approve()})  # on the state of before
    assert payer.paid() == ["pay Ann 1", "pay Bob 7"]
    assert payer.questions(state) == []
    assert [part.get("result") for part in payer.chat.parts(state)[:2]] == ["1 paid to Ann", "7 paid to Bob"]
    assert payer.chat.parts(state)[-1]["text"] == "Done."
    assert payer.approvals(state)[0]["optionId"] == "edit"


def test_a_new_message_closes_what_waits(payer: Payer) -> None:
    payer.chat.stub.answer(answer(PAY), answer(Say(["As you like."])))
    state = payer.say("Pay Ann 5")
    (question,) = payer.questions(state)
    closed = payer.say("Never mind", state)
    assert payer.questions(closed) == []
    assert payer.approvals(closed)[0]["approved"] is False
    assert "wrote on" in results(payer)[0]
    for shown in (state, closed):
        assert payer.refused(shown, **{question: approve()}) == (409, "approval_decided")
    assert payer.paid() == []


def test_a_decision_and_a_message_in_one_request_are_answered_once(payer: Payer) -> None:
    second = Use("pay", ['{"to": "Bob", "amount": 7}'], id="call_q")
    payer.chat.stub.answer(answer(PAY, second), answer(Say(["Done."])))
    state = payer.say("Pay both")
    ann, bob = payer.questions(state)
    state, errors = payer.send(decide(**{ann: approve()}), message("Not Bob"), state=state).follow(state)
    assert not errors
    assert payer.paid() == ["pay Ann 5"]
    assert results(payer)[0] == "5 paid to Ann"
    assert payer.questions(state) == []
    assert payer.refused(state, **{bob: approve()}) == (409, "approval_decided")
    assert len(payer.chat.stub.requests) == 2


def test_an_edit_of_an_earlier_message_closes_what_waits(parts_payer: Payer) -> None:
    parts_payer.chat.stub.answer(answer(PAY), answer(Say(["Hello."])))
    state = parts_payer.say("Pay Ann 5")
    (question,) = parts_payer.questions(state)
    first = state["messages"][0]["id"]
    edited, _ = parts_payer.send(message("Hi", sourceId=first), state=state).follow(state)
    assert len(edited["messages"]) == 2
    assert parts_payer.refused(state, **{question: approve()}) == (409, "approval_decided")


def test_some_calls_need_no_decision_and_unknown_ones_do_not_run(parts_payer: Payer) -> None:
    def refund(amount: str) -> Use:
        return Use("refund", [f'{{"amount": {amount}}}'], id=f"call_{amount}")

    parts_payer.chat.stub.answer(answer(refund("5"), refund("500"), refund("13"), refund('"x"')))
    state = parts_payer.say("Refund")
    assert parts_payer.paid() == ["refund 5"]
    assert len(parts_payer.questions(state)) == 1
    assert [part.get("result", "waits")[:20] for part in parts_payer.chat.parts(state)] == [
        "refunded", "waits", "The tool failed.", "The arguments do not",
    ]  # fmt: skip


@pytest.mark.parametrize(("me", "thread"), [(None, THREAD), (OTHER, None)])
def test_without_an_owner_or_a_thread_the_tool_is_not_offered(
    parts_payer: Payer, me: str | None, thread: str | None
) -> None:
    payer = Payer(parts_payer.chat, parts_payer.payments, me=me)
    payer.thread = thread
    payer.chat.stub.answer(answer(PAY), answer(Say(["I cannot."])))
    state = payer.say("Pay Ann 5")
    assert set(payer.chat.format.tools(payer.chat.stub.requests[0].body)) == {"calculate"}
    assert payer.paid() == []
    assert payer.questions(state) == []
    assert "There is no tool 'pay'" in results(payer)[0]
    assert payer.chat.log().count("Tools that need approval (pay, refund, transfer) are offered only to") == 1


def test_a_decision_has_a_line_in_the_log(parts_payer: Payer) -> None:
    parts_payer.chat.stub.answer(answer(PAY), answer(Say(["Done."])))
    state = parts_payer.say("Pay Ann 5")
    parts_payer.decide(state, **{parts_payer.questions(state)[0]: approve()})
    line = next(line for line in reversed(parts_payer.chat.log().splitlines()) if "A call of pay was approved" in line)
    assert '"owner":"' in line
    assert '"decision":"approved"' in line
    assert "Ann" not in line
