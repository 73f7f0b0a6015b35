"""Reads what a provider's error says, whatever shape it has."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assistant_transport.assistants.llm.failures import waiting

_MOST_BYTES = 65536
_MOST_WORDS = 8000  # characters in which words are looked for
_DEEPEST = 6
_CODES = ("code", "error_code", "reason", "status")
_WORDS = ("message", "error", "detail", "msg", "raw")
_INNER = ("error", "errors", "response", "detail", "details", "innererror", "metadata", "violations", *_WORDS)


@dataclass
class ProviderError:
    """What an error says: `codes` and `types` as they came, `words` for people, `param`, the setting that it is about.

    `kind` is `json`, `text` or `html`.
    """

    kind: str = "json"
    codes: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    param: str | None = None
    retry_after: float | None = None

    @property
    def text(self) -> str:
        return "\n".join(dict.fromkeys(self.words))[:_MOST_WORDS]

    @property
    def names(self) -> list[str]:
        return [name.lower() for name in (*self.codes, *self.types)]

    @property
    def code(self) -> str | None:
        """The innermost code or type that is more than a number."""
        named = [name for name in (*self.types, *self.codes) if not name.isdigit()]
        return named[-1] if named else None


def of_body(body: bytes, now: datetime) -> ProviderError:
    """Reads the body of an HTTP answer, of which 64 KiB count."""
    text = body[:_MOST_BYTES].decode("utf-8", "replace").strip()
    try:
        return of_json(json.loads(text), now)
    except (ValueError, RecursionError):
        kind = "html" if text.startswith("<") else "text"
        return ProviderError(kind, words=[text] if text else [])


def of_json(value: Any, now: datetime) -> ProviderError:
    """Reads parsed JSON, such as an event of a stream."""
    error = ProviderError()
    _collect(value, error, now, 0)
    if error.retry_after is None:
        error.retry_after = waiting.of_words(error.text)
    return error


def _collect(value: Any, error: ProviderError, now: datetime, depth: int) -> None:
    """Gathers what is known to say something; what an error quotes of the request has other names."""
    for item in _objects(value) if depth < _DEEPEST else ():
        error.codes += [str(item[name]) for name in _CODES if _is_name(item.get(name))]
        error.types += [item["type"]] if _is_name(item.get("type")) else []
        error.words += [item[name] for name in _WORDS if isinstance(item.get(name), str) and not _nested(item[name])]
        error.param = item["param"] if _is_name(item.get("param")) else error.param
        _read_details(item, error, now)
        for name in dict.fromkeys(_INNER):
            _collect(item.get(name), error, now, depth + 1)


def _is_name(value: Any) -> bool:
    return isinstance(value, str | int) and value not in ("", "None", "null", True, False)  # as LiteLLM writes null


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects in a value: itself, its items, or those in a string of JSON, as gateways hand on what they got."""
    if isinstance(value, str):
        value = _nested(value)
    for item in value if isinstance(value, list) else (value,):
        if isinstance(item, dict):
            yield item


def _nested(text: str) -> Any:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _read_details(item: dict[str, Any], error: ProviderError, now: datetime) -> None:
    """Google's `retryDelay` and `quotaId` among the details, OpenRouter's `headers` of whom it asked."""
    if isinstance(delay := item.get("retryDelay"), str):
        error.retry_after = waiting.of_text(delay, now)
    if isinstance(quota := item.get("quotaId"), str) and "PerDay" in quota:
        error.codes.append("quota_per_day")
    if isinstance(headers := item.get("headers"), dict):
        error.retry_after = waiting.of_headers({str(name).lower(): str(headers[name]) for name in headers}, now)
