"""manage.py export_owner --user alice > alice.json"""

import asyncio
import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from assistant_transport import approvals
from assistant_transport.runs.strict_json import to_bytes
from assistant_transport.threads import owners, reading
from assistant_transport.threads.models import RunRecord, Thread


class Command(BaseCommand):
    help = "Writes everything of one owner as JSON: threads with every branch, waiting approvals, usage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        owners.add_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        owner = owners.owner_of(options)
        names = list(Thread.objects.filter(owner=owner).order_by("pk").values_list("name", flat=True))
        waiting = asyncio.run(_approvals(owner, names))
        threads = [json.loads(reading.as_json(owner, name)) | {"approvals": waiting[name]} for name in names]
        runs = list(RunRecord.objects.filter(owner=owner).order_by("pk").values())
        file = {"owner": owner, "threads": threads, "runs": runs}
        self.stdout.write(to_bytes(json.dumps(file, ensure_ascii=False, indent=1, default=str)).decode())


async def _approvals(owner: str, names: list[str]) -> dict[str, list[dict[str, Any]]]:
    try:
        kept = {name: await approvals.pending_calls().kept(approvals.Place(owner, name)) for name in names}
    finally:
        await approvals.close()
    return {name: [asdict(each) for each in calls] for name, calls in kept.items()}
