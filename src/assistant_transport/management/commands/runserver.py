"""`runserver` that streams: Django's own serves WSGI, which holds an async reply back until it is whole."""

from contextlib import suppress
from typing import Any

import uvicorn
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.contrib.staticfiles.management.commands import runserver
from django.core.asgi import get_asgi_application
from django.db import connections
from django.utils import autoreload
from django.utils.module_loading import import_string

from assistant_transport.asgi import wrap
from assistant_transport.serving import server


class Command(runserver.Command):
    addr: str
    port: str
    help = "Starts the ASGI server for development, with reload, and serves static files."

    server_options = server.options() | {"access_log": True}

    def get_handler(self, *args: Any, **options: Any) -> Any:  # Django's own gives a WSGI handler
        """The project's ASGI application, which ASGI_APPLICATION names if it has other things around it."""
        path = getattr(settings, "ASGI_APPLICATION", None)
        application: Any = import_string(path) if path else wrap(get_asgi_application())
        serves_files = options["use_static_handler"] and (settings.DEBUG or options["insecure_serving"])
        if serves_files and apps.is_installed("django.contrib.staticfiles"):
            return ASGIStaticFilesHandler(application)
        return application

    def inner_run(self, *args: Any, **options: Any) -> None:
        autoreload.raise_last_exception()
        if not options["skip_checks"]:
            self.check(display_num_errors=True)
        self.check_migrations()
        connections.close_all()
        application = self.get_handler(*args, **options)
        self.stdout.write(f"Serving on http://{self.addr}:{self.port}/ (reloads on change; Ctrl-C stops it)")
        config = uvicorn.Config(application, self.addr.strip("[]"), int(self.port), **self.server_options)
        with suppress(KeyboardInterrupt):  # uvicorn repeats Ctrl-C once all has ended
            uvicorn.Server(config).run()
