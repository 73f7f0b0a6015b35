"""Stores what runs have changed: one transaction for many of them, a few queries for each. For the writer's thread."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assistant_transport.threads.models import Message, RunRecord, Thread
from assistant_transport.threads.tree import Row

_AT_THE_END = ("model", "input_tokens", "output_tokens", "cached_tokens", "seconds", "outcome", "reason")


@dataclass(eq=False)
class Handle:
    """A thread as the run on it knows it; only the writer's thread changes it once it is in use."""

    created: Mapping[str, Any]  # the fields of a new thread
    pk: int | None = None  # None: it is not stored yet
    revision: int = 0  # of the messages that were read or written last
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


def save(saves: Sequence[Save]) -> None:
    """Stores all of `saves`, or none. A thread that somebody else has changed since is given up, and says so."""
    batch = _Batch()
    with transaction.atomic():
        for each in saves:
            batch.add(each)
        _save_messages(batch.messages.values())
        _save_records([*batch.records.values()])
        for thread, lost in batch.given_up.items():
            if thread.pk is not None and lost:
                mark_lost(thread.pk, lost)
    batch.stored()


class _Batch:
    """What is stored in one transaction. Threads' handles change only once that is through."""

    def __init__(self) -> None:
        self.messages: dict[tuple[int, int], Message] = {}
        self.records: dict[Handle | Save, RunRecord] = {}
        self.given_up: dict[Handle, int] = {}  # with the number of messages that are lost
        self._known: dict[Handle, tuple[int, int]] = {}  # keys and revisions

    def add(self, each: Save) -> None:
        """Stores the thread of one, and gathers what goes with it."""
        thread = each.thread
        pk = None
        if thread is not None:
            if thread.is_lost or thread in self.given_up or not _save_thread(each, thread, self._known):
                self.given_up[thread] = self.given_up.get(thread, 0) + len(each.rows)
            else:
                pk = self._known[thread][0]
                for row in each.rows:
                    self.messages[pk, row.number] = _message(pk, row, self.messages.get((pk, row.number)))
        if each.record is not None:
            self.records[thread or each] = RunRecord(pk=thread and thread.record, thread_id=pk, **each.record)

    def stored(self) -> None:
        """Tells the handles."""
        for thread, (pk, revision) in self._known.items():
            thread.pk, thread.revision = pk, revision
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


def _message(pk: int, row: Row, earlier: Message | None) -> Message:
    text = row.text if row.text is not None else earlier.text if earlier is not None else None
    message = Message(thread_id=pk, number=row.number, parent=row.parent, name=row.name, data=row.data)
    message.text = text  # None marks for _save_messages that the stored one stays
    return message


def _save_messages(messages: Iterable[Message]) -> None:
    by_text: dict[bool, list[Message]] = {True: [], False: []}
    for message in messages:
        by_text[message.text is not None].append(message)
        message.text = message.text or ""
    for has_text, found in by_text.items():
        Message.objects.bulk_create(
            found,
            update_conflicts=True,
            unique_fields=["thread", "number"],
            update_fields=["parent", "name", "data", *(["text"] if has_text else [])],
        )


def _save_records(records: Sequence[RunRecord]) -> None:
    """Makes the new ones, and changes those that are there still."""
    new = [record for record in records if record.pk is None]
    for record in records:
        if record.pk is not None:
            ended = {name: getattr(record, name) for name in _AT_THE_END}
            RunRecord.objects.filter(pk=record.pk).update(**ended)
    RunRecord.objects.bulk_create(new)
