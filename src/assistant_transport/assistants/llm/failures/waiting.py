"""How long a provider asks to wait, and how a person would say that."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhd]))+")
_UNIX_SECONDS, _UNIX_MILLISECONDS = 1e9, 1e12  # more than any wait, so it is a point in time
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def of_headers(headers: Mapping[str, str], now: datetime) -> float | None:
    """The wait that an answer's headers (names in lower case) ask for, in seconds, 0 or more; None if they name none.

    `retry-after-ms` is OpenAI's and Azure's; `retry-after` is seconds, also parts of them, or an HTTP date. Where
    neither is there, the latest reset of a used-up limit counts: `x-ratelimit-reset…` (OpenAI, Groq: `6m0s`; others:
    seconds or a Unix time) and `anthropic-ratelimit-…-reset` (a date in ISO 8601).
    """
    if (milliseconds := _number(headers.get("retry-after-ms", ""))) is not None:
        return milliseconds / 1000
    if (wait := of_text(headers.get("retry-after", ""), now)) is not None:
        return wait
    resets = [of_text(value, now) for name, value in headers.items() if _is_used_up(name, headers)]
    return max((wait for wait in resets if wait is not None), default=None)


def _is_used_up(name: str, headers: Mapping[str, str]) -> bool:
    """Whether a header says when a limit, of which nothing remains, is reset."""
    if "ratelimit" not in name or "reset" not in name:
        return False
    remaining = _number(headers.get(name.replace("reset", "remaining"), "0"))
    return remaining == 0


def of_words(text: str) -> float | None:
    """The wait that a sentence asks for: OpenAI's `Please try again in 1.2s`, Gemini's `Please retry in 38.8s`."""
    asked = re.search(rf"\b(?:try again|retry) in ({_DURATION.pattern})\b", text, re.IGNORECASE)
    return _duration(asked[1]) if asked else None


def of_text(text: str, now: datetime) -> float | None:
    """The wait that a header's value asks for: seconds, a Unix time, a duration such as `6m0s`, or a date."""
    text = text.strip()
    if (number := _number(text)) is not None:
        if number >= _UNIX_SECONDS:
            moment = number / (1000 if number >= _UNIX_MILLISECONDS else 1)
            return max(0.0, moment - now.timestamp())
        return number
    if _DURATION.fullmatch(text):
        return _duration(text)
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment_named = parse(text)
        except ValueError:
            continue
        zoned = moment_named if moment_named.tzinfo else moment_named.replace(tzinfo=UTC)
        return max(0.0, (zoned - now).total_seconds())
    return None


def _duration(text: str) -> float:
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([\d.]+)(ms|[smhd])", text))


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*\d{1,15}(\.\d{1,9})?\s*", text) else None


def said(wait: float | None) -> str:
    """`in 7 seconds`, `in about 24 hours`: what follows "Please try again"."""
    if not wait:
        return "in a moment"
    if wait <= 1.5 * _MINUTE:
        return _in(ceil(wait), "second")
    for size, name, most in ((_MINUTE, "minute", 90), (_HOUR, "hour", 47), (_DAY, "day", 60)):
        if (count := ceil(wait / size)) <= most:
            return _in(count, name, about="about ")
    return "much later"


def _in(count: int, unit: str, about: str = "") -> str:
    return f"in {about}{count} {unit}{'' if count == 1 else 's'}"
