"""What a CALLER returns, and what it raises."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.http import HttpRequest
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Caller:
    """Whoever sent a request."""

    owner: str
    """Whose runs these are: the same text for the same caller, and for nobody else. `opaque` makes one."""

    user: Any = None
    """For assistants, as `turn.user`: Django's user, or whatever else is known of the caller."""

    counted_by: str = ""
    """A name that several owners share, such as an API key's: MAX_RUNS_PER_KEY is for all of them together."""

    is_named: bool = True
    """Whether `owner` tells this caller from all others. Else a run is found by its own id only."""

    is_anonymous: bool = False
    """Whether nobody vouches for the caller. Without ALLOW_ANONYMOUS it is refused where a reply may cost money."""

    by_header: bool = False
    """Whether a header alone says who calls: no other site can make a browser send it, so no CSRF token is needed."""


class CallerRefusedError(Exception):
    """Raised by a CALLER that lets a request not in. The text is for the developer of the client.

    `code` is a stable name of the reason for programs; by default one that says no more than the status.
    """

    def __init__(
        self, message: str, *, status: int = 401, code: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code or {401: "unauthenticated", 403: "forbidden"}.get(status, "caller_refused")
        self.headers = headers


Function = Callable[[HttpRequest], Caller | Awaitable[Caller]]


def opaque(*parts: str) -> str:
    """An owner's name, 32 characters, that does not show the `parts` it is made of."""
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def load(path: str) -> Function:
    """The function that the setting CALLER names.

    Raises:
        ImportError: it names none; the text says what to mend.
    """
    function: Any = import_string(path)
    if not callable(function):
        raise ImportError(f"{path} is not a function of the request")
    return function  # type: ignore[no-any-return] # what it returns is seen when it is called
