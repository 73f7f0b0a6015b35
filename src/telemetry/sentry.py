"""Sentry: that something failed and where, without prompts. Off unless SENTRY_DSN is set."""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration


def start(dsn: str, release: str) -> None:
    """Starts reporting what is logged as an error.

    Prompts sit in frame locals, in request bodies and in the messages of exceptions, so none of these is ever sent;
    integrations that enable themselves (those of the AI SDKs attach prompts) stay off.
    """
    if dsn:
        sentry_sdk.init(
            dsn,
            release=release,
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
            auto_enabling_integrations=False,
            integrations=[DjangoIntegration()],
            before_send=_without_messages,
        )


def _without_messages(event: Any, hint: dict[str, Any]) -> Any:
    for exception in event.get("exception", {}).get("values", []):
        exception["value"] = ""
    return event


def flush(timeout: float = 2.0) -> None:
    """Sends what is waiting, for `timeout` seconds at most: uvicorn runs no atexit handler on SIGTERM."""
    sentry_sdk.flush(timeout)
