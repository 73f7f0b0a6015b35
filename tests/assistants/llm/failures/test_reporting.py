"""Each failure ends the reply with its sentence, one line for the operator and one count, and quotes nobody."""

import asyncio
import json
import re
from typing import Any

import pytest

from assistant_transport.assistants import ReplyError
from assistant_transport.assistants.llm.failures import SENTENCES, ModelRequestError, failure, reported
from tests.assistants.llm.conftest import Chat, StartChat
from tests.providers import FORMATS, Refuse
from tests.server import free_port
from tests.telemetry.scrape import Scraper
from tests.telemetry.test_sentry import Stub as SentryStub

SECRET = "SECRET of the provider"


def line(chat: Chat, error: str) -> Any:
    """The log line that has the error's id."""
    error_id = error.removesuffix(")").split()[-1]
    (found,) = [entry for entry in map(json.loads, chat.log().splitlines()) if entry.get("error_id") == error_id]
    return found


@pytest.mark.parametrize(
    ("status", "body", "headers", "reason"),
    [
        (401, {"error": {"message": SECRET, "code": "invalid_api_key"}}, {}, "wrong_key"),
        (404, f"404 page not found {SECRET}", {}, "wrong_address"),
        (404, "<!doctype html><p>model", {}, "wrong_address"),
        (400, {"error": {"message": f"Invalid model name {SECRET}"}}, {}, "unknown_model"),
        (429, {"error": {"message": SECRET, "code": "insufficient_quota"}}, {}, "quota"),
        (429, {"error": {"message": SECRET}}, {"retry-after": "86400"}, "rate_limited"),
        (529, {"error": {"message": SECRET}}, {}, "overloaded"),
        (503, {"error": {"message": "Loading model"}}, {"retry-after": "1"}, "unavailable"),
        (408, {"error": {"message": SECRET}}, {}, "timeout"),
        (500, f"Internal Server Error {SECRET}", {}, "server_error"),
        (422, {"detail": [{"msg": SECRET, "input": "my very own words"}]}, {}, "rejected"),
        (400, {"error": {"message": "Conversation roles must alternate"}}, {}, "template"),
        (400, {"error": {"message": SECRET, "type": "exceed_context_size_error"}}, {}, "too_long"),
        (400, {"error": {"message": "'max_tokens' is too large"}}, {}, "limit_too_high"),
        (500, {"error": {"message": "tools param requires --jinja flag"}}, {}, "no_tools"),
        (400, {"error": {"message": SECRET, "code": "content_filter"}}, {}, "filtered"),
    ],
)
def test_a_refusal_has_its_sentence_and_its_line(
    parts_chat: Chat, status: int, body: Any, headers: dict[str, str], reason: str
) -> None:
    chat = parts_chat
    chat.stub.answer(Refuse(status, body, headers))
    state, (error,) = chat.say("my very own words").follow()
    wait = float(headers["retry-after"]) if headers else None
    assert error.partition(" (Error ")[0] == failure(reason, retry_after=wait).sentence
    entry = line(chat, error)
    assert (entry["level"], entry["reason"], entry["provider_status"]) == ("ERROR", reason, status)
    assert entry["provider_request_id"] == "req_of_stub"
    assert entry.get("provider_address", "") == (
        f"{chat.stub.url}{chat.format.path}" if reason == "wrong_address" else ""
    )
    for secret in (SECRET, "my very own words", "sk-stub"):
        assert secret not in chat.log()
    assert len(state["messages"]) == 1


