"""The connections to one server.

httpx's own pool looks at every connection twice for each request, and its client handles cookies,
redirects and logins that are not needed here. So each connection is an httpx transport that has
just one. It carries one request at a time, and the last used one is taken first.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from urllib.request import getproxies, proxy_bypass

import httpx
import socksio

from sync.errors import ConfigError
from sync.ndex.address import ServerAddress
from sync.ndex.body import ACCEPTED_ENCODINGS
from sync.ndex.policy import ClientPolicy
from sync.version import __version__

_INTRODUCTION = {
    "Accept": "*/*",
    "Accept-Encoding": ACCEPTED_ENCODINGS,
    "User-Agent": f"ndex-sync/{__version__}",
}

_PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")

_SOCKS_LONGEST = 255
"""SOCKS counts the bytes of a name and of a password in one byte each (RFC 1929)."""


@asynccontextmanager
async def open_connections(
    address: ServerAddress, policy: ClientPolicy, transport: httpx.AsyncBaseTransport | None
) -> AsyncIterator[Connections]:
    """Open connections to a server as they are needed; close them when the block is left.

    ``transport`` replaces the network.

    Raises:
        ConfigError: the certificates or the proxy of the environment cannot be used.
    """
    open_transport = _choose_transport(address) if transport is None else lambda: transport
    connections = Connections(open_transport, policy)
    try:
        yield connections
    finally:
        await connections.aclose()


def _choose_transport(address: ServerAddress) -> Callable[[], httpx.AsyncBaseTransport]:
    """Return a function that opens one connection, directly or through the environment's proxy."""
    certificates = _read_certificates() if address.url.startswith("https:") else _no_certificates()
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
    proxy = _find_proxy(address)

    def _open_transport() -> httpx.AsyncBaseTransport:
        return httpx.AsyncHTTPTransport(verify=certificates, limits=limits, proxy=proxy)

    return _open_transport


def _find_proxy(address: ServerAddress) -> httpx.Proxy | None:
    """Return the environment's proxy for a server, None if the server is reached directly."""
    # A proxy would see what plain http sends to this machine.
    if address.loopback or proxy_bypass(address.host):
        return None
    proxies = getproxies()
    url = proxies.get(httpx.URL(address.url).scheme) or proxies.get("all")
    if not url:
        return None
    try:
        proxy = httpx.Proxy(url if "://" in url else f"http://{url}")
    except (ValueError, httpx.InvalidURL):
        # httpx's own message may quote a password.
        raise ConfigError(
            f"the proxy in {_name_variables()} cannot be used: write it as http://HOST:PORT, "
            "https://HOST:PORT or socks5://HOST:PORT"
        ) from None
    if proxy.url.scheme.startswith("socks") and any(
        len(part) > _SOCKS_LONGEST for part in proxy.raw_auth or ()
    ):
        raise ConfigError(
            f"the login of the proxy in {_name_variables()} is too long: SOCKS takes a name and a "
            f"password of up to {_SOCKS_LONGEST} bytes each"
        )
    return proxy


def _name_variables() -> str:
    there = [name for name in _PROXY_VARIABLES if {name, name.lower()} & os.environ.keys()]
    return " or ".join(there)


def _no_certificates() -> SSLContext:
    """Trust no certificates: for plain http, where httpx would load them for each connection."""
    return SSLContext(PROTOCOL_TLS_CLIENT)


def _read_certificates() -> SSLContext:
    """Load the certificates once for all connections; nothing else in opening one takes as long."""
    try:
        return httpx.create_ssl_context()
    except OSError as error:  # SSL errors too
        named = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
        place = " or ".join(f"{name}={os.environ[name]}" for name in named) or "this system"
        raise ConfigError(
            f"the certificates of {place} cannot be read ({error.strerror or error}): name a file "
            "of certificates in SSL_CERT_FILE, or unset it"
        ) from error


class Connections:
    """Every connection of one client, opened when needed; its owner calls ``aclose``.

    ``open_transport`` makes an httpx transport for one connection.
    """

    def __init__(
        self, open_transport: Callable[[], httpx.AsyncBaseTransport], policy: ClientPolicy
    ) -> None:
        self._open_transport = open_transport
        timeout = httpx.Timeout(policy.read_timeout_s, connect=policy.connect_timeout_s)
        self._extensions = {"timeout": timeout.as_dict()}
        self._all: set[httpx.AsyncBaseTransport] = set()
        self._idle: list[httpx.AsyncBaseTransport] = []
        self._closed = False

    @asynccontextmanager
    async def send(
        self,
        method: str,
        url: str,
        *,
        query: tuple[tuple[str, str], ...],
        headers: dict[str, str],
        body: bytes | None,
    ) -> AsyncIterator[httpx.Response]:
        """Send a request and yield its response, with the body not read yet.

        Raises:
            httpx.HTTPError: the request failed before its response began.
        """
        request = httpx.Request(
            method,
            url,
            params=query or None,
            headers=_INTRODUCTION | headers,
            content=body,
            extensions=self._extensions,
        )
        transport = self._take()
        try:
            response = await _send(transport, request)
            try:
                yield response
            finally:
                await response.aclose()
        except BaseException:
            # A request that failed or was cancelled may leave httpx's pool with a dead connection.
            self._all.discard(transport)
            await transport.aclose()
            raise
        self._idle.append(transport)

    async def aclose(self) -> None:
        """Close every connection."""
        self._closed = True
        while self._all:
            await self._all.pop().aclose()

    def _take(self) -> httpx.AsyncBaseTransport:
        if self._closed:
            raise RuntimeError("the client is closed")
        if self._idle:
            return self._idle.pop()
        transport = self._open_transport()
        self._all.add(transport)
        return transport


async def _send(transport: httpx.AsyncBaseTransport, request: httpx.Request) -> httpx.Response:
    try:
        return await transport.handle_async_request(request)
    except socksio.SOCKSError as error:  # httpx lets it through
        raise httpx.ProxyError(str(error)) from error
