"""Deletes threads in batches, with what is kept of them outside of the database; and everything of one owner."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from assistant_transport import approvals
from assistant_transport.http import registry, thread_deletion
from assistant_transport.threads.models import RunRecord, Thread

Place = tuple[str, str]
"""An owner, and the name of one of their threads."""


def expired(days: int) -> QuerySet[Thread]:
    """Threads without a run for so many days."""
    now = timezone.now()
    is_idle = Q(running_until=None) | Q(running_until__lt=now)
    return Thread.objects.filter(is_idle, last_activity__lt=now - timedelta(days=days))


def delete(threads: QuerySet[Thread], size: int) -> Iterator[int]:
    """Deletes `threads`, `size` in a transaction; yields after each how many it were.

    Raises:
        LogUnavailableError: runs in the log, or approvals, cannot be deleted; the batch before it is gone.
    """
    while batch := list(threads.order_by("pk").values_list("pk", "owner", "name")[:size]):
        places = [(owner, name) for _, owner, name in batch]
        asyncio.run(_each(places, thread_deletion.forget))
        Thread.objects.filter(pk__in=[pk for pk, _, _ in batch]).delete()
        yield len(batch)


def erase(owner: str) -> dict[str, int]:
    """Deletes everything of an owner; returns how many threads and records of runs it were.

    Raises:
        ApiError: a reply is written on one of the threads, and cannot be stopped from here.
        LogUnavailableError
    """
    threads = Thread.objects.filter(owner=owner)
    places = [(owner, name) for name in threads.values_list("name", flat=True)]
    asyncio.run(_each(places, thread_deletion.stop))
    deleted = sum(delete(threads, 200))
    asyncio.run(_closing(_forget_runs(owner)))
    records, _ = RunRecord.objects.filter(owner=owner).delete()
    return {"threads": deleted, "runs": records}


async def _forget_runs(owner: str) -> None:
    await registry.runs().log.forget_owner(owner)


async def _each(places: Sequence[Place], do: Callable[[str, str], Awaitable[None]]) -> None:
    async def all_of_them() -> None:
        for owner, name in places:
            await do(owner, name)

    await _closing(all_of_them())


async def _closing(work: Awaitable[None]) -> None:
    """Does `work` with connections of its own, which belong to this event loop and are closed with it."""
    try:
        await work
    finally:
        await registry.runs().log.close()
        await approvals.close()
        registry.runs.cache_clear()
        approvals.pending_calls.cache_clear()
