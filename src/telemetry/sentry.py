"""Sentry: errors only, without prompts. Off unless SENTRY_DSN is set."""

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration


def start(dsn: str, release: str) -> None:
    """Starts reporting. Prompts sit in frame locals and request bodies, so neither is ever attached.

    Integrations that enable themselves (those of the AI SDKs attach prompts) stay off: `auto_enabling_integrations`.
    """
    if dsn:
        sentry_sdk.init(
            dsn,
            release=release,
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
            auto_enabling_integrations=False,
            integrations=[DjangoIntegration(), LoggingIntegration(event_level=None)],
        )


def flush(timeout: float = 2.0) -> None:
    """Sends what is waiting, for `timeout` seconds at most: uvicorn runs no atexit handler on SIGTERM."""
    sentry_sdk.flush(timeout)
