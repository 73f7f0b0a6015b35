"""What lists, shows and changes the threads that the server keeps: the interface that the app `threads` implements."""

from typing import Any, Protocol

from assistant_transport.callers import Caller
from assistant_transport.http.thread_models import ChangeThread, CreateThread, ListThreads

Summary = dict[str, Any]
"""A thread as the API shows it in a list: `threadId`, `title`, `archived` and so on, as JSON has them."""


class ThreadCatalog(Protocol):
    """Every method is for one caller and knows that caller's threads only.

    Raises:
        ApiError: 404 for a thread that is not there or is another caller's, 409 where a change meets another one, 503
            while the database does not answer.
    """

    async def list(self, caller: Caller, query: ListThreads) -> dict[str, Any]:
        """`threads`, newest activity first, and `nextCursor`; with `q` those whose title or messages match it."""

    async def create(self, caller: Caller, wanted: CreateThread) -> tuple[Summary, bool]:
        """The new thread, or the one that is there already; and whether it is new."""

    async def get(self, caller: Caller, name: str) -> tuple[Summary, str]:
        """A thread, and the rest of its JSON object: `state`, `head` and `branches`, encoded already."""

    async def state(self, caller: Caller, name: str) -> dict[str, Any]:
        """The state that a run on the thread would begin with."""

    async def summary(self, caller: Caller, name: str) -> Summary: ...

    async def change(self, caller: Caller, name: str, change: ChangeThread) -> Summary: ...

    async def delete(self, caller: Caller, name: str) -> None: ...

    async def export(self, caller: Caller, name: str, kind: str) -> str:
        """The thread as a file, `json` or `markdown`."""
