"""Stores what runs have changed: one transaction for many of them, a few queries for each. For the writer's thread."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from assistant_transport.threads.models import RunRecord, Thread
from assistant_transport.threads.tree import Row

_AT_THE_END = ("model", "input_tokens", "output_tokens", "cached_tokens", "seconds", "outcome", "reason")

_UPSERT = """
INSERT INTO "assistant_threads_message" ("thread_id", "number", "parent", "name", "data", "text")
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT ("thread_id", "number") DO UPDATE
SET "parent" = excluded."parent", "name" = excluded."name", "data" = excluded."data"
""".strip()


@dataclass(eq=False)
class Handle:
    """A thread as the run on it knows it; only the writer's thread changes it once it is in use."""

    created: Mapping[str, Any]  # the fields of a new thread
    pk: int | None = None  # None: it is not stored yet
    revision: int = 0  # of the messages that were read or written last
    head: int | None = None  # as it is stored
    record: int | None = None  # the key of the run's record
    is_lost: bool = False  # something could not be stored, so nothing after it can


@dataclass(eq=False)
class Save:
    """What changed on a thread, to be stored in one piece; or with `thread` None the record of a run only."""

    thread: Handle | None
    rows: Sequence[Row] = ()
    head: int | None = None
    rest: str | None = None  # None: it stays
    running_until: datetime | None = None
    record: Mapping[str, Any] | None = None  # fields of the run's record, as it begins or as it ends
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = 500 + len(self.rest or "") + sum(len(row.data) + len(row.text or "") for row in self.rows)

    @property
    def is_growth(self) -> bool:
        """Whether messages of a running reply have grown, and nothing else has changed."""
        thread = self.thread
        is_more = self.record is not None or self.rest is not None or self.running_until is None
        return thread is not None and thread.pk is not None and thread.head == self.head and not is_more


def save(saves: Sequence[Save]) -> None:
    """Stores all of `saves`, or none. A thread that somebody else has changed since is given up, and says so."""
    batch = _Batch()
    with transaction.atomic():
        batch.add_growth([each for each in saves if each.is_growth])
        for each in saves:
            batch.add(each)
        _save_messages(batch.messages)
        _save_records([*batch.records.values()])
        for thread, lost in batch.given_up.items():
            if thread.pk is not None and lost:
                mark_lost(thread.pk, lost)
    batch.stored()


class _Batch:
    """What is stored in one transaction. Threads' handles change only once that is through."""

    def __init__(self) -> None:
        self.messages: dict[tuple[int, int], Row] = {}
        self.records: dict[Handle | Save, RunRecord] = {}
        self.given_up: dict[Handle, int] = {}  # with the number of messages that are lost
        self._known: dict[Handle, tuple[int, int]] = {}  # keys and revisions
        self._heads: dict[Handle, int | None] = {}
        self._grown: set[Save] = set()  # whose threads are stored already

    def add_growth(self, saves: Sequence[Save]) -> None:
        """Stores the threads of running replies together: most of what is stored is one of these."""
        threads = {each.thread.pk: each.thread for each in saves if each.thread is not None}
        if len(threads) < 2 or len(threads) < len(saves):
            return  # one alone takes a query less, and two of one thread come one after the other
        found = Thread.objects.select_for_update().filter(pk__in=threads).values_list("pk", "revision")
        current = [pk for pk, revision in found if threads[pk].revision == revision]
        counted = {"version": F("version") + 1, "revision": F("revision") + 1}
        now = timezone.now()
        until = max(each.running_until for each in saves if each.running_until is not None)
        Thread.objects.filter(pk__in=current).update(updated=now, last_activity=now, running_until=until, **counted)
        for pk in current:
            self._known[threads[pk]] = (pk, threads[pk].revision + 1)
        self._grown = {each for each in saves if each.thread in self._known}

    def add(self, each: Save) -> None:
        """Stores the thread of one, and gathers what goes with it."""
        thread = each.thread
        pk = None
        if thread is not None:
            if thread.is_lost or thread in self.given_up or not self._save_thread(each, thread):
                self.given_up[thread] = self.given_up.get(thread, 0) + len(each.rows)
            else:
                pk = self._known[thread][0]
                for row in each.rows:
                    earlier = self.messages.get((pk, row.number))
                    text = earlier.text if earlier is not None and row.text is None else row.text
                    self.messages[pk, row.number] = replace(row, text=text)
        if each.record is not None:
            self.records[thread or each] = RunRecord(pk=thread and thread.record, thread_id=pk, **each.record)

    def _save_thread(self, each: Save, thread: Handle) -> bool:
        if each in self._grown:
            return True
        self._heads[thread] = each.head
        return _save_thread(each, thread, self._known)

    def stored(self) -> None:
        """Tells the handles."""
        for thread, (pk, revision) in self._known.items():
            thread.pk, thread.revision = pk, revision
            thread.head = self._heads.get(thread, thread.head)
        for owner, record in self.records.items():
            if isinstance(owner, Handle):
                owner.record = record.pk
        for thread in self.given_up:
            thread.is_lost = True


