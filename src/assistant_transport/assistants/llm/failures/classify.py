"""What an error answer of a provider's is: pure functions of what came over the wire."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from assistant_transport.assistants.llm.failures import retry_after
from assistant_transport.assistants.llm.failures.failure import SENTENCES, Failure
from assistant_transport.assistants.llm.failures.patterns import CODES, REASONS_OF_STATUSES, STATUSES, WORDS

_MOST_BYTES = 65536  # of an error's body
_DEEPEST = 5
_NAMING = ("code", "type", "status", "reason", "error_code")
_SAYING = ("message", "detail", "msg", "error", "title")
_HOLDING = ("error", "errors", "detail", "details", "response", "innererror", "metadata", "raw")


@dataclass
class _Error:
    """What an error's body says: `names` (codes, types) in lower case, `words` as they came."""

    names: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    param: str | None = None
    retry_after: float | None = None
    is_api: bool = False  # it has a shape that an API's errors have

    @property
    def text(self) -> str:
        return "\n".join(self.words)


def of_response(
    status: int, headers: Mapping[str, str], body: bytes, *, address: str, now: datetime | None = None
) -> Failure:
    """The failure that an HTTP answer reports which is not a stream.

    Args:
        status: Of the answer; 200 where a stream was expected and something else came.
        headers: Their names in lower case.
        body: As much of it as was read.
        address: The URL that was asked.
        now: For dates among the headers; the present by default.
    """
    error = _read_body(body)
    reason = _reason(error, status)
    wait = retry_after.seconds(headers, now or datetime.now(UTC))
    return _failure(reason, error, status, error.retry_after if wait is None else wait, address)


def of_stream_error(event: Any) -> Failure:
    """The failure that an event within a stream reports, given as parsed JSON.

    Chat Completions' `{"error": …}`, Responses' `error` and `response.failed`, Anthropic's `error`.
    """
    error = _Error()
    _collect(event, error, 0)
    status = next((int(name) for name in error.names if re.fullmatch(r"[45]\d\d", name)), None)
    return _failure(_reason(error, status), error, status, error.retry_after, None)


def _failure(reason: str, error: _Error, status: int | None, wait: float | None, address: str | None) -> Failure:
    sentence = SENTENCES[reason]
    if reason == "rate_limited":
        sentence = f"The model's provider is asked too often. Please try again {retry_after.words(wait)}."
    code = next((name for name in error.names if re.fullmatch(r"[\w.-]{1,64}", name)), None)
    return Failure(
        reason,
        sentence,
        retry_after=wait,
        message=error.text or None,
        status=status,
        code=code,
        address=_without_secrets(address) if address and reason == "wrong_address" else None,
    )


def _without_secrets(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _read_body(body: bytes) -> _Error:
    error = _Error()
    text = body[:_MOST_BYTES].decode("utf-8", "replace").strip()
    try:
        _collect(json.loads(text), error, 0)
    except (ValueError, RecursionError):
        error.words.append(text)
    return error


def _collect(value: Any, error: _Error, depth: int) -> None:
    """Gathers what an error says, wherever servers put it, and nothing of what they quote of the request."""
    for item in _items(value) if depth < _DEEPEST else ():
        error.is_api = error.is_api or "error" in item or "message" in item
        error.names += [str(item[name]).lower() for name in _NAMING if isinstance(item.get(name), str | int)]
        error.words += [item[name] for name in _SAYING if isinstance(item.get(name), str)]
        if isinstance(item.get("param"), str):
            error.param = item["param"]
        for name in _HOLDING:
            _collect(item.get(name), error, depth + 1)


def _items(value: Any) -> Iterator[dict[str, Any]]:
    for item in value if isinstance(value, list) else (value,):
        if isinstance(item, dict):
            yield item


def _reason(error: _Error, status: int | None) -> str:
    for name in error.names:
        if name in CODES:
            return CODES[name]
    for reason, pattern in WORDS.items():
        if pattern.search(error.text):
            return reason
    if status is None or status == 200:
        status = next((STATUSES[name] for name in error.names if name in STATUSES), 500)
    if status == 404:
        return _not_found(error)
    return REASONS_OF_STATUSES.get(status, "server_error" if status >= 500 else "rejected")


def _not_found(error: _Error) -> str:
    """A 404 speaks of the model only where it names one; any other server may have sent it."""
    return "unknown_model" if error.is_api and "not_found_error" in error.names else "wrong_address"
