"""Serves the site without reload, on HOST:PORT."""

import os
from typing import Any

import uvicorn

from assistant_transport.serving import server


def options() -> dict[str, Any]:
    """uvicorn's options for the site, however it is started. Its lines are telemetry.logs's alone."""
    from django.conf import settings

    return server.options() | {"log_config": None, "forwarded_allow_ips": settings.FORWARDED_ALLOW_IPS}


def main() -> None:
    """Serves until it is stopped."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant_backend.settings")
    import django
    from django.conf import settings

    django.setup()
    print(f"Serving on http://{settings.HOST}:{settings.PORT}", flush=True)  # noqa: T201
    app = settings.ASGI_APPLICATION.replace(".application", ":application")
    server.DrainingServer(uvicorn.Config(app, settings.HOST, settings.PORT, **options())).run()
    server.leave_stubborn_threads()
