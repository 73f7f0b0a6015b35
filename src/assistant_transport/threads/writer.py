"""The one thread that talks to the database for kept threads: in order, many changes at once, again where it fails."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile
from threading import Condition, Thread
from time import monotonic
from typing import Any

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection

from assistant_transport.http.thread_store import ThreadsUnavailableError
from assistant_transport.threads import saving
from assistant_transport.threads.saving import Handle, Save

logger = logging.getLogger(__name__)

_MAX_WAITING_BYTES = 64 * 1024 * 1024
_MAX_AT_ONCE = 100
_RETRY_SECONDS = 0.5
_MAX_ATTEMPTS = 5  # of a database that is there
_SLOW_SECONDS = 5.0
_AWAY = "the database does not answer, or its tables are missing (manage.py migrate)"


@dataclass(eq=False)
class _Write:
    save: Save
    done: Callable[[], object]
    loop: asyncio.AbstractEventLoop
    since: float


@dataclass(eq=False)
class _Question:
    ask: Callable[[], Any]
    future: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop
    since: float

    def answer(self, result: Any, error: Exception | None = None) -> None:
        _tell(self.loop, partial(_resolve, self.future, result, error))


def _tell(loop: asyncio.AbstractEventLoop, do: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # the loop is closed, since the process is ending
        loop.call_soon_threadsafe(do)


class Writer:
    """Stores what is put, and answers what is asked, in this order. Its methods are for the event loop's thread."""

    def __init__(self) -> None:
        self._jobs: deque[_Write | _Question] = deque()
        self._bytes = 0
        self._changed = Condition()
        self._thread: Thread | None = None
        self._attempts = 0  # that have failed since the last one that did not
        self._lost: dict[Handle, int] = {}  # how many messages, still to be said in the database

    @property
    def problem(self) -> str | None:
        """Why nothing can be stored right now; None if it can."""
        first = next(iter(self._jobs), None)
        is_slow = first is not None and monotonic() - first.since > _SLOW_SECONDS
        return _AWAY if self._attempts or is_slow else None

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits."""
        return not self._jobs

    def put(self, save: Save, done: Callable[[], object], *, wakes: bool = True) -> None:
        """Stores `save` later, and then calls `done`, or does so at once where too much waits already.

        What does not wake the writer waits for `wake`, to be stored with others.
        """
        if self._bytes + save.size > _MAX_WAITING_BYTES:
            logger.error("What a run wrote, or the record of it, is lost: too much waits for the database")
            self._give_up(save)
            done()
            return
        self._bytes += save.size
        self._add(_Write(save, done, asyncio.get_running_loop(), monotonic()), wakes=wakes)

    async def ask(self, question: Callable[[], Any]) -> Any:
        """What `question` returns in the writer's thread, once all is stored that was put before.

        Raises:
            ThreadsUnavailableError: the database does not answer.
        """
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._add(_Question(question, future, loop, monotonic()))
        try:
            return await asyncio.wait_for(future, _SLOW_SECONDS)
        except TimeoutError:
            raise ThreadsUnavailableError from None

    def wake(self) -> None:
        """Stores what was put."""
        with self._changed:
            self._changed.notify()

    def _add(self, job: _Write | _Question, *, wakes: bool = True) -> None:
        with self._changed:
            self._jobs.append(job)
            if self._thread is None:
                # A daemon: while a connection hangs, another kind of thread would keep the process from ending.
                self._thread = Thread(target=self._work, name="threads", daemon=True)
                self._thread.start()
            if isinstance(job, _Question) or (wakes and not self._attempts):
                self._changed.notify()

    def _give_up(self, save: Save) -> None:
        if save.thread is not None:
            save.thread.is_lost = True
            self._lost[save.thread] = self._lost.get(save.thread, 0) + len(save.rows)

    # In the writer's thread.

    def _work(self) -> None:
        while True:
            with self._changed:
                if self._attempts:
                    self._changed.wait(_RETRY_SECONDS)
                while not self._jobs:
                    self._changed.wait()
                first = self._jobs[0]
                size = 1 if self._attempts > _MAX_ATTEMPTS else _MAX_AT_ONCE
                writes = [*takewhile(lambda job: isinstance(job, _Write), islice(self._jobs, size))]
            if isinstance(first, _Question):
                self._answer(first)
            elif not self._store([job for job in writes if isinstance(job, _Write)]):
                self._refuse_questions()

    def _answer(self, question: _Question) -> None:
        result: Any = None
        problem: Exception | None = None
        try:
            result = question.ask()
            self._attempts = 0
        except (DatabaseError, InterfaceError) as error:
            self._failed(error)
            problem = ThreadsUnavailableError()
        except Exception as error:
            problem = error
        self._remove([question])
        question.answer(result, problem)

    def _store(self, jobs: Sequence[_Write]) -> bool:
        """Stores them together, and where that cannot be, one by one; False if the database is away."""
        try:
            saving.save([job.save for job in jobs])
            self._say_lost()
        except (OperationalError, InterfaceError) as error:
            self._failed(error)
            if self._attempts <= _MAX_ATTEMPTS or not _answers():
                return False
            return self._store_alone(jobs[0], error)
        except Exception as error:
            return all(self._store([job]) for job in jobs) if len(jobs) > 1 else self._store_alone(jobs[0], error)
        self._attempts = 0
        self._remove(jobs)
        for job in jobs:
            _tell(job.loop, job.done)
        return True

    def _store_alone(self, job: _Write, error: Exception) -> bool:
        """Deals with what the database, which is there, does not take."""
        thread = job.save.thread
        try:
            if isinstance(error, IntegrityError) and thread is not None and thread.pk is None and saving.adopt(thread):
                return self._store([job])
        except (OperationalError, InterfaceError) as problem:
            self._failed(problem)
            return False
        # Without the error's text: PostgreSQL quotes the row that it refuses, which is what somebody wrote.
        logger.error("Messages of a kept thread could not be stored: %s", type(error).__name__)
        self._give_up(job.save)
        self._attempts = 0
        self._remove([job])
        _tell(job.loop, job.done)
        return True

    def _failed(self, error: Exception) -> None:
        if not self._attempts:
            logger.warning("Kept threads: %s (%s)", _AWAY, type(error).__name__)
        self._attempts += 1
        with suppress(Exception):
            connection.close()

    def _refuse_questions(self) -> None:
        with self._changed:
            questions = [job for job in self._jobs if isinstance(job, _Question)]
        self._remove(questions)
        for question in questions:
            question.answer(None, ThreadsUnavailableError())

    def _remove(self, jobs: Sequence[_Write | _Question]) -> None:
        with self._changed:
            for job in jobs:
                self._jobs.remove(job)
                self._bytes -= job.save.size if isinstance(job, _Write) else 0

    def _say_lost(self) -> None:
        for thread, messages in list(self._lost.items()):
            if thread.pk is not None:
                saving.mark_lost(thread.pk, messages)
            self._lost.pop(thread, None)


def _resolve(future: "asyncio.Future[Any]", result: Any, error: Exception | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def _answers() -> bool:
    try:
        connection.ensure_connection()
        return bool(connection.is_usable())
    except Exception:
        return False
