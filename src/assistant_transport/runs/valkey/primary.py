"""Where the primary is, of a URL that names Sentinels or a cluster's nodes: asked whenever a connection is opened."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError
from redis.backoff import NoBackoff
from redis.exceptions import (
    AskError,
    AuthenticationError,
    ClusterDownError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)

from assistant_transport.redis_url import Topology

logger = logging.getLogger(__name__)

FOLLOW_SECONDS = 1.0
_ASK_SECONDS = 1.0
_STALE = (ReadOnlyError, AskError, ClusterDownError)  # MOVED is an AskError

Address = tuple[str, int]


class Primary:
    """Finds the primary. All keys of a cluster are in one slot, so it has one primary for us, as Sentinels do.

    Args:
        topology: who is asked.
        slot: the number of the slot in a cluster.
    """

    def __init__(self, topology: Topology, slot: int) -> None:
        self._topology = topology
        self._slot = slot
        self._servers = {
            url: Redis.from_url(
                url, socket_timeout=_ASK_SECONDS, socket_connect_timeout=_ASK_SECONDS, retry=Retry(NoBackoff(), 0)
            )
            for url in topology.asked
        }
        self._finding: asyncio.Task[Address] | None = None

    async def find(self) -> Address:
        """Asks one server after another, once for all who want to know at the same time.

        Raises:
            RedisError, OSError: none of them knows.
        """
        if self._finding is None or self._finding.done():
            self._finding = asyncio.create_task(self._find())
        return await asyncio.shield(self._finding)

    async def _find(self) -> Address:
        ask = self._ask_sentinel if self._topology.kind == "sentinel" else self._ask_node
        failures: list[Exception] = []
        for url, server in list(self._servers.items()):
            try:
                return await ask(server)
            except (RedisError, OSError, TimeoutError) as error:
                failures.append(error)
                self._servers[url] = self._servers.pop(url)  # the others are asked first from now on
        # What a server says tells more than that another one is away.
        raise max(failures, key=lambda error: isinstance(error, ResponseError | AuthenticationError))

    async def _ask_sentinel(self, server: Any) -> Address:
        state = await server.sentinel_master(self._topology.name)
        if not state["is_master"] or state["is_sdown"] or state["is_odown"]:
            raise MasterNotFoundError
        return state["ip"], int(state["port"])

    async def _ask_node(self, server: Any) -> Address:
        for first, last, (host, port, *_), *_ in await server.execute_command("CLUSTER SLOTS"):
            if first <= self._slot <= last:
                # A node that does not know under which address it is reached leaves that out.
                return host.decode() if host else server.connection_pool.connection_kwargs["host"], port
        raise ClusterDownError("no primary has the slot")

    async def follow_forever(self, moved: Callable[[], Awaitable[None]]) -> None:
        """Calls `moved` when another server has become the primary.

        The old one may live on without knowing it, and acknowledges writes that are lost: for some ten seconds after a
        planned failover by Sentinels (Valkey 9.1, Redis 7.0).
        """
        last: Address | None = None
        while True:
            with suppress(RedisError, OSError, TimeoutError):
                address = await self.find()
                if last not in (None, address):
                    logger.warning("Another server is the run log's primary now")
                    await moved()
                last = address
            await asyncio.sleep(FOLLOW_SECONDS)

    async def close(self) -> None:
        for server in self._servers.values():
            await server.aclose()


class _Connecting:
    """A connection to wherever the primary is when it is opened."""

    def __init__(self, primary: Primary, **options: Any) -> None:
        super().__init__(**options)
        self._primary = primary

    async def connect_check_health(self, *args: Any, **options: Any) -> None:
        if not self.is_connected:  # type: ignore[attr-defined]
            self.host, self.port = await self._primary.find()
        await super().connect_check_health(*args, **options)  # type: ignore[misc]

    async def read_response(self, *args: Any, **options: Any) -> Any:
        try:
            return await super().read_response(*args, **options)  # type: ignore[misc]
        except _STALE:
            await self.disconnect()  # type: ignore[attr-defined]
            raise

    async def send_packed_command(self, *args: Any, **options: Any) -> None:
        try:
            await super().send_packed_command(*args, **options)  # type: ignore[misc]
        except RuntimeError as error:  # uvloop's, of a connection that `abort` has closed
            await self.disconnect()  # type: ignore[attr-defined]
            raise ConnectionError("the connection was given up") from error

    def abort(self) -> None:
        """Fails what waits for an answer here; a disconnect would break what is just being sent."""
        if self._writer is not None:  # type: ignore[attr-defined]
            self._writer.transport.abort()  # type: ignore[attr-defined]


class _PlainConnection(_Connecting, Connection):
    pass


class _TLSConnection(_Connecting, SSLConnection):
    pass


class PrimaryPool(BlockingConnectionPool):
    """Connections to the primary. Who finds all of them in use waits, as with a single server."""

    def __init__(self, url: str, primary: Primary, **options: Any) -> None:
        known: dict[str, Any] = {**parse_url(url), **options, "primary": primary}
        tls = known.get("connection_class") is SSLConnection
        super().__init__(**{**known, "connection_class": _TLSConnection if tls else _PlainConnection})

    async def abort(self) -> None:
        """Has every connection opened anew; commands under way fail, and their callers try again."""
        connections: list[Any] = [*self._in_use_connections]
        for connection in connections:
            connection.abort()
        await self.disconnect(inuse_connections=False)
