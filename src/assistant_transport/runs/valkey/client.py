"""Connections to Valkey, and the errors that mean that it cannot be used."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from assistant_transport.runs.log import LogUnavailableError

Client = Any  # redis.asyncio.Redis, whose types admit str where it answers bytes

UNAVAILABLE = (RedisError, OSError, TimeoutError)
_MAX_CONNECTIONS = 16


class Clients:
    """The clients of one process, one a purpose, so that none waits for another.

    Args:
        url: redis://…
        lease: seconds, within which a renewal must be able to fail and succeed.
        block: for how many seconds a read may wait.
    """

    def __init__(self, url: str, lease: float, block: float) -> None:
        self.commands = connect(url, 2.0)
        self.blocking = connect(url, block + 5)
        self.writes = connect(url, 10.0)
        self.control = connect(url, min(2.0, lease / 2))  # for leases and health
        self._all = (self.commands, self.blocking, self.writes, self.control)

    async def reconnect(self) -> None:
        """Closes idle connections, and lets those in use be closed after it."""
        for client in self._all:
            await client.connection_pool.update_active_connections_for_reconnect()
            await client.connection_pool.disconnect(inuse_connections=False)

    async def close(self) -> None:
        for client in self._all:
            await client.aclose()


def connect(url: str, timeout: float) -> Client:
    """A client that fails after `timeout` seconds and does not retry: its callers know better when to."""
    return Redis.from_pool(
        BlockingConnectionPool.from_url(
            url,
            max_connections=_MAX_CONNECTIONS,
            timeout=timeout,  # for a free connection: when a replica dies, all its clients resume at once
            socket_timeout=timeout,
            socket_connect_timeout=min(timeout, 2.0),
            retry=Retry(NoBackoff(), 0),
        )
    )


@contextmanager
def raising_unavailable() -> Iterator[None]:
    """Raises LogUnavailableError in place of the errors that mean that Valkey cannot be used."""
    try:
        yield
    except UNAVAILABLE as error:
        raise LogUnavailableError from error


def milliseconds(seconds: float) -> int:
    """At least 1: Valkey takes no expiry of 0."""
    return max(1, int(seconds * 1000))
