"""The threads that this process's runs are on, and the writer that they share: implements http's ThreadStore."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from time import monotonic

from django.utils import timezone

from assistant_transport.callers import Caller
from assistant_transport.conf import settings
from assistant_transport.http.thread_store import KeptThread, RunReport, ThreadInUseError, ThreadsUnavailableError
from assistant_transport.threads import loading, saving
from assistant_transport.threads.kept import Kept, record_of
from assistant_transport.threads.loading import Loaded
from assistant_transport.threads.saving import Save
from assistant_transport.threads.writer import Writer

# With the time that a write takes, a killed process loses less than the last second.
_STORE_SECONDS = 0.8
_LOOK_SECONDS = 0.2
_LARGE = 20_000


class Store:
    """Keeps threads in the project's database."""

    def __init__(self) -> None:
        self._writer = Writer()
        self._running: set[Kept] = set()
        self._storing: asyncio.Task[None] | None = None

    @property
    def problem(self) -> str | None:
        """See ThreadStore."""
        return self._writer.problem

    async def load(self, caller: Caller, name: str) -> KeptThread:
        """See ThreadStore."""
        layout = settings.ASSISTANT_MESSAGE_FORMAT
        # Claims are in the log of runs: where that is in memory, the lease says whether another process has a run.
        load = partial(loading.load, caller, name, layout, is_alone=bool(settings.REDIS_URL))
        deadline = monotonic() + settings.THREAD_WAIT_SECONDS
        while True:
            try:
                loaded: Loaded = await self._writer.ask(load)
                break
            except ThreadInUseError:
                if monotonic() > deadline:
                    raise
                await asyncio.sleep(_LOOK_SECONDS)
        return Kept(caller, loaded, layout, self._put, self._running)

    def _put(self, save: Save, done: Callable[[], object]) -> None:
        self._writer.put(save, done)
        if self._running and (self._storing is None or self._storing.done()):
            self._storing = asyncio.create_task(self._store())

    async def _store(self) -> None:
        """Stores what runs change, while there are any. What the writer has no time for stays in their states."""
        renewed = monotonic()
        while self._running:
            await asyncio.sleep(_STORE_SECONDS)
            if not self._writer.is_idle:
                continue
            for index, kept in enumerate(list(self._running)):
                if kept in self._running and (save := kept.changed()):
                    self._writer.put(save, _nothing, wakes=False)
                    if index % 8 == 7 or save.size > _LARGE:  # to encode them takes a moment
                        await asyncio.sleep(0)
            self._writer.wake()
            if monotonic() - renewed > settings.RUN_LEASE_SECONDS / 3:
                renewed = monotonic()
                alive = [kept.handle for kept in self._running]
                until = timezone.now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)
                with suppress(ThreadsUnavailableError):
                    await self._writer.ask(partial(saving.renew, alive, until))

    def record(self, caller: Caller, report: RunReport) -> None:
        """See ThreadStore."""
        begun = timezone.now() - timedelta(seconds=report.run.seconds)
        self._writer.put(Save(None, record=record_of(caller.owner, report, begun)), _nothing)

    async def settled(self) -> None:
        """See ThreadStore."""
        if self.problem is None:
            await self.close()

    async def close(self) -> None:
        """See ThreadStore."""
        with suppress(ThreadsUnavailableError):
            await self._writer.ask(lambda: None)  # answered once all before it is stored


def _nothing() -> None:
    """Nobody waits for what is stored while a run goes on."""
