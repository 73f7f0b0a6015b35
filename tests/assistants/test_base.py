"""The members that an assistant may leave out, whether it inherits from BaseAssistant or not."""

from typing import Literal

import pytest
from django.test import override_settings
from pydantic import BaseModel

from assistant_transport.assistants import BaseAssistant, InvalidTurnError, Turn
from assistant_transport.assistants.base import complete
from assistant_transport.testing import reply_to


class Rename(BaseModel):
    type: Literal["rename"]
    title: str


class Bare:
    async def reply(self, turn: Turn) -> None:
        turn.transcript.assistant_message().append_text("bare")


class Full:
    name = "full"
    commands = (Rename,)

    def check(self, turn: Turn) -> None:
        raise InvalidTurnError("full refuses")

    async def reply(self, turn: Turn) -> None:
        raise AssertionError("the turn was refused")


class Inheriting(BaseAssistant):
    async def reply(self, turn: Turn) -> None:
        turn.transcript.assistant_message().append_text("inheriting")


class Named(Inheriting):
    name = "named"


class Choosing(Bare):
    model_names = ("small", "large")


@pytest.mark.parametrize("assistant", [Bare(), Inheriting()])
def test_what_is_left_out_has_its_default(assistant: Bare | Inheriting) -> None:
    completed = complete(assistant, "x")
    assert completed.name == type(assistant).__name__
    assert completed.commands == ()
    assert reply_to(assistant, "Hi").text == completed.name.lower()


def test_what_an_assistant_has_counts_without_inheriting() -> None:
    completed = complete(Full(), "x")
    assert (completed.name, completed.commands) == ("full", (Rename,))
    with pytest.raises(InvalidTurnError, match="full refuses"):
        reply_to(Full(), "Hi")


def test_the_models_to_choose_from_are_the_assistants_own_or_those_that_are_allowed() -> None:
    assert complete(Choosing(), "x").model_names == ("small", "large")
    with override_settings(ASSISTANT_TRANSPORT={"ALLOWED_MODELS": ["one", "two"]}):
        assert [complete(each, "x").model_names for each in (Bare(), Inheriting())] == [["one", "two"]] * 2


def test_a_name_is_inherited_or_replaced() -> None:
    assert complete(Named(), "x").name == "named"
    assert complete(type("Heir", (Named,), {})(), "x").name == "named"


def test_a_check_may_be_awaited() -> None:
    class Asking(Bare):
        async def acheck(self, turn: Turn) -> None:
            raise InvalidTurnError("asked and refused")

    with pytest.raises(InvalidTurnError, match="asked and refused"):
        reply_to(Asking(), "Hi")


def test_a_check_that_would_never_be_awaited_is_refused() -> None:
    class Asynchronous(Bare):
        async def check(self, turn: Turn) -> None: ...

    with pytest.raises(TypeError, match="acme: its method `check` must not be async"):
        complete(Asynchronous(), "acme")
