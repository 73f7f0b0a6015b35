"""Both stores of pending calls decide each call once, and know why a late answer does not count."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from assistant_transport.approvals import LogUnavailableError, Outcome, PendingCall, PendingCalls, Place, Status
from assistant_transport.approvals.memory import MemoryPendingCalls
from assistant_transport.approvals.valkey import ValkeyPendingCalls
from tests.server import Valkey

PLACE = Place("owner", "thread")
PAY = PendingCall("q1", "call_1", "pay", {"to": "Ann", "text": "é\n", "nested": {"empty": [], "none": None}})
REFUND = PendingCall("q2", "call_2", "refund", {})
DONE = Outcome({"paid": [1]}, False, {"id": "q1", "approved": True})

Scenario = Callable[[PendingCalls], Coroutine[Any, Any, None]]


@pytest.fixture(params=["memory", "valkey"])
def play(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Plays a scenario on an empty store, by default with a long life of calls."""
    valkey: Valkey | None = request.getfixturevalue("valkey") if request.param == "valkey" else None

    @asynccontextmanager
    async def store(ttl: float) -> AsyncIterator[PendingCalls]:
        if valkey is None:
            yield MemoryPendingCalls(ttl)
            return
        valkey.command("FLUSHALL")
        kept = ValkeyPendingCalls(valkey.url, "assistant", ttl)
        yield kept
        await kept.disconnect()

    async def run(scenario: Scenario, ttl: float) -> None:
        async with store(ttl) as kept:
            await scenario(kept)

    return lambda scenario, ttl=60.0: asyncio.run(run(scenario, ttl))


async def statuses(store: PendingCalls, place: Place = PLACE) -> dict[str, Status]:
    return {each.call.id: each.status for each in await store.kept(place)}


def test_a_call_is_kept_as_it_was(play: Callable[..., None]) -> None:
    async def scenario(store: PendingCalls) -> None:
        await store.open(PLACE, [PAY, REFUND])
        kept = {each.call.id: each for each in await store.kept(PLACE)}
        assert kept["q1"].call == PAY
        assert (kept["q2"].call, kept["q2"].status, kept["q2"].outcome) == (REFUND, Status.PENDING, None)

    play(scenario)


def test_of_many_answers_at_once_one_wins(play: Callable[..., None]) -> None:
    async def scenario(store: PendingCalls) -> None:
        await store.open(PLACE, [PAY])
        choices = [Status.APPROVED, Status.DENIED, Status.EDITED] * 5
        answers = await asyncio.gather(*(store.decide(PLACE, {"q1": choice}) for choice in choices))
        (winner,) = [choice for choice, refused in zip(choices, answers, strict=True) if refused is None]
        assert {refused for refused in answers if refused} == {("q1", winner)}
        assert await statuses(store) == {"q1": winner}

    play(scenario)


def test_all_of_several_decisions_count_or_none(play: Callable[..., None]) -> None:
    async def scenario(store: PendingCalls) -> None:
        await store.open(PLACE, [PAY, REFUND])
        assert await store.decide(PLACE, {"q2": Status.APPROVED, "other": Status.APPROVED}) == ("other", None)
        assert await statuses(store) == {"q1": Status.PENDING, "q2": Status.PENDING}

    play(scenario)


@pytest.mark.parametrize("place", [Place("other", "thread"), Place("owner", "other")])
def test_another_owner_or_thread_knows_nothing_of_it(play: Callable[..., None], place: Place) -> None:
    async def scenario(store: PendingCalls) -> None:
        await store.open(PLACE, [PAY])
        assert await store.decide(place, {"q1": Status.APPROVED}) == ("q1", None)
        assert await store.kept(place) == []
        assert await store.close(place) == []
        assert await store.finish(place, {"q1": DONE}) == []
        assert await statuses(store) == {"q1": Status.PENDING}

    play(scenario)


def test_a_message_closes_what_waits_and_gives_up_what_has_no_outcome(play: Callable[..., None]) -> None:
    async def scenario(store: PendingCalls) -> None:
        await store.open(PLACE, [PAY, REFUND])
        await store.decide(PLACE, {"q1": Status.APPROVED})
        assert await store.close(PLACE) == [REFUND]
        assert await statuses(store) == {"q1": Status.ABANDONED, "q2": Status.CLOSED}
        assert await store.decide(PLACE, {"q2": Status.APPROVED}) == ("q2", Status.CLOSED)
        assert await store.close(PLACE) == []

    play(scenario)


def test_an_outcome_settles_a_call_and_the_next_question_forgets_it(play: Callable[..., None]) -> None:
    async def scenario(store: PendingCalls) -> None:
        await store.open(PLACE, [PAY, REFUND])
        await store.decide(PLACE, {"q1": Status.APPROVED})
        kept = {each.call.id: each for each in await store.finish(PLACE, {"q1": DONE})}
        assert (kept["q1"].outcome, kept["q1"].is_settled, kept["q2"].is_settled) == (DONE, True, False)
        await store.open(PLACE, [PendingCall("q3", "call_3", "pay", {})])
        assert await statuses(store) == {"q2": Status.PENDING, "q3": Status.PENDING}

    play(scenario)


def test_it_is_too_late_after_its_time(play: Callable[..., None]) -> None:
    async def scenario(store: PendingCalls) -> None:
        await store.open(PLACE, [PAY])
        while (await statuses(store))["q1"] is Status.PENDING:
            await asyncio.sleep(0.01)
        assert await store.decide(PLACE, {"q1": Status.APPROVED}) == ("q1", Status.EXPIRED)
        assert await store.close(PLACE) == []

    play(scenario, ttl=1.0)


def test_a_full_valkey_asks_nobody() -> None:
    """Nothing could be decided that is not kept."""
    valkey = Valkey()
    try:
        valkey.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
        valkey.command("CONFIG", "SET", "maxmemory", "1")

        async def scenario() -> None:
            store = ValkeyPendingCalls(valkey.url, "assistant", 60)
            with pytest.raises(LogUnavailableError):
                await store.open(PLACE, [PAY])
            assert await store.kept(PLACE) == []
            await store.disconnect()

        asyncio.run(scenario())
    finally:
        valkey.kill()
