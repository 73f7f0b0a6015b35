"""Stops a run that nobody has read for a while, neither here nor from the log in another process."""

import asyncio
from collections.abc import Awaitable, Callable

from assistant_transport.runs.feed import Feed
from assistant_transport.runs.log import LogUnavailableError

# While the run has no reader here, the log is asked this often for readers elsewhere.
_ASK_SECONDS = 2.0
# The run's subscribers wait a while for a log that does not answer, so the run is kept for as many questions.
_MAX_UNANSWERED = 5


class Grace:
    """The time that a run has without readers.

    Args:
        seconds: how long that is.
        feed: of the run.
        has_subscribers: asks the log whether the run is read elsewhere.
        stop: stops the run.
    """

    def __init__(
        self, seconds: float, feed: Feed, has_subscribers: Callable[[], Awaitable[bool]], stop: Callable[[], object]
    ) -> None:
        self._seconds = seconds
        self._feed = feed
        self._has_subscribers = has_subscribers
        self._stop = stop
        self._unanswered = 0
        self._timer: asyncio.TimerHandle | None = None
        self._question: asyncio.Task[None] | None = None

    def begin(self, at_least: float = 0.0) -> None:
        """Grants the run its time from now on."""
        self.end()
        self._timer = asyncio.get_running_loop().call_later(max(self._seconds, at_least), self._expire)

    def end(self) -> None:
        """Takes the time back: the run has ended."""
        if self._timer is not None:
            self._timer.cancel()

    def _expire(self) -> None:
        if self._feed.is_idle and not self._feed.ended:
            self._question = asyncio.create_task(self._stop_unless_subscribed())

    async def _stop_unless_subscribed(self) -> None:
        try:
            subscribed = await self._has_subscribers()
            self._unanswered = 0
        except LogUnavailableError:
            self._unanswered += 1
            subscribed = self._unanswered < _MAX_UNANSWERED
        if self._feed.ended:
            return
        if subscribed:
            self.begin(at_least=_ASK_SECONDS)
        elif self._feed.is_idle:
            self._stop()
