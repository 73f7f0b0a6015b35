"""The environment variables: one table, read by django-environ, every problem reported at once.

`read()` is what settings.py, gunicorn's master and the development server call; `.env.example` and
docs/configuration.md are held to `VARIABLES` by a test.
"""

import os
import re
import secrets
import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ

ROOT = Path(__file__).resolve().parents[2]
COLLECTING = sys.argv[1:2] == ["collectstatic"]

Check = Callable[[Any], str | None]


def _at_least(minimum: float) -> Check:
    return lambda value: None if value >= minimum else f"must be {minimum} or more"


def _one_of(*choices: str) -> Check:
    return lambda value: None if value in choices else f"must be one of {', '.join(choices)}"


def _port(value: int) -> str | None:
    return None if 1 <= value <= 65535 else "must be a port from 1 to 65535"


def _origins(value: Iterable[str]) -> str | None:
    wrong = [origin for origin in value if not re.fullmatch(r"https?://[^/\s*]+", origin)]
    return f"{wrong[0]!r} must be an origin such as https://chat.example.com, without a path" if wrong else None


def _hosts(value: Iterable[str]) -> str | None:
    wrong = [host for host in value if "/" in host or " " in host]
    return f"{wrong[0]!r} must be a host name without scheme or path" if wrong else None


def _assistant(value: str) -> str | None:
    if value in ("auto", "mock") or re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", value):
        return None
    return "must be auto, mock, or the dotted path of an assistant such as my_package.assistant.Assistant"


def _secret_key(value: str) -> str | None:
    if not value or len(value) >= 50:
        return None
    return "must have 50 characters or more; make one with: openssl rand -base64 48"


def _api_keys(value: Mapping[str, str]) -> str | None:
    for name, key in value.items():
        if not re.fullmatch(r"[\w.-]{1,64}", name) or not re.fullmatch(r"[\x21-\x7e]{16,}", key):
            return "must be name:key,name:key with keys of 16 characters or more; make one with: openssl rand -hex 24"
    return None


def _redis_url(value: str) -> str | None:
    return None if not value or re.match(r"(rediss?|unix)://.", value) else "must be redis://…, rediss://… or unix://…"


def _sentry_dsn(value: str) -> str | None:
    return None if not value or re.fullmatch(r"https?://\w+(:\w+)?@[^/]+/.*\d+", value) else "must be a Sentry DSN"


@dataclass(frozen=True)
class Variable:
    """One setting: its name, its default (whose type is the setting's type) and what makes a value valid."""

    name: str
    default: Any
    check: Check | None = None
    secret: bool = False  # may also come as NAME_FILE, the path of a file that holds it


VARIABLES = (
    Variable("HOST", "127.0.0.1"),
    Variable("PORT", 8002, _port),
    Variable("DEBUG", False),
    Variable("SECRET_KEY", "", _secret_key, secret=True),
    Variable("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"], _hosts),
    Variable("CORS_ORIGINS", ["http://localhost:3000"], _origins),
    Variable("LOG_LEVEL", "INFO", _one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
    Variable("ASSISTANT", "auto", _assistant),
    Variable("ASSISTANT_PROTOCOL", "data-stream", _one_of("data-stream", "assistant-transport")),
    Variable("ASSISTANT_MESSAGE_FORMAT", "parts", _one_of("parts", "langchain")),
    Variable("MOCK_DELAY_SECONDS", 0.03, _at_least(0)),
    Variable("HEARTBEAT_SECONDS", 15.0, _at_least(0.1)),
    Variable("FLUSH_INTERVAL_MS", 10, _at_least(0)),
    Variable("MAX_BODY_BYTES", 4 * 1024 * 1024, _at_least(1024)),
    Variable("WEB_CONCURRENCY", 0, _at_least(0)),
    Variable("API_KEYS", {}, _api_keys, secret=True),
    Variable("ALLOW_ANONYMOUS", False),
    Variable("OPENAI_API_KEY", "", secret=True),
    Variable("ANTHROPIC_API_KEY", "", secret=True),
    Variable("REDIS_URL", "", _redis_url, secret=True),
    Variable("RUN_LEASE_SECONDS", 5.0, _at_least(1)),
    Variable("RUN_TTL_SECONDS", 900.0, _at_least(0)),
    Variable("RUN_GRACE_SECONDS", 30.0, _at_least(0)),
    Variable("MAX_RUN_SECONDS", 600.0, _at_least(1)),
    Variable("MAX_CONCURRENT_RUNS", 1000, _at_least(1)),
    Variable("MAX_RUN_BYTES", 8 * 1024 * 1024, _at_least(1024)),
    Variable("DRAIN_SECONDS", 50.0, _at_least(0)),
    Variable("SENTRY_DSN", "", _sentry_dsn, secret=True),
)

