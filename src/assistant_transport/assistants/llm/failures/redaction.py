"""A provider's own words made fit for the log, where LOG_PROVIDER_MESSAGES allows them."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from django.conf import settings as django_settings

from assistant_transport.conf import settings

_MOST = 500  # characters
_SHORTEST = 4  # of a secret: a placeholder such as `x` would be struck out of every word
_STRUCK_OUT = "[secret]"


def fit_for_log(message: str) -> str:
    """One line of 500 characters at most: secrets of this server struck out, what does not print escaped."""
    for secret in sorted(set(_secrets()), key=len, reverse=True):
        for written in {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]}:
            message = message.replace(written, _STRUCK_OUT)
    line = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in message
    )
    return line if len(line) <= _MOST else line[: _MOST - 1] + "…"


def _secrets() -> Iterator[str]:
    """What the settings hold that nobody may read: keys, and the passwords of URLs and databases."""
    found = [settings.OPENAI_API_KEY, settings.ANTHROPIC_API_KEY, django_settings.SECRET_KEY]
    found += django_settings.SECRET_KEY_FALLBACKS
    found += [key for _, key in settings.API_KEYS]
    found += [database.get("PASSWORD") for database in django_settings.DATABASES.values()]
    for url in (settings.OPENAI_BASE_URL, settings.ANTHROPIC_BASE_URL, settings.REDIS_URL, settings.SENTRY_DSN):
        parts = urlsplit(url)
        found.append(parts.password)
        found += [value for name, value in parse_qsl(parts.query) if name.endswith("password")]
    found.append(urlsplit(settings.SENTRY_DSN).username)
    for secret in found:
        if secret and len(secret) >= _SHORTEST:
            yield secret
            yield unquote(secret)
