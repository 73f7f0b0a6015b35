"""How long a run goes on that nobody reads here, and what its readers elsewhere have to do with it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from assistant_transport.runs import Feed, LogUnavailableError, grace
from assistant_transport.runs.grace import Grace


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grace, "_ASK_SECONDS", 0)


def questions_until_the_stop(has_subscribers: Callable[[int], Awaitable[bool]]) -> int:
    """How often the log was asked before the run was stopped; `has_subscribers` gets the question's number."""

    async def main() -> int:
        asked = 0
        stopped = asyncio.Event()

        async def ask() -> bool:
            nonlocal asked
            asked += 1
            return await has_subscribers(asked)

        Grace(0, Feed(), ask, stopped.set).begin()
        await stopped.wait()
        return asked

    return asyncio.run(asyncio.wait_for(main(), 30))


def test_without_a_reader_anywhere_the_run_is_stopped() -> None:
    async def nobody(question: int) -> bool:
        return False

    assert questions_until_the_stop(nobody) == 1


def test_the_run_goes_on_while_it_is_read_elsewhere() -> None:
    async def reader_that_leaves(question: int) -> bool:
        return question < 20

    assert questions_until_the_stop(reader_that_leaves) == 20


def test_a_log_that_stays_unavailable_does_not_keep_the_run_forever() -> None:
    async def unavailable(question: int) -> bool:
        raise LogUnavailableError

    assert questions_until_the_stop(unavailable) == 5


def test_a_log_that_answers_again_is_asked_as_often_as_before() -> None:
    async def sometimes(question: int) -> bool:
        if question == 4:
            return True
        raise LogUnavailableError

    assert questions_until_the_stop(sometimes) == 9
