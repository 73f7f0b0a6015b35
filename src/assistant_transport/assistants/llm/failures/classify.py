"""What an error of a provider's is: pure functions of what came over the wire."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from assistant_transport.assistants.llm.failures import provider_error, waiting
from assistant_transport.assistants.llm.failures.failure import Failure, failure
from assistant_transport.assistants.llm.failures.patterns import (
    CODES,
    CONTEXT,
    OUTPUT_ASKED,
    REASONS_OF_STATUSES,
    STATUSES,
    WORDS,
)
from assistant_transport.assistants.llm.failures.provider_error import ProviderError

_PASSING = ("overloaded", "rate_limited")  # their words mean it only beside a status of theirs


def of_response(
    status: int, headers: Mapping[str, str], body: bytes, *, address: str, now: datetime | None = None
) -> Failure:
    """The failure that an HTTP answer reports which is not a stream.

    Args:
        status: Of the answer; 200 where something else than a stream came.
        headers: Their names in lower case.
        body: As much of it as was read; 64 KiB are looked at.
        address: The URL that was asked.
        now: What dates in the answer are compared with; the present by default.
    """
    now = now or datetime.now(UTC)
    error = provider_error.of_body(body, now)
    wait = waiting.of_headers(headers, now)
    if wait is not None:
        error.retry_after = wait
    return _failure(_reason(error, status), error, status, address)


def of_stream_error(event: Any) -> Failure:
    """The failure that an event within a stream reports, as parsed JSON.

    Chat Completions' `{"error": …}`, Responses' `error` and `response.failed`, Anthropic's `error`.
    """
    error = provider_error.of_json(event, datetime.now(UTC))
    status = next((int(code) for code in error.codes if re.fullmatch(r"[45]\d\d", code)), None)
    return _failure(_reason(error, status), error, status, None)


def _failure(reason: str, error: ProviderError, status: int | None, address: str | None) -> Failure:
    return failure(
        reason,
        retry_after=error.retry_after,
        message=error.text or None,
        status=status,
        code=error.code if re.fullmatch(r"[\w.-]{1,64}", error.code or "") else None,
        address=_without_secrets(address) if address and reason == "wrong_address" else None,
    )


def _without_secrets(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _reason(error: ProviderError, status: int | None) -> str:
    """Codes come first, words second, the status last."""
    if error.kind == "html":
        return "wrong_address" if status is None or status < 400 or status == 404 else _of_status(status)
    for name in error.names:
        if name in CODES:
            return CODES[name]
    for reason, pattern in WORDS.items():
        if pattern.search(error.text) and (reason not in _PASSING or _may_pass(status)):
            return "limit_too_high" if reason == "too_long" and _asks_for_too_much(error) else reason
    named = next((STATUSES[name] for name in error.names if name in STATUSES), None)
    if status is None or status < 300:
        return _of_status(named or 500) if error.names or error.words else "malformed"
    if status == 404:
        return _not_found(error)
    return _of_status(status)


def _may_pass(status: int | None) -> bool:
    return status is None or status < 300 or status == 429 or status >= 500


def _asks_for_too_much(error: ProviderError) -> bool:
    """Whether the answer was to be as long as half the context: then the conversation is not what is too long."""
    asked, context = OUTPUT_ASKED.search(error.text), CONTEXT.search(error.text)
    return bool(asked and context and 2 * int(asked[1]) >= int(context[1]))


def _of_status(status: int) -> str:
    if status < 400:
        return "wrong_address"  # a redirect, which is not followed: the key would go along
    return REASONS_OF_STATUSES.get(status, "server_error" if status >= 500 else "rejected")


def _not_found(error: ProviderError) -> str:
    """What a 404 means that no code and no words told: only one that names a model speaks of the model."""
    if error.kind == "text" or re.fullmatch(r"(resource )?not found\W*", error.text, re.IGNORECASE):
        return "wrong_address"
    if error.param == "model" or re.search(r"\b(model|deployment)", error.text, re.IGNORECASE):
        return "unknown_model"
    if error.param:
        return "rejected"  # something else that the request names is not there
    return "unknown_model" if "not_found_error" in error.names else "wrong_address"
