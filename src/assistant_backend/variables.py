"""The environment variables that make the settings: one table, to which .env.example and the docs are held."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.utils import load_backend
from environ import Env

Check = Callable[[Any], str | None]


def _at_least(minimum: float) -> Check:
    return lambda value: None if value >= minimum else f"must be {minimum} or more"


def _one_of(*choices: str) -> Check:
    return lambda value: None if value in choices else f"must be one of {', '.join(choices)}"


def _port(value: int) -> str | None:
    return None if 1 <= value <= 65535 else "must be a port from 1 to 65535"


def _port_or_none(value: int) -> str | None:
    return _port(value) if value else None


def _share(value: float) -> str | None:
    return None if 0 <= value <= 1 else "must be a share from 0 to 1"


def _origins(value: Iterable[str]) -> str | None:
    wrong = [origin for origin in value if not re.fullmatch(r"https?://[^/\s*]+", origin)]
    return f"{wrong[0]!r} must be an origin such as https://chat.example.com, without a path" if wrong else None


def _hosts(value: Iterable[str]) -> str | None:
    wrong = [host for host in value if "/" in host or " " in host]
    return f"{wrong[0]!r} must be a host name without scheme or path" if wrong else None


def _proxies(value: Iterable[str]) -> str | None:
    for address in () if value == ["*"] else value:
        try:
            ip_network(address)
        except ValueError:
            return f"{address!r} must be an address or a network such as 10.0.0.0/8; * alone trusts everybody"
    return None


def _base_url(value: str) -> str | None:
    return (
        None if not value or re.fullmatch(r"https?://[^\s?#]+", value) else "must be a URL such as http://host:11434/v1"
    )


def _assistant(value: str) -> str | None:
    if value in ("auto", "mock", "openai", "anthropic") or re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", value):
        return None
    if re.fullmatch(r"langgraph:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", value):
        return None
    return (
        "must be auto, mock, openai, anthropic, langgraph:module:graph, "
        "or the dotted path of an assistant such as my_package.assistant.Assistant"
    )


def _secret_key(value: str) -> str | None:
    if not value or len(value) >= 50:
        return None
    return "must have 50 characters or more; make one with: openssl rand -base64 48"


def _api_keys(value: Iterable[tuple[str, str]]) -> str | None:
    for name, key in value:
        if not re.fullmatch(r"[\w.-]{1,64}", name) or not re.fullmatch(r"[\x21-\x7e]{16,}", key):
            return "must be name:key,name:key with keys of 16 characters or more; make one with: openssl rand -hex 24"
    return None


def _redis_url(value: str) -> str | None:
    return None if not value or re.match(r"(rediss?|unix)://.", value) else "must be redis://…, rediss://… or unix://…"


def _database_url(value: str) -> str | None:
    if not value:
        return None
    if not re.match(r"\w[\w-]*://.", value) or value.partition(":")[0] not in Env.DB_SCHEMES:
        return "must be a URL such as postgres://user:password@host:5432/name or sqlite:////data/db.sqlite3"
    try:
        load_backend(Env.db_url_config(value)["ENGINE"])
    except ImproperlyConfigured as error:
        reason = str(error).partition("\n")[0]
        return f"its driver is not installed ({reason}); for PostgreSQL: pip install 'psycopg[binary]'"
    return None


def _sentry_dsn(value: str) -> str | None:
    return None if not value or re.fullmatch(r"https?://\w+(:\w+)?@[^/]+/.*\d+", value) else "must be a Sentry DSN"


# What makes a provider of models usable; a compatible server, such as Ollama, may need no key.
PROVIDERS = {"openai": ("OPENAI_API_KEY", "OPENAI_BASE_URL"), "anthropic": ("ANTHROPIC_API_KEY",)}


@dataclass(frozen=True)
class Variable:
    """One setting: its name, its default (whose type is the setting's type) and what makes a value valid."""

    name: str
    default: Any
    check: Check | None = None
    secret: bool = False  # never shown
    may_be_file: bool = False  # may also come as NAME_FILE, the path of a file that holds it, as every secret may


VARIABLES = (
    Variable("HOST", "127.0.0.1"),
    Variable("PORT", 8002, _port),
    Variable("DEBUG", False),
    Variable("SECRET_KEY", "", _secret_key, secret=True),
    Variable("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"], _hosts),
    Variable("FORWARDED_ALLOW_IPS", ["127.0.0.1", "::1"], _proxies),
    Variable("HSTS_SECONDS", 31536000, _at_least(0)),
    Variable("CORS_ORIGINS", ["http://localhost:3000"], _origins),
    Variable("LOG_LEVEL", "INFO", _one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
    Variable("ASSISTANT", "auto", _assistant),
    Variable("ASSISTANT_PROTOCOL", "data-stream", _one_of("data-stream", "assistant-transport")),
    Variable("ASSISTANT_MESSAGE_FORMAT", "parts", _one_of("parts", "langchain")),
    Variable("MOCK_DELAY_SECONDS", 0.03, _at_least(0)),
    Variable("HEARTBEAT_SECONDS", 15.0, _at_least(0.1)),
    Variable("FLUSH_INTERVAL_MS", 10, _at_least(0)),
    Variable("MAX_BODY_BYTES", 4 * 1024 * 1024, _at_least(1024)),
    Variable("CHAT_PAGE", True),
    Variable("WEB_CONCURRENCY", 0, _at_least(0)),
    Variable("API_KEYS", (), _api_keys, secret=True),
    Variable("ALLOW_ANONYMOUS", False),
    Variable("OPENAI_API_KEY", "", secret=True),
    Variable("OPENAI_MODEL", "gpt-6-luna"),
    Variable("OPENAI_BASE_URL", "", _base_url),
    Variable("OPENAI_API", "", _one_of("", "responses", "chat")),
    Variable("ANTHROPIC_API_KEY", "", secret=True),
    Variable("ANTHROPIC_MODEL", "claude-haiku-5-5"),
    Variable("ANTHROPIC_BASE_URL", "", _base_url),
    Variable("ALLOWED_MODELS", []),
    Variable("SYSTEM_PROMPT", "", may_be_file=True),
    Variable("MAX_OUTPUT_TOKENS", 8192, _at_least(16)),
    Variable("MAX_TOOL_ROUNDS", 8, _at_least(0)),
    Variable("TOOL_TIMEOUT_SECONDS", 30.0, _at_least(0.01)),
    Variable("MAX_HISTORY_MESSAGES", 500, _at_least(1)),
    Variable("MAX_IMAGE_BYTES", 3_000_000, _at_least(1)),
    Variable("ALLOW_IMAGE_URLS", False),
    Variable("PROVIDER_TIMEOUT_SECONDS", 60.0, _at_least(0.1)),
    Variable("PROVIDER_FIRST_TOKEN_SECONDS", 120.0, _at_least(0.1)),
    Variable("PROVIDER_RETRIES", 2, _at_least(0)),
    Variable("REDIS_URL", "", _redis_url, secret=True),
    Variable("DATABASE_URL", "", _database_url, secret=True),
    Variable("RUN_LEASE_SECONDS", 5.0, _at_least(1)),
    Variable("RUN_TTL_SECONDS", 900.0, _at_least(0)),
    Variable("RUN_GRACE_SECONDS", 30.0, _at_least(0)),
    Variable("MAX_RUN_SECONDS", 600.0, _at_least(1)),
    Variable("MAX_CONCURRENT_RUNS", 1000, _at_least(1)),
    Variable("MAX_STATES_BYTES", 192 * 1024 * 1024, _at_least(1024)),
    Variable("MAX_RUNS_PER_OWNER", 20, _at_least(1)),
    Variable("MAX_RUNS_PER_KEY", 500, _at_least(1)),
    Variable("MAX_RUN_BYTES", 8 * 1024 * 1024, _at_least(1024)),
    Variable("DRAIN_SECONDS", 50.0, _at_least(0)),
    Variable("METRICS_PORT", 0, _port_or_none),
    Variable("SENTRY_DSN", "", _sentry_dsn, secret=True),
    Variable("SENTRY_ENVIRONMENT", "production"),
    Variable("SENTRY_SAMPLE_RATE", 1.0, _share),
    Variable("SENTRY_TRACES_SAMPLE_RATE", 0.0, _share),
)