def test_a_wait_of_a_day_is_said_in_words(parts_chat: Chat) -> None:
    parts_chat.stub.answer(Refuse(429, {}, {"retry-after": "86400"}))
    _, (error,) = parts_chat.say("Hi").follow()
    assert error.startswith("The model's provider is asked too often. Please try again in about 24 hours. (Error ")


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_providers_message_is_logged_where_the_operator_wants_it(start_chat: StartChat, format_name: str) -> None:
    sentry = SentryStub()
    chat = start_chat(
        format_name,
        LOG_PROVIDER_MESSAGES="true",
        SENTRY_DSN=f"http://public@127.0.0.1:{sentry.server_port}/1",
        API_KEYS="someone:a-key-of-16-letters",
    )
    assert "LOG_PROVIDER_MESSAGES is set: the messages of a provider's errors are logged" in chat.log()
    message = "The prompt\n\x1b[1mHi\x1b[0m is refused for sk-stub and a-key-of-16-letters" + "!" * 1000
    chat.stub.answer(Refuse(400, chat.format.error("invalid_request_error", message)))
    headers = {"Authorization": "Bearer a-key-of-16-letters"}
    _, (error,) = chat.say("Hi", headers=headers).follow()
    assert "refused for" not in error
    logged = line(chat, error)["provider_message"]
    assert logged.startswith(r"The prompt\n\x1b[1mHi\x1b[0m is refused for [secret] and [secret]!!!")
    assert len(logged) == 500
    assert chat.server.stop() == 0
    (event,) = sentry.items("event")
    assert "invalid_request_error" in event["logentry"]["formatted"]
    assert "refused for" not in b"".join(sentry.received).decode()
    sentry.shutdown()
    sentry.server_close()


def test_in_development_it_stands_in_the_line_for_people(start_chat: StartChat) -> None:
    chat = start_chat(LOG_PROVIDER_MESSAGES="true", DEBUG="true")
    chat.stub.answer(Refuse(400, {"error": {"message": "The words\nof the provider"}}))
    chat.say("Hi").follow()
    assert re.search(r"The reply failed: rejected from openai, .*: The words\\nof the provider \[\w+\]\n", chat.log())


def test_failures_are_counted_by_reason(start_chat: StartChat) -> None:
    port = free_port()
    chat = start_chat(METRICS_PORT=str(port))
    chat.stub.answer(Refuse(404, "404 page not found"))
    chat.say("Hi").follow()
    counted = Scraper(port).samples()
    assert counted["assistant_reply_failures_total{assistant=openai,reason=wrong_address}"] == 1


def test_a_key_with_a_line_break_at_its_end_is_used_without(start_chat: StartChat) -> None:
    chat = start_chat(OPENAI_API_KEY="sk-stub\n")
    chat.stub.answer(Refuse(400, {}))
    chat.say("Hi").follow()
    assert chat.stub.requests[0].headers["authorization"] == "Bearer sk-stub"


def test_what_nobody_foresaw_has_a_sentence_and_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    async def reply() -> None:
        with reported(provider="p", model="m"):
            raise ValueError("my very own words")

    with pytest.raises(ReplyError, match=SENTENCES["unexpected"]) as raised:
        asyncio.run(reply())
    assert raised.value.reason == "unexpected"
    (record,) = caplog.records
    assert record.reason == "unexpected"  # type: ignore[attr-defined]
    assert record.exc_info
    assert record.exc_info[0] is ValueError
    assert "my very own words" not in record.getMessage()


def test_what_is_known_has_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ReplyError) as raised, reported(provider="p", model="m", request_id=lambda: "req_1"):
        raise ModelRequestError(failure("empty"))
    assert raised.value.reason == "empty"
    (record,) = caplog.records
    assert not record.exc_info
    assert record.provider_request_id == "req_1"  # type: ignore[attr-defined]


def test_a_cancellation_that_was_asked_for_goes_on_and_a_librarys_own_is_a_failure() -> None:
    async def reply(begun: asyncio.Event, *, lose: bool) -> None:
        with reported(provider="p", model="m"):
            begun.set()
            if lose:
                raise asyncio.CancelledError
            await asyncio.Event().wait()

    async def both() -> None:
        with pytest.raises(ReplyError):
            await reply(asyncio.Event(), lose=True)
        begun = asyncio.Event()
        task = asyncio.create_task(reply(begun, lose=False))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(both())
