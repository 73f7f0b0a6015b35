"""manage.py erase_owner --user alice"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assistant_transport.http.errors import ApiError
from assistant_transport.runs import LogUnavailableError
from assistant_transport.threads import erasure, owners


class Command(BaseCommand):
    help = "Deletes everything of one owner: threads, approvals, checkpoints, runs in the log, usage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        owners.add_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            erased = erasure.erase(owners.owner_of(options))
        except LogUnavailableError:
            raise CommandError("Valkey does not answer. Run it again: what is deleted already stays so.") from None
        except ApiError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Erased {erased['threads']} threads and the records of {erased['runs']} runs.")
