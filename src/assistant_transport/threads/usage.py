"""Sums of what runs took, by owner, key, model and day."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from assistant_transport.threads.models import RunRecord

GROUPS = ("day", "owner", "key", "assistant", "model")
SUMS = ("runs", "failed", "input_tokens", "output_tokens", "cached_tokens", "seconds")


def totals(
    by: Sequence[str], since: date | None = None, until: date | None = None, **only: str
) -> QuerySet[RunRecord, dict[str, Any]]:
    """A row for each group of runs, with its names (`by`, of GROUPS) and its sums (SUMS).

    Args:
        since, until: the first and the last day, in the project's time zone, of those on which runs began.
        only: values of a record's fields, such as `owner` or `key`.

    Tokens are of the runs whose provider counted them; a sum is None where none did.
    """
    records = RunRecord.objects.filter(**only)
    if since is not None:
        records = records.filter(begun__gte=_begin(since))
    if until is not None:
        records = records.filter(begun__lt=_begin(until + timedelta(days=1)))
    if "day" in by:
        records = records.annotate(day=TruncDate("begun"))
    sums = {name: Sum(name) for name in SUMS[2:]}
    failed = Count("pk", filter=Q(outcome__in=["error", "interrupted"]))
    return records.values(*by).annotate(runs=Count("pk"), failed=failed, **sums).order_by(*by)


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
