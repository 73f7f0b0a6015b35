"""The server without gunicorn: one process, for development and for trying things out."""

import os
from typing import Any


def options(host: str, port: int) -> dict[str, Any]:
    """uvicorn's options, the same for every way to start it."""
    return {
        "app": "assistant_backend.asgi:application",
        "host": host,
        "port": port,
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": 5,
    }


def main() -> None:
    """Serves on HOST:PORT until it is stopped."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant_backend.settings")
    import django
    import uvicorn
    from django.conf import settings

    django.setup()
    print(f"Serving on http://{settings.HOST}:{settings.PORT}", flush=True)  # noqa: T201
    uvicorn.run(**options(settings.HOST, settings.PORT))