_CASTS = {bool: "true or false", int: "a whole number", float: "a number"}


class EnvironmentProblems(Exception):  # noqa: N818 - it is a list of problems, reported together
    """What is wrong with the environment, one sentence a variable."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(["The environment is not valid:", *(f"  - {problem}" for problem in problems)]))


def _cast(env: environ.Env, variable: Variable) -> Any:
    kind = type(variable.default)
    if kind is bool and env.str(variable.name).lower() not in ("true", "false", "1", "0", "yes", "no", "on", "off"):
        raise ValueError
    if kind is dict:
        pairs = (item.partition(":") for item in env.list(variable.name))
        return {name.strip(): key.strip() for name, _, key in pairs if name.strip()}
    value = env.get_value(variable.name, cast=list if kind is list else kind)
    if kind is list:
        return [item.strip() for item in value if item.strip()]
    if variable.name == "LOG_LEVEL":
        return value.upper()
    if kind is float and not abs(value) < float("inf"):
        raise ValueError
    return value


def _with_secret_files(source: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    """`source` without empty values, in which every NAME_FILE has become the NAME that its file holds."""
    values = {name: value for name, value in source.items() if value.strip()}
    for variable in VARIABLES:
        file = values.get(f"{variable.name}_FILE") if variable.secret else None
        if file is None:
            continue
        if variable.name in values:
            problems.append(f"{variable.name} and {variable.name}_FILE are both set: keep one")
            continue
        try:
            values[variable.name] = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            problems.append(f"{variable.name}_FILE: cannot read {file} ({reason})")
    return values


def parse(source: Mapping[str, str]) -> dict[str, Any]:
    """Every variable's value by name, from `source` (an environment).

    Raises:
        EnvironmentProblems: one or more values are not valid; it names each.
    """
    problems: list[str] = []
    env = environ.Env()
    env.ENVIRON = _with_secret_files(source, problems)
    values = {variable.name: variable.default for variable in VARIABLES}
    for variable in VARIABLES:
        if variable.name not in env.ENVIRON:
            continue
        try:
            value = values[variable.name] = _cast(env, variable)
        except ValueError:
            problems.append(f"{variable.name}: {_shown(env, variable)} is not {_CASTS[type(variable.default)]}")
            continue
        if variable.check is not None and (problem := variable.check(value)):
            problems.append(f"{variable.name}: {problem}")
    problems += _contradictions(values)
    if problems:
        raise EnvironmentProblems(problems)
    return values


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    """What is wrong only together."""
    problems = []
    provider = next((name for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY") if values[name]), None)
    if provider and not values["API_KEYS"] and not values["ALLOW_ANONYMOUS"]:
        problems.append(
            f"{provider} is set, but anybody could spend it: set API_KEYS, "
            "or ALLOW_ANONYMOUS=true where only you can reach this server"
        )
    if values["WEB_CONCURRENCY"] > 1 and not values["REDIS_URL"]:
        problems.append("WEB_CONCURRENCY: more than 1 needs REDIS_URL, or a run is found by one process only")
    return problems


def _shown(env: environ.Env, variable: Variable) -> str:
    return "the value" if variable.secret else repr(env.ENVIRON[variable.name])


def ensure_secret_key(environment: MutableMapping[str, str] = os.environ) -> None:
    """Where no SECRET_KEY is set, puts a random one into `environment`, which child processes inherit."""
    if environment.get("SECRET_KEY", "").strip() or environment.get("SECRET_KEY_FILE", "").strip():
        return
    environment["SECRET_KEY"] = secrets.token_urlsafe(48)
    print("WARNING: SECRET_KEY is not set; using a random one until this process ends.", file=sys.stderr)  # noqa: T201


def read() -> dict[str, Any]:
    """The process's settings; ends the process with every problem by name where the environment is not valid.

    `.env` beside the project fills in what the environment leaves out; tests ignore it (IGNORE_DOT_ENV).
    """
    dot_env = ROOT / ".env"
    if "IGNORE_DOT_ENV" not in os.environ and dot_env.is_file():
        environ.Env.read_env(str(dot_env))
    try:
        parse(os.environ)
        ensure_secret_key()
        return parse(os.environ)
    except EnvironmentProblems as problems:
        sys.exit(str(problems))
