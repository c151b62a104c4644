"""The connections to one server.

A pool that looks at every connection for each request makes most of what a request costs. So each
connection here carries one request at a time, and the one used last is taken first.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from urllib.request import getproxies

import httpx

from sync.errors import ConfigError
from sync.ndex.address import ServerAddress
from sync.ndex.policy import ClientPolicy
from sync.ndex.wire import (
    Connection,
    DirectConnection,
    Endpoint,
    HttpxConnection,
    Incoming,
    Outgoing,
)

_PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")


@asynccontextmanager
async def open_connections(
    address: ServerAddress, policy: ClientPolicy, transport: httpx.AsyncBaseTransport | None
) -> AsyncIterator[Connections]:
    """Open connections to a server as they are needed; close them when the block is left.

    ``transport`` replaces the network.

    Raises:
        ConfigError: the certificates or the proxy of the environment cannot be used.
    """
    tls = _read_certificates() if address.url.startswith("https:") else None

    def _open_http() -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=address.origin,
            transport=transport,
            verify=tls or _no_certificates(),
            timeout=httpx.Timeout(policy.read_timeout_s, connect=policy.connect_timeout_s),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    # A proxy from the environment would see what plain http carries to this machine.
    proxied = getproxies().keys() - {"no"} and not address.loopback
    if transport is not None or proxied:
        await _open_once(_open_http)
        connections = Connections(lambda: HttpxConnection(_open_http()))
    else:
        endpoint = Endpoint(address.host, address.port, tls)
        connections = Connections(lambda: DirectConnection(endpoint, policy))
    try:
        yield connections
    finally:
        await connections.aclose()


def _no_certificates() -> SSLContext:
    """Trust nobody: for plain http, where httpx would read all certificates for each connection."""
    return SSLContext(PROTOCOL_TLS_CLIENT)


def _read_certificates() -> SSLContext:
    """Read them once for all connections; it takes longer than all else that opens one."""
    try:
        context = httpx.create_ssl_context()
    except OSError as error:  # those of SSL as well
        named = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
        place = " or ".join(f"{name}={os.environ[name]}" for name in named) or "this system"
        raise ConfigError(
            f"the certificates of {place} cannot be read ({error.strerror or error}): name a file "
            "of certificates in SSL_CERT_FILE, or unset it"
        ) from error
    context.set_alpn_protocols(["http/1.1"])
    return context


async def _open_once(open_http: Callable[[], httpx.AsyncClient]) -> None:
    """Open a client and close it again: it reads the environment's proxies, good or bad."""
    try:
        async with open_http():
            pass
    except (ValueError, httpx.InvalidURL):
        # Their own words may quote a password.
        there = [name for name in _PROXY_VARIABLES if {name, name.lower()} & os.environ.keys()]
        raise ConfigError(
            f"the proxy in {' or '.join(there)} cannot be used: write it as http://HOST:PORT, "
            "https://HOST:PORT or socks5://HOST:PORT"
        ) from None


class Connections:
    """Every connection of one client, made when needed; its maker calls ``aclose``."""

    def __init__(self, make: Callable[[], Connection]) -> None:
        self._make = make
        self._all: set[Connection] = set()
        self._idle: list[Connection] = []
        self._closed = False

    @asynccontextmanager
    async def send(self, request: Outgoing) -> AsyncIterator[Incoming]:
        """Send a request and yield its answer, the body unread.

        Raises:
            httpx.HTTPError: the request failed before its answer began.
        """
        connection = self._take()
        try:
            yield await connection.send(request)
            await connection.finish()
        except BaseException:
            # Where a request failed or was cancelled, an answer may still be under way.
            self._all.discard(connection)
            await connection.aclose()
            raise
        self._idle.append(connection)

    async def aclose(self) -> None:
        """Close every connection."""
        self._closed = True
        while self._all:
            await self._all.pop().aclose()
        # A socket is closed in the next turn of the loop.
        await asyncio.sleep(0)

    def _take(self) -> Connection:
        if self._closed:
            raise RuntimeError("the client is closed")
        if self._idle:
            return self._idle.pop()
        connection = self._make()
        self._all.add(connection)
        return connection
