"""`runserver` on HOST:PORT, with the site's log lines."""

from django.conf import settings
from django.core.management.base import CommandParser

from assistant_backend import server
from assistant_transport.management.commands import runserver


class Command(runserver.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.default_addr = settings.HOST
        self.default_port = str(settings.PORT)
        parser.set_defaults(use_static_handler=False)  # a middleware of the site's serves them
        self.server_options = server.options()
