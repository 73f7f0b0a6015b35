"""Reads the environment by django-environ, and reports every problem at once.

`read()` is what settings.py and gunicorn's master call.
"""

import os
import secrets
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import environ

from assistant_backend import project, variables
from assistant_backend.variables import Variable
from assistant_transport import conf

ROOT = Path(__file__).resolve().parents[2]
COLLECTING = sys.argv[1:2] == ["collectstatic"]

VARIABLES = variables.VARIABLES + project.VARIABLES

_RANDOM = "random-"
_CASTS = {bool: "true or false", int: "a whole number", float: "a number"}


class InvalidEnvironmentError(Exception):
    """What is wrong with the environment, one sentence a variable."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(["The environment is not valid:", *(f"  - {problem}" for problem in problems)]))


def _cast(env: environ.Env, variable: Variable) -> Any:
    kind = type(variable.default)
    text = env.ENVIRON[variable.name]
    if kind is bool and text.lower() not in ("true", "false", "1", "0", "yes", "no", "on", "off"):
        raise ValueError
    if kind is tuple:
        pairs = (item.partition(":") for item in text.split(",") if item.strip())
        return tuple((name.strip(), key.strip()) for name, _, key in pairs)
    # Not get_value, which takes a value that begins with $ for the name of another variable, and prints it.
    value = env.parse_value(text, list if kind is list else kind)
    if kind is str and not variable.may_be_file:
        value = value.strip()
    if kind is list:
        return [item.strip() for item in value if item.strip()]
    if variable.name == "LOG_LEVEL":
        return value.upper()
    if kind is float and not abs(value) < float("inf"):
        raise ValueError
    return value


def _with_files(source: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    """`source` without empty values, in which every NAME_FILE has become the NAME that its file holds."""
    values = {name: value for name, value in source.items() if value.strip()}
    for variable in VARIABLES:
        file = values.get(f"{variable.name}_FILE") if variable.secret or variable.may_be_file else None
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
        InvalidEnvironmentError: one or more values are not valid; it names each.
    """
    problems: list[str] = []
    env = environ.Env()
    env.ENVIRON = _with_files(source, problems)
    values = {variable.name: variable.default for variable in VARIABLES}
    for variable in VARIABLES:
        if variable.name not in env.ENVIRON:
            continue
        try:
            value = values[variable.name] = _cast(env, variable)
        except ValueError:
            problems.append(f"{variable.name}: {_shown(env, variable)} is not {_CASTS[type(variable.default)]}")
            continue
        if variable.valid is not None and (problem := variable.valid(value)):
            problems.append(f"{variable.name}: {problem}")
    problems += _contradictions(values)
    if problems:
        raise InvalidEnvironmentError(problems)
    return values


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    """What is wrong only together."""
    problems = conf.contradictions(values)
    if values["METRICS_PORT"] == values["PORT"]:
        problems.append("METRICS_PORT: must be another port than PORT, or whoever reaches the one reaches the other")
    if values["CALLER"] == "assistant_transport.callers.signed_in" and not values["SECRET_KEY"]:
        problems.append("SECRET_KEY: signed_in needs a fixed one: set it, the same for every container")
    if values["WEB_CONCURRENCY"] > 1 and not values["REDIS_URL"]:
        problems.append("WEB_CONCURRENCY: more than 1 needs REDIS_URL, or a run is found by one process only")
    if values["THREADS"] and not values["DATABASE_URL"]:
        problems.append("THREADS: needs DATABASE_URL, such as sqlite:////data/threads.sqlite3")
    return problems


def _shown(env: environ.Env, variable: Variable) -> str:
    return "the value" if variable.secret else repr(env.ENVIRON[variable.name])


def ensure_secret_key(environment: MutableMapping[str, str] = os.environ) -> None:
    """Where no SECRET_KEY is set, puts a random one into `environment`, which child processes inherit."""
    if environment.get("SECRET_KEY", "").strip() or environment.get("SECRET_KEY_FILE", "").strip():
        return
    environment["SECRET_KEY"] = _RANDOM + secrets.token_urlsafe(48)
    print("WARNING: SECRET_KEY is not set; using a random one until this process ends.", file=sys.stderr)  # noqa: T201


def secret_key_is_random(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether `ensure_secret_key` made it."""
    return environment.get("SECRET_KEY", "").startswith(_RANDOM)


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
    except InvalidEnvironmentError as problems:
        sys.exit(str(problems))
