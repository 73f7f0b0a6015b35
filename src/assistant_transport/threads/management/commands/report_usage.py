"""manage.py report_usage --by day,key,model --since 2026-11-01"""

import csv
import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assistant_transport.threads.usage import GROUPS, SUMS, totals


class Command(BaseCommand):
    help = "Sums runs, tokens and seconds by owner, key, assistant, model and day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", default="day", help=f"what a row is of, of {','.join(GROUPS)} (default: day)")
        parser.add_argument("--since", type=date.fromisoformat, help="the first day, such as 2026-11-01")
        parser.add_argument("--until", type=date.fromisoformat, help="the last day")
        parser.add_argument("--owner", help="runs of this owner only")
        parser.add_argument("--key", help="runs of this API key only")
        parser.add_argument("--format", choices=("csv", "json"), default="csv")

    def handle(self, *_: Any, **options: Any) -> None:
        by = options["by"].split(",")
        if unknown := [name for name in by if name not in GROUPS]:
            raise CommandError(f"--by: there is no {unknown[0]!r}; it takes {','.join(GROUPS)}")
        only = {name: options[name] for name in ("owner", "key") if options[name] is not None}
        rows = totals(by, options["since"], options["until"], **only).iterator()
        if options["format"] == "json":
            for row in rows:
                self.stdout.write(json.dumps(row, default=str))
            return
        table = csv.DictWriter(self.stdout, [*by, *SUMS], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
