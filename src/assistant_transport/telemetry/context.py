"""Fields that every log line of a request has, also lines from the tasks that the request starts, such as its run."""

import re
import secrets
from contextvars import ContextVar
from hashlib import sha256

# The ids of nginx, load balancers and UUIDs; nothing that could break a line or fill the log.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")

_fields: ContextVar[dict[str, str] | None] = ContextVar("fields", default=None)


def begin(given: str) -> str:
    """Begins a request and returns its id: `given` if that is valid, else a new one."""
    request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
    _fields.set({"request_id": request_id})
    return request_id


def bind(**fields: str) -> None:
    """Adds fields to the request's log lines; does nothing outside of a request."""
    if (bound := _fields.get()) is not None:
        bound.update(fields)


def fields() -> dict[str, str]:
    """The request's fields; empty outside of a request."""
    return _fields.get() or {}


def digest(*parts: str) -> str:
    """A short hash to log in place of a secret. Of a run's id: `printf %s "$RUN_ID" | sha256sum | cut -c1-12`."""
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]
