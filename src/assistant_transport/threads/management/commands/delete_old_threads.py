"""manage.py delete_old_threads: to be run once a day, by cron or a CronJob."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assistant_transport.conf import settings
from assistant_transport.runs import LogUnavailableError
from assistant_transport.threads import erasure


class Command(BaseCommand):
    help = "Deletes threads without a run for THREAD_TTL_DAYS, in batches."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, help="in place of THREAD_TTL_DAYS")
        parser.add_argument("--batch", type=int, default=200, help="how many threads a transaction deletes")
        parser.add_argument("--dry-run", action="store_true", help="only says how many there are")

    def handle(self, *_: Any, **options: Any) -> None:
        days = settings.THREAD_TTL_DAYS if options["days"] is None else options["days"]
        if days < 1 or options["batch"] < 1:
            raise CommandError("Set THREAD_TTL_DAYS, or give --days: 1 or more. THREAD_TTL_DAYS=0 keeps them for ever.")
        threads = erasure.expired(days)
        if options["dry_run"]:
            self.stdout.write(f"{threads.count()} threads had no run for {days} days.")
            return
        try:
            deleted = sum(erasure.delete(threads, options["batch"]))
        except LogUnavailableError:
            raise CommandError("Valkey does not answer. What was deleted until now is gone; run it again.") from None
        self.stdout.write(f"Deleted {deleted} threads without a run for {days} days.")
