"""reply_to tries an assistant as the server would run it, without one."""

import asyncio
import json
from typing import Any

import pytest
from django.test import RequestFactory
from pydantic import ValidationError

from acme.assistants import Everything, Failing, Settings
from acme.models import Note
from assistant_transport.assistants import InvalidTurnError, ReplyError, Turn
from assistant_transport.assistants.mock import MockAssistant
from assistant_transport.testing import areply_to, reply_to, tool_result
from assistant_transport.transcript import LAYOUTS, TranscriptError
from tests.wire import apply

WEATHER = {"get_weather": {"description": "The weather.", "parameters": {"type": "object"}}}


@pytest.fixture(autouse=True)
def no_delay(settings: Any) -> None:
    settings.MOCK_DELAY_SECONDS = 0


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_reply_says_what_was_written_in_both_layouts(layout: str) -> None:
    reply = reply_to(MockAssistant(), "Weather in Paris?", layout=layout)
    assert reply.text.startswith("Let me look that up.\n\nIt is ")
    assert "I think about the weather" in reply.reasoning
    (call,) = reply.tool_calls
    assert (call.name, json.loads(call.args), call.is_answered) == ("get_weather", {"location": "Paris"}, True)
    assert reply.usage.input_tokens == 3
    assert reply.error is None
    assert reply.state["provider"] == "completed"
    assert apply(None, reply.operations) == reply.state


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_conversation_goes_on_with_the_state_of_before(layout: str) -> None:
    first = reply_to(MockAssistant(), "Weather in Paris?", tools=WEATHER, layout=layout)
    (call,) = first.tool_calls
    assert not call.is_answered
    second = reply_to(MockAssistant(), tool_result(call, "mild"), state=first.state, tools=WEATHER, layout=layout)
    assert second.text == "The tool get_weather answered: mild"
    assert "mild" not in str(first.state)
    third = reply_to(MockAssistant(), "apples", state=second.state, layout=layout)
    assert "apples" in third.text
    assert "mild" not in third.text
    assert third.tool_calls == []


def test_the_turn_has_what_the_test_gives() -> None:
    request, user = RequestFactory().post("/assistant"), object()

    class Asks:
        async def reply(self, turn: Turn) -> None:
            assert (turn.request, turn.user, turn.owner, turn.caller) == (request, user, "me", "the caller")

    reply_to(Asks(), "Hi", request=request, user=user, owner="me", caller="the caller")
    shown = reply_to(
        Settings(), "Hi", system="Be brief.", call_settings={"seed": 1}, config={"modelName": "m"}, thread_id="t"
    )
    assert shown.state["turn"] == {
        "call_settings": {"seed": 1},
        "config": {"modelName": "m"},
        "system": "Be brief.",
        "thread_id": "t",
        "tools": {},
    }


def test_what_the_controller_sends_beside_the_state_is_kept() -> None:
    reply = reply_to(Everything(), "Hi")
    assert reply.state["done"] is True
    assert "data" in {chunk.type for chunk in reply.chunks}


def test_what_the_user_reads_is_the_error_and_all_else_is_raised() -> None:
    class Apologises:
        async def reply(self, turn: Turn) -> None:
            turn.transcript.assistant_message().append_text("One moment")
            raise ReplyError("The shop is closed.")

    reply = reply_to(Apologises(), "Hi")
    assert reply.error is not None
    assert reply.error.startswith("The shop is closed. (Error ")
    assert (reply.text, reply.state["provider"]) == ("One moment", "error")
    with pytest.raises(RuntimeError, match="secret detail"):
        reply_to(Failing(), "raise")


def test_what_a_server_would_refuse_is_refused() -> None:
    class Strict(MockAssistant):
        def check(self, turn: Turn) -> None:
            raise InvalidTurnError("no")

    with pytest.raises(InvalidTurnError):
        reply_to(Strict(), "Hi")
    with pytest.raises(ValidationError):
        reply_to(MockAssistant(), {"type": "unknown"})
    with pytest.raises(TranscriptError):
        reply_to(MockAssistant(), "Hi", state=[])
    with pytest.raises(ValueError, match="JSON"):
        reply_to(Failing(), "nan")


def test_it_may_be_awaited() -> None:
    reply = asyncio.run(areply_to(MockAssistant(), "apples"))
    assert "apples" in reply.text
    assert reply.usage.output_tokens


class Notes:
    async def reply(self, turn: Turn) -> None:
        notes = [note.text async for note in Note.objects.all()]
        await Note.objects.acreate(text=turn.text)
        turn.transcript.assistant_message().append_text(", ".join(notes))


@pytest.mark.parametrize("_", range(2))
@pytest.mark.django_db
def test_it_works_within_a_tests_transaction(_: int) -> None:
    Note.objects.create(text="from the test")
    assert reply_to(Notes(), "from the assistant").text == "from the test"
    assert {note.text for note in Note.objects.all()} == {"from the test", "from the assistant"}


@pytest.mark.django_db(transaction=True)
def test_awaited_it_shares_what_was_committed() -> None:
    Note.objects.create(text="from the test")
    assert asyncio.run(areply_to(Notes(), "from the assistant")).text == "from the test"
