"""Log lines: JSON for machines, text for people. Neither ever holds a prompt or a reply."""

import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from json import dumps
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from assistant_transport.telemetry import context

# Attributes that are not logged as fields; Django's `request` would show the query string.
_LEFT_OUT = frozenset(vars(logging.makeLogRecord({}))) | {"asctime", "color_message", "message", "request", "taskName"}

_WITH_HANDLERS = ("django", "django.server", "gunicorn.error", "gunicorn.access", "uvicorn.error")

# Libraries that log what a provider is sent, or a line for each request to it.
_QUOTING = ("anthropic", "openai", "httpcore", "httpcore2", "httpx", "httpx2")

# None of these is logged, and collecting them takes a fifth of a line's time.
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, the request, what `extra` gave, the traceback if any."""

    def format(self, record: logging.LogRecord) -> str:
        request = context.fields()
        line: dict[str, Any] = {
            "time": f"{_second(int(record.created))}.{int(record.msecs):03}+00:00",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **request,
        }
        line |= {name: value for name, value in vars(record).items() if name not in _LEFT_OUT}
        if record.exc_info:
            error = record.exc_info[1]
            # The message of an exception in a request may quote the prompt: only its type and place are logged.
            line["traceback"] = "".join(_places(error)) if error and request else self.formatException(record.exc_info)
        return _encode(line)


@lru_cache(maxsize=1)
def _second(number: int) -> str:
    return datetime.fromtimestamp(number, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _encode(line: dict[str, Any]) -> str:
    try:
        return to_json(line, inf_nan_mode="null", fallback=str).decode()  # five times as fast as json
    except PydanticSerializationError:
        return dumps(line, default=str)  # it contains half of a surrogate pair


class TextFormatter(logging.Formatter):
    """One line for people, which ends with the request's id."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s%(suffix)s")

    def format(self, record: logging.LogRecord) -> str:
        request_id = context.fields().get("request_id")
        said = getattr(record, "provider_message", None)
        record.suffix = (f": {said}" if said else "") + (f" [{request_id}]" if request_id else "")
        return super().format(record)


def _places(error: BaseException) -> Iterator[str]:
    """A traceback without the exceptions' messages, causes first."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _places(cause)
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}\n"
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _places(part)


def configuration(level: str, *, json: bool) -> dict[str, Any]:
    """A `logging.config.dictConfig` that sends every logger's lines of `level` and above to stderr."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": JsonFormatter if json else TextFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr}},
        "root": {"handlers": ["stderr"], "level": level},
        # Their own handlers would print a second line, or another format.
        "loggers": {name: {"handlers": [], "level": "NOTSET", "propagate": True} for name in _WITH_HANDLERS}
        # It would log every 4xx and 5xx again; http.access_log has a line for each request.
        | {"django.request": {"level": "CRITICAL"}}
        | ({name: {"level": "WARNING"} for name in _QUOTING} if level in ("DEBUG", "INFO") else {}),
    }
