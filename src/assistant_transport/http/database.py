"""The project's database, if it has one: connections for a reply, and whether the database responds."""

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from threading import Thread

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import DEFAULT_DB_ALIAS, connection, connections

logger = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 2.0
_question: asyncio.Future[bool] | None = None


def is_configured() -> bool:
    """Whether the project has a database. (Django fills empty DATABASES with a dummy backend when first accessed.)"""
    return str(connections.settings[DEFAULT_DB_ALIAS]["ENGINE"]) != "django.db.backends.dummy"


def own_connections() -> AbstractAsyncContextManager[None]:
    """Gives the ORM its own thread and connections, which are closed at the end, if the project has a database.

    The request's connections are closed when the request ends, and a reply may outlive it.
    """
    return _own_connections() if is_configured() else nullcontext()


@asynccontextmanager
async def _own_connections() -> AsyncIterator[None]:
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reply")
    try:
        async with ThreadSensitiveContext(executor=thread):
            try:
                yield
            finally:
                await sync_to_async(connections.close_all)()
    finally:
        thread.shutdown(wait=False)


async def answers() -> bool:
    """Whether the database responds within 2 seconds. It is asked once at a time, so that no threads pile up."""
    global _question
    if _question is None or _question.done():
        loop = asyncio.get_running_loop()
        _question = loop.create_future()
        # A daemon thread: a pool's thread would keep the process from ending while a connection hangs.
        Thread(target=_ask, args=(loop, _question), daemon=True).start()
    question = _question
    await asyncio.wait({question}, timeout=_TIMEOUT_SECONDS)
    return question.done() and question.result()


def _ask(loop: asyncio.AbstractEventLoop, question: "asyncio.Future[bool]") -> None:
    try:
        connection.ensure_connection()
        there = connection.is_usable()
    except Exception as error:
        logger.warning("The database does not answer: %s", type(error).__name__)
        there = False
    finally:
        connection.close()
    with suppress(RuntimeError):  # the loop is closed, since the process is ending
        loop.call_soon_threadsafe(question.set_result, there)
