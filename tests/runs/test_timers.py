"""Many timers, one of the event loop's."""

import asyncio

import pytest

from assistant_transport.runs import timers


def test_they_run_in_their_order_and_not_before_their_time() -> None:
    async def main() -> list[str]:
        loop, ran, done = asyncio.get_running_loop(), [], asyncio.Event()
        began = loop.time()

        def note(name: str, seconds: float) -> None:
            assert loop.time() - began >= seconds
            ran.append(name)
            if len(ran) == 3:
                done.set()

        for name, seconds in (("late", 0.3), ("soon", 0.0), ("later than soon", 0.15)):
            timers().after(seconds, lambda name=name, seconds=seconds: note(name, seconds))  # type: ignore[misc]
        await asyncio.wait_for(done.wait(), 30)
        return ran

    assert asyncio.run(main()) == ["soon", "later than soon", "late"]


def test_one_that_is_cancelled_never_runs_and_holds_nothing() -> None:
    async def main() -> None:
        done = asyncio.Event()
        cancelled = timers().after(0.0, lambda: pytest.fail("it was cancelled"))
        timers().after(0.0, done.set)
        cancelled.cancel()
        cancelled.cancel()
        await asyncio.wait_for(done.wait(), 30)

    asyncio.run(main())


def test_one_that_fails_keeps_no_other_from_running() -> None:
    async def main() -> list[str]:
        failures: list[str] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context["message"]))
        done = asyncio.Event()
        timers().after(0.1, done.set)
        timers().after(0.0, lambda: 1 / 0)
        await asyncio.wait_for(done.wait(), 30)
        return failures

    assert asyncio.run(main()) == ["A timer failed"]
