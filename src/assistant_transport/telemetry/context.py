"""What every line that is written for a request says of it, wherever it is written: also in the run's own task."""

import re
import secrets
from contextvars import ContextVar
from hashlib import sha256

# What nginx, load balancers and UUID makers send; nothing that could break a line or fill a log.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")

_fields: ContextVar[dict[str, str] | None] = ContextVar("fields", default=None)


def begin(given: str) -> str:
    """Begins a request, of which the tasks that it starts are a part; returns its id: `given`, or a new one."""
    request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
    _fields.set({"request_id": request_id})
    return request_id


def bind(**fields: str) -> None:
    """Adds to what the lines of this request say. Outside of a request there is nothing to add to."""
    if (bound := _fields.get()) is not None:
        bound.update(fields)


def fields() -> dict[str, str]:
    """What is known of the request; empty outside of one."""
    return _fields.get() or {}


def digest(*parts: str) -> str:
    """A short name for what must not be written in clear. Of a run: `printf %s "$RUN_ID" | sha256sum | cut -c1-12`."""
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]
