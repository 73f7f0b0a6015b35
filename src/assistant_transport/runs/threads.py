"""One run at a time on a kept thread: the next begins when the one before has really ended."""

import asyncio
from dataclasses import dataclass, field

from assistant_transport.runs.log import RunLog, Status
from assistant_transport.runs.run import Run

# How often another process's hold on a thread is looked at.
_LOOK_SECONDS = 0.1


class ThreadBusyError(Exception):
    """An earlier run of the thread did not end in time."""


@dataclass(eq=False)
class _Place:
    run: Run
    is_next: asyncio.Event = field(default_factory=asyncio.Event)  # it is the first, or its run has ended
    is_claimed: bool = False  # in the log, for this process


class Threads:
    """The lines of this process's runs on kept threads, by owner and thread; the first of a line has the thread.

    Args:
        log: tells it to other processes.
        wait: seconds after which a run that waits is refused.
    """

    def __init__(self, log: RunLog, wait: float) -> None:
        self._log = log
        self._wait = wait
        self._lines: dict[tuple[str, str | None], list[_Place]] = {}

    async def claim(self, run: Run, *, cancel: bool) -> None:
        """Waits until `run` has its thread for itself; it is released when the run and its assistant have ended.

        With `cancel`, runs that came earlier are stopped. A run that is stopped while it waits claims nothing.

        Raises:
            ThreadBusyError: an earlier run goes on.
            LogUnavailableError: it cannot be known whether another process has a run on the thread.
        """
        line = self._lines.setdefault((run.head.owner, run.head.thread), [])
        place = _Place(run)
        line.append(place)
        run.when_finished(lambda: self._leave(place))
        if cancel:
            for earlier in line[:-1]:
                earlier.run.stop(Status.CANCELLED)
        if line[0] is place:
            place.is_next.set()
        deadline = asyncio.get_running_loop().time() + self._wait
        try:
            async with asyncio.timeout_at(deadline):
                await place.is_next.wait()
        except TimeoutError:
            raise ThreadBusyError from None
        # The claim of another process ends in Valkey, which is asked again and again.
        while run.status is Status.RUNNING and not await self._log.claim_thread(run.head, cancel=cancel):
            if asyncio.get_running_loop().time() > deadline:
                raise ThreadBusyError
            cancel = False  # whoever has the thread next may have come later
            await asyncio.sleep(_LOOK_SECONDS)
        place.is_claimed = True
        if place not in line:  # its run has ended meanwhile
            self._log.release_thread(run.head)

    def _leave(self, place: _Place) -> None:
        head = place.run.head
        line = self._lines[head.owner, head.thread]
        line.remove(place)
        place.is_next.set()
        if place.is_claimed:
            self._log.release_thread(head)
        if line:
            line[0].is_next.set()
        else:
            del self._lines[head.owner, head.thread]