def adopt(thread: Handle) -> bool:
    """Takes for a thread that could not be made the one that was made meanwhile, by name only; False if it has more."""
    name = {"owner": thread.created["owner"], "name": thread.created["name"]}
    thread.pk = Thread.objects.filter(**name, revision=0, head=None).values_list("pk", flat=True).first()
    return thread.pk is not None


def renew(threads: Iterable[Handle], running_until: datetime) -> None:
    """Says of threads that their runs go on."""
    Thread.objects.filter(pk__in=[thread.pk for thread in threads if thread.pk]).update(running_until=running_until)


def mark_lost(pk: int, messages: int) -> None:
    """Says of a thread that so many messages could not be stored."""
    Thread.objects.filter(pk=pk).update(lost=F("lost") + messages, version=F("version") + 1, updated=timezone.now())


def _save_thread(each: Save, thread: Handle, known: dict[Handle, tuple[int, int]]) -> bool:
    """False if somebody else has changed the thread's messages, or deleted it."""
    pk, revision = known.get(thread, (thread.pk, thread.revision))
    now = timezone.now()
    changed: dict[str, Any] = {"head": each.head, "running_until": each.running_until, "last_activity": now}
    if each.rest is not None:
        changed["rest"] = each.rest
    if pk is None:
        made = Thread(**thread.created, **changed, revision=1)
        made.save(force_insert=True)
        known[thread] = (made.pk, 1)
        return True
    counted = {"version": F("version") + 1, "revision": revision + 1, "updated": now}
    if not Thread.objects.filter(pk=pk, revision=revision).update(**changed, **counted):
        return False
    known[thread] = (pk, revision + 1)
    return True


def _save_messages(messages: Mapping[tuple[int, int], Row]) -> None:
    """Stores messages, by their threads' keys and their numbers: new ones, and changes of those that are there.

    By SQL of its own, since models and bulk_create took a twentieth of a token's CPU time.
    """
    for has_text, statement in ((True, _UPSERT + ', "text" = excluded."text"'), (False, _UPSERT)):
        values = [
            (pk, row.number, row.parent, row.name, row.data, row.text or "")
            for (pk, _), row in messages.items()
            if (row.text is not None) == has_text
        ]
        if values:
            with connection.cursor() as cursor:
                cursor.executemany(statement, values)


def _save_records(records: Sequence[RunRecord]) -> None:
    """Makes the new ones, and changes those that are there still."""
    new = [record for record in records if record.pk is None]
    for record in records:
        if record.pk is not None:
            ended = {name: getattr(record, name) for name in _AT_THE_END}
            RunRecord.objects.filter(pk=record.pk).update(**ended)
    RunRecord.objects.bulk_create(new)
