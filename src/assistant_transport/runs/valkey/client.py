"""Connections to Valkey, and the errors that mean that it cannot be used."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from assistant_transport import redis_url
from assistant_transport.runs.log import LogUnavailableError
from assistant_transport.runs.valkey.keys import Keys
from assistant_transport.runs.valkey.primary import Primary, PrimaryPool

Client = Any  # redis.asyncio.Redis, whose types admit str where it answers bytes

UNAVAILABLE = (RedisError, OSError, TimeoutError)
_MAX_CONNECTIONS = 16


class Clients:
    """The clients of one process, one a purpose, so that none waits for another.

    Args:
        url: REDIS_URL.
        keys: which the servers of a cluster are chosen by.
        lease: seconds, within which a renewal must be able to fail and succeed.
        block: for how many seconds a read may wait.
    """

    def __init__(self, url: str, keys: Keys, lease: float, block: float) -> None:
        self._primary = find_primary(url, keys)
        self.commands = connect(url, 2.0, self._primary)
        self.blocking = connect(url, block + 5, self._primary)
        self.writes = connect(url, 10.0, self._primary)
        self.control = connect(url, min(2.0, lease / 2), self._primary)  # for leases and health
        self._all = (self.commands, self.blocking, self.writes, self.control)

    async def reconnect(self) -> None:
        """Closes idle connections, and lets those in use be closed after it."""
        for client in self._all:
            await client.connection_pool.update_active_connections_for_reconnect()
            await client.connection_pool.disconnect(inuse_connections=False)

    async def follow_forever(self) -> None:
        """Leaves a server for another one that has become the primary, where REDIS_URL names several."""
        if self._primary is not None:
            await self._primary.follow_forever(self._abort)
        await asyncio.Event().wait()

    async def _abort(self) -> None:
        for client in self._all:
            await client.connection_pool.abort()

    async def close(self) -> None:
        for client in self._all:
            await client.aclose()
        if self._primary is not None:
            await self._primary.close()


def keys_for(url: str, prefix: str) -> Keys:
    """The keys, which are all in one slot if the URL is a cluster's."""
    topology = redis_url.topology(url)
    return Keys(prefix, in_cluster=topology is not None and topology.kind == "cluster")


def find_primary(url: str, keys: Keys) -> Primary | None:
    """Where the primary is of a URL that names several servers."""
    topology = redis_url.topology(url)
    return Primary(topology, keys.slot) if topology else None


def connect(url: str, timeout: float, primary: Primary | None = None) -> Client:
    """A client that fails after `timeout` seconds and does not retry: its callers know better when to."""
    options: dict[str, Any] = {
        "max_connections": _MAX_CONNECTIONS,
        "timeout": timeout,  # for a free connection: when a replica dies, all its clients resume at once
        "socket_timeout": timeout,
        "socket_connect_timeout": min(timeout, 2.0),
        "retry": Retry(NoBackoff(), 0),
    }
    topology = redis_url.topology(url)
    if topology and primary:
        return Redis.from_pool(PrimaryPool(topology.primary, primary, **options))
    return Redis.from_pool(BlockingConnectionPool.from_url(url, **options))


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
