"""The list of an owner's threads: pages by a cursor, newest activity first."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from assistant_transport.http.errors import ApiError, Code
from assistant_transport.http.thread_models import ListThreads
from assistant_transport.threads import search
from assistant_transport.threads.models import Thread

_FLAGS = {"false": (False,), "true": (True,), "all": (False, True)}
_SHOWN = ("name", "title", "archived", "imported", "created", "updated", "last_activity", "version", "running_until")


def summary(thread: Thread) -> dict[str, Any]:
    """A thread as lists show it."""
    return {
        "threadId": thread.name,
        "title": thread.title,
        "archived": thread.archived,
        "createdAt": _iso(thread.created),
        "updatedAt": _iso(thread.updated),
        "lastActivityAt": _iso(thread.last_activity),
        "version": thread.version,
        "running": is_running(thread),
        "imported": thread.imported,
        "lost": thread.lost,
    }


def is_running(thread: Thread) -> bool:
    """Whether a run writes the thread, as far as the database knows."""
    return thread.running_until is not None and thread.running_until > timezone.now()


def page(owner: str, query: ListThreads) -> dict[str, Any]:
    """A page of the owner's threads, as the API shows it."""
    wanted = search.words(query.q)
    if query.q and not wanted:
        return {"threads": [], "nextCursor": None}
    threads = search.matching_threads(owner, wanted) if wanted else Thread.objects.filter(owner=owner)
    # One query for each flag: the index has the order within one flag only.
    found = [thread for flag in _FLAGS[query.archived] for thread in _newest(threads.filter(archived=flag), query)]
    found.sort(key=lambda thread: (thread.last_activity, thread.pk), reverse=True)
    shown = found[: query.limit]
    summaries = [summary(thread) for thread in shown]
    if wanted:
        _add_snippets(summaries, shown, wanted)
    return {"threads": summaries, "nextCursor": _cursor(shown[-1]) if len(found) > query.limit else None}


def _newest(threads: QuerySet[Thread], query: ListThreads) -> Iterable[Thread]:
    if query.cursor is not None:
        last_activity, pk = _position(query.cursor)
        # The first condition is what the index is read from.
        threads = threads.filter(last_activity__lte=last_activity).filter(
            Q(last_activity__lt=last_activity) | Q(pk__lt=pk)
        )
    return threads.only(*_SHOWN, "lost").order_by("-last_activity", "-pk")[: query.limit + 1]


def _add_snippets(summaries: list[dict[str, Any]], shown: list[Thread], wanted: list[str]) -> None:
    found = search.snippets([thread.pk for thread in shown], wanted)
    for item, thread in zip(summaries, shown, strict=True):
        item["snippet"] = found.get(thread.pk)


def _cursor(thread: Thread) -> str:
    return urlsafe_b64encode(json.dumps([thread.last_activity.isoformat(), thread.pk]).encode()).decode()


def _position(cursor: str) -> tuple[datetime, int]:
    try:
        last_activity, pk = json.loads(urlsafe_b64decode(cursor.encode()))
        moment = datetime.fromisoformat(last_activity)
        position = moment.astimezone(UTC), int(pk)
        if moment.tzinfo is None or not 0 <= position[1] < 2**63:
            raise ValueError
    except (ValueError, TypeError, OverflowError):
        raise ApiError(Code.INVALID_REQUEST, "The request is not valid: cursor: send a nextCursor as it is.") from None
    return position


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
