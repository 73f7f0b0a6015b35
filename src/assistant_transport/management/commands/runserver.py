"""`runserver` that streams: Django's own serves WSGI, which holds an async reply back until it is whole."""

from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import runserver
from django.utils import autoreload

from assistant_transport.serving import server


class Command(runserver.Command):
    addr: str
    port: str
    help = "Starts the ASGI server for development, with reload, on HOST:PORT unless told otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.default_addr = settings.HOST
        self.default_port = str(settings.PORT)

    def inner_run(self, *args: Any, **options: Any) -> None:
        autoreload.raise_last_exception()
        self.check(display_num_errors=True)
        host = self.addr.strip("[]")
        self.stdout.write(f"Serving on http://{self.addr}:{self.port}/ (reloads on change; Ctrl-C stops it)")
        uvicorn.Server(uvicorn.Config(**server.options(host, int(self.port)))).run()
