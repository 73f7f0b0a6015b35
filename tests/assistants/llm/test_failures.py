"""Whatever goes wrong at the provider has a sentence of its own, keeps what was streamed and is logged without it."""

import re
from typing import Any

import pytest

from tests.assistants.llm.conftest import Chat, StartChat
from tests.providers import Refuse, Say, Think, Use, answer
from tests.server import free_port

SECRET = "SECRET of the provider"


def refusal(chat: Chat, status: int, kind: str, **headers: str) -> Refuse:
    return Refuse(status, chat.format.error(kind, SECRET), headers)


def assert_failed(chat: Chat, errors: list[str], sentence: str) -> None:
    (error,) = errors
    text, _, error_id = error.partition(" (Error ")
    assert re.fullmatch(sentence, text), error
    assert error_id.rstrip(")") in chat.log()
    assert SECRET not in chat.log()
    assert "sk-stub" not in chat.log()
    assert "my very own words" not in chat.log()


@pytest.mark.parametrize(
    ("status", "kind", "headers", "sentence"),
    [
        (401, "authentication_error", {}, "The model's provider does not accept this server's key."),
        (404, "not_found_error", {}, "The model's provider does not know the model that this server asks for."),
        (429, "rate_limit_error", {"retry-after": "7"}, ".* asked too often. Please try again in 7 seconds."),
        (429, "rate_limit_error", {}, ".* asked too often. Please try again in a moment."),
        (400, "invalid_request_error", {}, "The model's provider rejected the request."),
        (402, "billing_error", {}, "This server's credit with the model's provider is used up."),
        (500, "api_error", {}, "The model's provider failed. Please try again."),
        (503, "unavailable", {}, "The model is not available right now. Please try again in a moment."),
        (529, "overloaded_error", {}, "The model is overloaded right now. Please try again in a moment."),
    ],
)
def test_a_refusal_is_said_in_a_sentence(
    parts_chat: Chat, status: int, kind: str, headers: dict[str, str], sentence: str
) -> None:
    chat = parts_chat
    chat.stub.answer(refusal(chat, status, kind, **headers))
    state, errors = chat.say("my very own words").follow()
    assert_failed(chat, errors, sentence)
    assert state["provider"] == "error"
    assert len(state["messages"]) == 1
    assert "req_of_stub" in chat.log()


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ("cut", "The connection to the model's provider broke off. Please try again."),
        ("eof", "The connection to the model's provider broke off. Please try again."),
        ("error", "The model's provider failed. Please try again."),
        ("overloaded", "The model is overloaded right now. Please try again in a moment."),
        ("filter", "The model's provider held the answer back by its content filter."),
        ("length", "The answer was cut off where it became longer than the server allows."),
    ],
)
def test_what_was_streamed_before_stays(chat: Chat, end: Any, sentence: str) -> None:
    chat.stub.answer(answer(Say(["As far ", "as I know"]), end=end))
    state, errors = chat.say("my very own words").follow()
    assert_failed(chat, errors, sentence)
    assert chat.parts(state) == [{"kind": "text", "text": "As far as I know"}]
    assert state["provider"] == "error"
    assert "req_of_stub" in chat.log()


@pytest.mark.parametrize("parts", [[], [Think(["hm"])], [Say(["  "])]])
def test_an_answer_without_a_word_is_one_too(parts_chat: Chat, parts: list[Any]) -> None:
    parts_chat.stub.answer(answer(*parts))
    _, errors = parts_chat.say("Hi").follow()
    assert_failed(parts_chat, errors, "The model gave no answer. Please try again.")


def test_after_a_failure_the_conversation_goes_on(chat: Chat) -> None:
    chat.stub.answer(answer(Say(["Half"]), end="cut"), answer(Say(["Whole"])))
    state, _ = chat.say("One").follow()
    state, errors = chat.say("Two", state=state).follow(state)
    assert not errors
    said = [("user", "One"), ("assistant", "Half"), ("user", "Two")]
    assert chat.stub.requests[1].conversation == said


def test_arguments_that_were_cut_off_become_an_interrupted_call(parts_chat: Chat) -> None:
    chat = parts_chat
    chat.stub.answer(answer(Use("calculate", ['{"expression": "1 + ']), end="cut"), answer(Say(["Well"])))
    state, errors = chat.say("One").follow()
    assert errors
    _, errors = chat.say("Two", state=state).follow(state)
    assert not errors
    found = chat.stub.requests[1].conversation
    assert found[1] == ("call", "call_1", "calculate", "{}")
    assert "interrupted" in found[2][2]


@pytest.fixture(scope="module")
def impatient(start_chat: StartChat) -> Chat:
    return start_chat(PROVIDER_TIMEOUT_SECONDS="0.3", PROVIDER_FIRST_TOKEN_SECONDS="0.2", PROVIDER_RETRIES="1")


def test_a_provider_that_is_silent_is_given_up(impatient: Chat) -> None:
    impatient.stub.forget()
    impatient.stub.answer(answer(Say(["never"]), lock_step=True))
    _, errors = impatient.say("Hi").follow()
    assert_failed(impatient, errors, "The model did not answer in time. Please try again.")
    assert impatient.stub.closed.acquire(timeout=30)


def test_a_provider_that_falls_silent_is_given_up_too(start_chat: StartChat) -> None:
    patient = start_chat(PROVIDER_TIMEOUT_SECONDS="3", PROVIDER_RETRIES="1")  # the first word must come within it
    patient.stub.answer(answer(Say(["once", "never"]), lock_step=True))
    patient.stub.step()
    state, errors = patient.say("Hi").follow()
    assert_failed(patient, errors, "The model did not answer in time. Please try again.")
    assert patient.parts(state)[0]["text"] == "once"
    assert len(patient.stub.requests) == 1, "nothing is asked again once an answer has begun"


def test_what_may_pass_is_tried_again_before_the_first_token(impatient: Chat) -> None:
    impatient.stub.forget()
    again = {"retry-after-ms": "1"}
    impatient.stub.answer(Refuse(500, impatient.format.error("api_error", SECRET), again), answer(Say(["Here"])))
    state, errors = impatient.say("Hi").follow()
    assert not errors
    assert impatient.parts(state)[0]["text"] == "Here"


def test_a_provider_that_is_not_there(start_chat: StartChat) -> None:
    chat = start_chat(OPENAI_BASE_URL=f"http://127.0.0.1:{free_port()}/v1")
    _, errors = chat.say("Hi").follow()
    assert_failed(chat, errors, "The model's provider cannot be reached. Please try again later.")


@pytest.mark.parametrize("format_name", ["chat", "responses", "anthropic"])
def test_no_library_writes_a_prompt_even_when_everything_is_logged(start_chat: StartChat, format_name: str) -> None:
    chat = start_chat(format_name, LOG_LEVEL="DEBUG", SYSTEM_PROMPT="my very own instructions")
    chat.stub.answer(answer(Say(["Hello."])))
    chat.say("my very own words").follow()
    assert "my very own" not in chat.log()
    assert "sk-stub" not in chat.log()


def test_what_was_paid_for_an_answer_without_a_word_is_counted(start_chat: StartChat) -> None:
    chat = start_chat()
    chat.stub.answer(answer())
    _, errors = chat.say("Hi").follow()
    assert errors
    assert re.search(r'"outcome":"error".*"input_tokens":[1-9]', chat.log())
