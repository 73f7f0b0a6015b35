"""What a thread has outside of the database: a reply in the making, runs in the log, approvals, checkpoints."""

import asyncio
from time import monotonic

from assistant_transport.approvals import Place, pending_calls
from assistant_transport.http import registry
from assistant_transport.http.errors import ApiError, Code
from assistant_transport.runs import Record, Status

_STOP_SECONDS = 5.0


async def running(owner: str, name: str) -> Record | None:
    """The run that writes the thread now. Raises LogUnavailableError."""
    record = await registry.runs().log.latest(owner, name)
    return record if record is not None and record.status is Status.RUNNING else None


async def stop(owner: str, name: str) -> None:
    """Stops the run that writes the thread, if there is one.

    Raises:
        ApiError: 409, it has not stopped within five seconds.
        LogUnavailableError
    """
    deadline = monotonic() + _STOP_SECONDS
    record = await running(owner, name)
    if record is not None:
        await registry.runs().cancel(record)
    while (await running(owner, name)) is not None:
        if monotonic() > deadline:
            sentence = "The reply on this thread has not stopped yet. Please try again in a moment."
            raise ApiError(Code.THREAD_BUSY, sentence, headers={"Retry-After": "1"})
        await asyncio.sleep(0.05)


async def forget(owner: str, name: str) -> None:
    """Deletes what the log, the approvals and the assistant have of a thread. Raises LogUnavailableError."""
    await registry.runs().log.forget(owner, name)
    await pending_calls().forget(Place(owner, name))
    await registry.assistant().forget_thread(owner, name)
