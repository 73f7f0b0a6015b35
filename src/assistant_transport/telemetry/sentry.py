"""Sends Sentry what failed and where, without prompts. Off unless SENTRY_DSN is set."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from assistant_transport.telemetry import context

# Loggers whose messages contain no prompt, reply or key.
_OWN_LOGGERS = ("assistant_backend.", "assistant_transport.")
# The parts of an event that are sent unchanged.
_KEPT = (
    "environment", "event_id", "fingerprint", "level", "logger", "platform", "release", "sdk", "server_name",
    "start_timestamp", "timestamp", "transaction", "transaction_info", "type",
)  # fmt: skip
_KEPT_OF_SPANS = ("op", "origin", "parent_span_id", "span_id", "start_timestamp", "status", "timestamp", "trace_id")
_KEPT_OF_EXCEPTIONS = ("mechanism", "module", "stacktrace", "type")
_NOTHING = nullcontext()
_started = False  # by `start`; a Sentry that the project has started itself is left alone


def start(dsn: str, *, release: str, environment: str, sample_rate: float, traces_sample_rate: float) -> None:
    """Starts reporting what is logged as an error, and tracing a share of the requests.

    Prompts occur in frame locals, request bodies, breadcrumbs and messages of exceptions; keys and client ids in
    headers. So only parts of an event that contain none of them are sent, and no integration enables itself: those of
    AI SDKs attach prompts, and Django's attaches requests.
    """
    global _started
    if dsn:
        import sentry_sdk
        from sentry_sdk.integrations.dedupe import DedupeIntegration
        from sentry_sdk.integrations.logging import LoggingIntegration

        _started = True
        sentry_sdk.init(
            dsn,
            release=release,
            environment=environment,
            sample_rate=sample_rate,
            traces_sample_rate=traces_sample_rate,
            trace_propagation_targets=[],  # providers get no headers of Sentry
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            auto_session_tracking=False,
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[LoggingIntegration(level=None, event_level=logging.ERROR), DedupeIntegration()],
            before_send=_scrubbed,
            before_send_transaction=_scrubbed,
        )


def request(name: str) -> AbstractContextManager[None]:
    """Within it, events belong to one request, which is a transaction if it is traced."""
    return _request(name) if _started else _NOTHING


@contextmanager
def _request(name: str) -> Iterator[None]:
    import sentry_sdk

    with sentry_sdk.isolation_scope(), sentry_sdk.start_transaction(op="http.server", name=name, source="route"):
        yield


def _scrubbed(event: Any, hint: dict[str, Any]) -> Any:
    """The event without anything that could contain what a user or a provider wrote."""
    sent = {name: event[name] for name in _KEPT if name in event}
    sent["tags"] = context.fields()
    if error_id := event.get("extra", {}).get("error_id"):
        sent["extra"] = {"error_id": error_id}
    if event.get("logger", "").startswith(_OWN_LOGGERS):
        sent["logentry"] = event.get("logentry")
    if trace := event.get("contexts", {}).get("trace"):
        sent["contexts"] = {"trace": _only(_KEPT_OF_SPANS, trace)}
    if "exception" in event:
        values = [_only(_KEPT_OF_EXCEPTIONS, value) for value in event["exception"]["values"]]
        sent["exception"] = {"values": values}
    if "spans" in event:
        sent["spans"] = [_only(_KEPT_OF_SPANS, span) for span in event["spans"]]
    return sent


def _only(names: tuple[str, ...], values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def flush(timeout: float = 2.0) -> None:
    """Sends waiting events, for at most `timeout` seconds. uvicorn runs no atexit handlers on SIGTERM."""
    if _started:
        import sentry_sdk

        sentry_sdk.flush(timeout)
