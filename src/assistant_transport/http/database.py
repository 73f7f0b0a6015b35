"""The database, where DATABASE_URL names one: the connections of a reply, and whether it answers."""

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from threading import Thread

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import DEFAULT_DB_ALIAS, connection, connections

logger = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 2.0
_question: asyncio.Future[bool] | None = None


def is_configured() -> bool:
    """Whether there is one. (Django puts a dummy into empty DATABASES as soon as anybody asks.)"""
    return str(connections.settings[DEFAULT_DB_ALIAS]["ENGINE"]) != "django.db.backends.dummy"


@asynccontextmanager
async def own_connections() -> AsyncIterator[None]:
    """Within it the ORM has a thread and connections of its own, which end with it.

    Those of the request would be closed at its end, which a reply outlives whose reader has gone.
    """
    if not is_configured():
        yield
        return
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
    """Whether the database answers in time. While it owes an answer it is not asked again, so no threads pile up."""
    global _question
    if _question is None or _question.done():
        loop = asyncio.get_running_loop()
        _question = loop.create_future()
        # Not a pool's thread: the process could not end before a connection that hangs.
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
    with suppress(RuntimeError):  # the process ends
        loop.call_soon_threadsafe(question.set_result, there)
