"""Finds threads by the words of their titles and messages: PostgreSQL's full text, SQLite's FTS5, else by each text."""

import re
from collections.abc import Iterable

from django.db import connection
from django.db.models import BooleanField, F, Func, Max, Model, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest, Lower, StrIndex, Substr

from assistant_transport.threads.models import Message, Thread

_MAX_WORDS = 12
_FEW = 2000
_BEFORE, _LENGTH = 60, 180  # of a snippet, in characters


def words(text: str) -> list[str]:
    """The words to look for, each of which may be the beginning of one."""
    return [word for word in text.replace("\0", "").split() if re.search(r"\w", word)][:_MAX_WORDS]


def matching_threads(owner: str, wanted: list[str]) -> QuerySet[Thread]:
    """The owner's threads whose title, or one of whose messages, has every word."""
    threads = Thread.objects.filter(owner=owner)
    if not wanted:
        return threads.none()
    titles = Thread.objects.filter(_matches(Thread, "title", wanted)).order_by().values("pk")
    messages = Message.objects.filter(_matches(Message, "text", wanted)).order_by().values("thread")
    # A union, where an OR would have PostgreSQL go through every thread of the owner, as no index serves both sides.
    found = titles.union(messages)
    first = [pk for (pk,) in found.values_list("pk")[: _FEW + 1]]
    # Their keys, where they are few: PostgreSQL takes the beginning of a word for a frequent one, and plans for that.
    return threads.filter(pk__in=found if len(first) > _FEW else first)


def snippets(threads: Iterable[int], wanted: list[str]) -> dict[int, str]:
    """For each of these threads the place in its newest matching message, if it is one that matches."""
    found = Message.objects.filter(_matches(Message, "text", wanted), thread__in=threads)
    newest = found.order_by().values("thread").annotate(newest=Max("pk")).values("newest")
    place = StrIndex(Lower("text"), Value(_letters(wanted[0]).lower()))
    begin = Greatest(place - _BEFORE, Value(1))
    shown = Message.objects.filter(pk__in=newest).annotate(begin=begin, shown=Substr("text", begin, _LENGTH))
    rows = shown.values_list("thread", "begin", "shown")
    return {thread: ("…" if begin > 1 else "") + " ".join(text.split()) for thread, begin, text in rows}


def _matches(model: type[Model], column: str, wanted: list[str]) -> Q:
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        # The expression is the index's own, without which PostgreSQL would not use that.
        return Q(
            Func(
                F(column),
                Value(" & ".join(f"{_quoted(word)}:*" for word in wanted)),
                template="to_tsvector('simple', %(expressions)s)",
                arg_joiner=") @@ to_tsquery('simple', ",
                output_field=BooleanField(),
            )
        )
    if connection.vendor == "sqlite":
        query = " ".join('"' + word.replace('"', '""') + '"*' for word in wanted)
        return Q(pk__in=RawSQL(f"SELECT rowid FROM {table}_search WHERE {table}_search MATCH %s", [query]))  # noqa: S608, S611 - of its own names
    return Q(*(Q(**{f"{column}__icontains": word}) for word in wanted))


def _quoted(word: str) -> str:
    """A word as to_tsquery takes it literally."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _letters(word: str) -> str:
    """The word without the signs around it."""
    return re.sub(r"^\W+|\W+$", "", word)
