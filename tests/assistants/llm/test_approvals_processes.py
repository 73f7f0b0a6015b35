"""Decisions across processes: the one that asked is killed, two answer at once, a restart forgets."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.assistants.llm.approving import ME, PAY, THREAD, TOOLS, Payer, approve, decide, edit, reject
from tests.assistants.llm.conftest import Chat
from tests.providers import FORMATS, Say, Stub, Use, answer
from tests.server import Server, Valkey
from tests.wire import Client

TRANSFER = Use("transfer", ['{"amount": 9}'], id="call_t")


class Shop:
    """Servers that share a Valkey, or have none, a model and a till."""

    def __init__(self, payments: Path, **variables: str) -> None:
        self.stub = Stub()
        self._payments = payments
        self._variables = FORMATS["chat"].environment(self.stub.url) | TOOLS | {"PAYMENTS": str(payments)} | variables
        self._servers: list[Server] = []

    def open(self) -> Payer:
        """Starts a server; returns a client of it."""
        self._servers.append(server := Server(PROVIDER_RETRIES="0", **self._variables))
        return Payer(Chat("chat", "parts", server, self.stub), self._payments)

    def stop(self) -> None:
        self.stub.stop()
        for server in self._servers:
            server.stop()


@pytest.fixture
def shop(tmp_path: Path, valkey: Valkey) -> Iterator[Shop]:
    shop = Shop(tmp_path / "payments", REDIS_URL=valkey.url)
    yield shop
    shop.stop()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Shop]:
    """Without Valkey."""
    shop = Shop(tmp_path / "payments")
    yield shop
    shop.stop()


def test_another_process_goes_on_after_the_one_that_asked_was_killed(shop: Shop) -> None:
    shop.stub.answer(answer(PAY), answer(Say(["Done."])))
    asked = shop.open()
    state = asked.say("Pay Ann 5")
    asked.chat.server.kill()
    other = shop.open()
    (question,) = other.questions(state)
    state = other.decide(state, **{question: approve()})
    assert other.paid() == ["pay Ann 5"]
    assert other.chat.parts(state)[-1]["text"] == "Done."
    assert other.refused(state, **{question: approve()}) == (409, "approval_decided")


def test_of_two_answers_at_once_in_two_processes_one_wins(shop: Shop) -> None:
    first, second = shop.open(), shop.open()
    for amount in range(1, 11):
        shop.stub.answer(answer(Use("pay", [f'{{"to": "Ann", "amount": {amount}}}'])), answer(Say(["Done."])))
        state = first.say("Pay Ann", None)
        (question,) = first.questions(state)

        def say(payer: Payer, decision: Any, question: str = question, state: Any = state) -> int:
            reply = payer.send(decide(**{question: decision}), state=state)
            if reply.status == 200:
                reply.follow(state)
            return reply.status

        with ThreadPoolExecutor(4) as pool:
            tried = [(first, approve()), (second, approve()), (first, edit("pay", to="Eve", amount=amount))]
            answers = [pool.submit(say, payer, decision) for payer, decision in [*tried, (second, reject())]]
        assert sorted(each.result() for each in answers) == [200, 409, 409, 409]
        assert len([line for line in first.paid() if line.endswith(f" {amount}")]) <= 1
        shop.stub.forget()


def test_a_restart_without_valkey_forgets_what_was_open(alone: Shop) -> None:
    alone.stub.answer(answer(PAY), answer(Say(["Hello again."])))
    asked = alone.open()
    state = asked.say("Pay Ann 5")
    (question,) = asked.questions(state)
    asked.chat.server.kill()
    other = alone.open()
    assert other.refused(state, **{question: approve()}) == (404, "approval_not_found")
    state = other.say("Hi", state)
    assert other.questions(state) == []
    assert other.approvals(state)[0]["approved"] is False
    assert other.paid() == []


def test_a_call_that_died_with_its_process_is_not_run_again(shop: Shop) -> None:
    shop.stub.answer(answer(TRANSFER), answer(PAY), answer(Say(["Done."])))
    asked = shop.open()
    state = asked.say("Transfer")
    (question,) = asked.questions(state)
    reply = asked.send(decide(**{question: approve()}), state=state)
    assert reply.status == 200
    while asked.paid() != ["transfer 9"]:
        reply.next_line()
    reply.close()
    asked.chat.server.kill()
    other = shop.open()
    assert other.refused(state, **{question: approve()}) == (409, "approval_decided")
    state = other.say("What now?", state)
    assert "it may have run" in next(item[2] for item in shop.stub.requests[1].conversation if item[0] == "result")
    (question,) = other.questions(state)
    state = other.decide(state, **{question: approve()})
    assert other.chat.parts(state)[-1]["text"] == "Done."
    assert other.paid() == ["transfer 9", "pay Ann 5"]


def test_a_decision_that_comes_too_late_is_refused(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "payments", APPROVAL_TTL_SECONDS="1")
    try:
        shop.stub.answer(answer(PAY))
        payer = shop.open()
        state = payer.say("Pay Ann 5")
        (question,) = payer.questions(state)
        senseless = edit("pay", amount=0)  # refused as long as it is open
        while (refused := payer.refused(state, **{question: senseless})) == (400, "invalid_decision"):
            pass
        assert refused == (410, "approval_expired")
        assert payer.refused(state, **{question: approve()}) == (410, "approval_expired")
        assert payer.paid() == []
    finally:
        shop.stop()


def test_without_its_store_a_call_is_not_run_and_the_chat_goes_on(tmp_path: Path) -> None:
    valkey = Valkey()
    shop = Shop(tmp_path / "payments", REDIS_URL=valkey.url)
    try:
        payer = shop.open()
        shop.stub.answer(answer(PAY), answer(Say(["Hello."])), answer(PAY), answer(Say(["I cannot ask."])))
        waiting = payer.say("Pay Ann 5")
        (question,) = payer.questions(waiting)
        valkey.kill()
        assert payer.refused(waiting, **{question: approve()}) == (503, "log_unavailable")
        state = Payer(payer.chat, payer.payments).say("Hi")
        assert payer.chat.parts(state)[-1]["text"] == "Hello."
        state = payer.say("Pay Ann 5")
        assert payer.questions(state) == []
        assert "cannot be asked" in payer.chat.parts(state)[0]["result"]
        assert payer.paid() == []
    finally:
        shop.stop()
        valkey.kill()


def test_a_stopped_call_leaves_the_thread_usable(shop: Shop) -> None:
    shop.stub.answer(answer(TRANSFER), answer(Say(["Stopped."])))
    payer = shop.open()
    state = payer.say("Transfer")
    (question,) = payer.questions(state)
    reply = payer.send(decide(**{question: approve()}), state=state)
    while not payer.paid():
        reply.next_line()
    client: Client = payer.client
    assert client.post("/cancel", {"threadId": THREAD}, X_Client_Id=ME).status == 202
    stopped, errors = reply.follow(state)
    assert not errors
    assert payer.refused(stopped, **{question: approve()}) == (409, "approval_decided")
    state = payer.say("And now?", stopped)
    assert payer.chat.parts(state)[-1]["text"] == "Stopped."
    assert payer.paid() == ["transfer 9"]
