"""The proxy between this server and a provider, as HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY name it."""

import asyncio
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from ssl import SSLContext
from urllib.parse import SplitResult, unquote, urlsplit

from assistant_transport.assistants.llm.http.connection import BrokenError, Connection

_SECONDS = 5.0


class Proxy:
    """An HTTP proxy: it passes requests on, and for https connects to the server and knows no more."""

    def __init__(self, parts: SplitResult, host: str, port: int) -> None:
        self._host = parts.hostname or ""
        self._port = parts.port or 80
        self._target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._name = host
        self.authorization = ""  # a header's line, where the proxy wants a name and a password
        if parts.username is not None:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self.authorization = f"Proxy-Authorization: Basic {b64encode(secret.encode()).decode()}\r\n"

    @classmethod
    def find(cls, scheme: str, host: str, port: int) -> "Proxy | None":
        """The proxy for a server, if the environment names one.

        Raises:
            ValueError: what it names is no HTTP proxy.
        """
        proxies = urllib.request.getproxies_environment()
        url = proxies.get(scheme) or proxies.get("all")
        if not url or urllib.request.proxy_bypass_environment(f"{host}:{port}", proxies):  # type: ignore[attr-defined]
            return None
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"{scheme.upper()}_PROXY: a proxy must be http://host:port, not {parts.scheme}://")
        return cls(parts, host, port)

    async def connect(self, on_free: Callable[[Connection], None], tls: SSLContext | None) -> Connection:
        """A connection to the server, or, where it is not encrypted, one on which the proxy takes its requests."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: Connection(on_free), self._host, self._port)
        if tls is None:
            return connection
        try:
            request = f"CONNECT {self._target} HTTP/1.1\r\nHost: {self._target}\r\n{self.authorization}\r\n"
            connection.send(request.encode("latin-1"), _SECONDS)
            status, _ = await connection.head()
            if status != 200:
                raise BrokenError(f"the proxy answered {status}")
            upgraded = await loop.start_tls(connection.transport, connection, tls, server_hostname=self._name)
        except BaseException:
            connection.close()
            raise
        if upgraded is None:
            raise BrokenError("the proxy closed the connection")
        connection.begin(upgraded)
        return connection
