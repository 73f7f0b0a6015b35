"""Log lines: JSON for machines, text for people. Neither ever holds a prompt or a reply."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}

_WITH_HANDLERS = ("django", "django.server", "gunicorn.error", "gunicorn.access", "uvicorn.error")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, what `extra` gave, and the traceback if any."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update((name, value) for name, value in vars(record).items() if name not in _STANDARD)
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configuration(level: str, *, json: bool) -> dict[str, Any]:
    """A `logging.config.dictConfig` that sends every logger's lines of `level` and above to stderr."""
    formatter: dict[str, Any] = (
        {"()": JsonFormatter} if json else {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr}},
        "root": {"handlers": ["stderr"], "level": level},
        # Their own handlers would print a second line, or another format; the root's is enough.
        "loggers": {name: {"handlers": [], "level": "NOTSET", "propagate": True} for name in _WITH_HANDLERS}
        # It would log every 4xx and 5xx once more; api.endpoint logs what is wrong here.
        | {"django.request": {"level": "CRITICAL"}},
    }
