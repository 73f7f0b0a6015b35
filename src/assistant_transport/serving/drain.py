"""How an application tells its server what to wait for before it stops: an object in the ASGI lifespan's state."""

from typing import Protocol

# The key in `scope["state"]` of the lifespan under which the application leaves its Drain while it starts.
STATE_KEY = "assistant_transport.drain"


class Drain(Protocol):
    """Work of the application that outlasts a signal to stop."""

    def begin(self) -> None:
        """Refuse new work from now on. Called in the signal handler, so it must neither wait nor take a lock."""

    async def drain(self) -> None:
        """Returns when the work under way has ended; the application bounds how long that may take."""
