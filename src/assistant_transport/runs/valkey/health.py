"""Finds out whether runs could be written to Valkey right now, and says so in the log when that changes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from assistant_transport.runs.valkey import write_script
from assistant_transport.runs.valkey.client import UNAVAILABLE, Client
from assistant_transport.runs.valkey.keys import Keys
from assistant_transport.runs.valkey.problems import CONNECTING, Problem, diagnose

logger = logging.getLogger(__name__)


class Health:
    """Writes runs that nobody sees, as real ones are written, every `interval` seconds.

    Args:
        client: to Valkey, which gives up soon.
        keys: under which it writes them.
        process: this process's name.
        interval: seconds.
        reconnect: opens every connection anew, so that none stays at a node that is the primary no more.
    """

    def __init__(
        self, client: Client, keys: Keys, process: str, interval: float, reconnect: Callable[[], Awaitable[None]]
    ) -> None:
        self.problem: Problem | None = CONNECTING
        self._loop = asyncio.get_running_loop()
        self._write = keys.script(client, write_script.WRITE)
        self._used, self._arguments = write_script.probe(process, keys)
        self._interval = interval
        self._reconnect = reconnect
        self._wanted = asyncio.Event()
        self._last: Problem | None = None
        self._logged: Problem | None = None
        self._since = self._loop.time()

    def check_soon(self) -> None:
        """For whoever has met an error."""
        self._wanted.set()

    async def check_forever(self) -> None:
        while True:
            await self._check()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), self._interval)
            self._wanted.clear()

    async def _check(self) -> None:
        problem = await self._find_problem()
        if problem is not None and problem.kind in ("closed", "cluster", "read_only"):
            problem = await self._find_problem()  # a new connection shows why
        if problem is None:
            self._note_success()
        else:
            self._note_failure(problem)
            if problem.kind == "read_only":
                with suppress(*UNAVAILABLE):
                    await self._reconnect()

    async def _find_problem(self) -> Problem | None:
        try:
            await self._write(keys=self._used, args=self._arguments)
        except UNAVAILABLE as error:
            return diagnose(error)
        return None

    def _note_success(self) -> None:
        if self._logged is not None:
            logger.warning("The run log is available again after %.1f s", self._loop.time() - self._since)
        self.problem = None
        self._logged = None

    def _note_failure(self, problem: Problem) -> None:
        """One line when it goes, and another where the reason has become another one for good."""
        if self.problem is None:
            self._since = self._loop.time()
        if self._logged is None or (problem == self._last and problem != self._logged):
            logger.warning(
                "The run log is unavailable (%s): %s. Replies go on; resuming does not", problem.kind, problem.hint
            )
            self._logged = problem
        self.problem = self._last = problem
