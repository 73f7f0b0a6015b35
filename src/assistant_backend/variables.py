"""The environment variables that make the settings: one table, to which .env.example and the docs are held.

Those that are settings of the app itself are taken over from assistant_transport.conf.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.utils import load_backend
from environ import Env

from assistant_backend import looks
from assistant_transport import conf
from assistant_transport.validators import Validator, at_least, one_of, port


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


def _root_path(value: str) -> str | None:
    if re.fullmatch(r"(/[\w.~-]+)*", value, re.ASCII):
        return None
    return "must be a path such as /chat, with a slash at its beginning and none at its end; leave it out for none"


def _secret_key(value: str) -> str | None:
    if not value or len(value) >= 50:
        return None
    return "must have 50 characters or more; make one with: openssl rand -base64 48"


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


@dataclass(frozen=True)
class Variable:
    """One variable: its name, its default (whose type is the value's type) and what makes a value valid."""

    name: str
    default: Any
    valid: Validator | None = None
    secret: bool = False  # never shown
    may_be_file: bool = False  # may also come as NAME_FILE, the path of a file that holds it, as every secret may


OF_THE_SITE = (
    Variable("HOST", "127.0.0.1"),
    Variable("PORT", 8002, port),
    Variable("DEBUG", False),
    Variable("SECRET_KEY", "", _secret_key, secret=True),
    Variable("ROOT_PATH", "", _root_path),
    Variable("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"], _hosts),
    Variable("FORWARDED_ALLOW_IPS", ["127.0.0.1", "::1"], _proxies),
    Variable("HSTS_SECONDS", 31536000, at_least(0)),
    Variable("CORS_ORIGINS", ["http://localhost:3000"], _origins),
    Variable("CORS_ALLOW_CREDENTIALS", False),
    Variable("LOG_LEVEL", "INFO", one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
    Variable("CHAT_PAGE", True),
    Variable("PAGE_TITLE", "Assistant"),
    Variable("PAGE_HEADING", ""),
    Variable("PAGE_WELCOME", ""),
    Variable("PAGE_PROMPTS", ""),
    Variable("PAGE_LOGO", "", looks.logo_problem),
    Variable("PAGE_COLORS", (), looks.colors_problem),
    Variable("WEB_CONCURRENCY", 0, at_least(0)),
    Variable("DATABASE_URL", "", _database_url, secret=True),
)

# METRICS_HOST is HOST here.
OF_THE_APP = tuple(
    Variable(name, conf.DEFAULTS[name], **setting.metadata)
    for name, setting in conf.FIELDS.items()
    if name != "METRICS_HOST"
)

VARIABLES = OF_THE_SITE + OF_THE_APP
