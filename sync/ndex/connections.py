"""The connections to one server.

httpx's own pool looks at every connection twice a request; with 32 of them that is most of what a
request costs. So each connection here is an httpx client of its own. It carries one request at a
time, and the one used last is taken first.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import PROTOCOL_TLS_CLIENT, SSLContext

import httpx
import socksio

from sync.errors import ConfigError
from sync.ndex.address import ServerAddress
from sync.ndex.body import ACCEPTED_ENCODINGS
from sync.ndex.policy import ClientPolicy
from sync.version import __version__

_OVER = httpx.ByteStream(b"")


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
    certificates = _read_certificates() if address.url.startswith("https:") else _no_certificates()

    def _open_http() -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=transport,
            headers={
                "Accept": "*/*",
                "Accept-Encoding": ACCEPTED_ENCODINGS,
                "User-Agent": f"ndex-sync/{__version__}",
            },
            verify=certificates,
            timeout=httpx.Timeout(policy.read_timeout_s, connect=policy.connect_timeout_s),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            # A proxy from the environment would see what plain http carries to this machine.
            trust_env=not address.loopback,
        )

    await _open_once(_open_http)
    connections = Connections(_open_http)
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
        return httpx.create_ssl_context()
    except OSError as error:  # those of SSL as well
        named = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
        place = " or ".join(f"{name}={os.environ[name]}" for name in named) or "this system"
        raise ConfigError(
            f"the certificates of {place} cannot be read ({error.strerror or error}): name a file "
            "of certificates in SSL_CERT_FILE, or unset it"
        ) from error


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
    """Every connection of one client, opened when needed; its maker calls ``aclose``.

    ``open_http`` makes an httpx client for one connection.
    """

    def __init__(self, open_http: Callable[[], httpx.AsyncClient]) -> None:
        self._open_http = open_http
        self._all: set[httpx.AsyncClient] = set()
        self._idle: list[httpx.AsyncClient] = []
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
        """Send a request and yield its response, the body unread.

        Raises:
            httpx.HTTPError: the request failed before its response began.
        """
        http = self._take()
        try:
            request = http.build_request(
                method, url, params=query or None, headers=headers, content=body
            )
            response = await _send(http, request)
            try:
                yield response
            finally:
                await response.aclose()
                # The response and its stream refer to each other and to all that was sent.
                response.stream = _OVER
        except BaseException:
            # A request that failed or was cancelled may leave httpx's pool with a dead connection.
            self._all.discard(http)
            await http.aclose()
            raise
        self._idle.append(http)

    async def aclose(self) -> None:
        """Close every connection."""
        self._closed = True
        while self._all:
            await self._all.pop().aclose()

    def _take(self) -> httpx.AsyncClient:
        if self._closed:
            raise RuntimeError("the client is closed")
        if self._idle:
            return self._idle.pop()
        http = self._open_http()
        self._all.add(http)
        return http


async def _send(http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    try:
        return await http.send(request, stream=True)
    except socksio.SOCKSError as error:  # httpx lets it through
        raise httpx.ProxyError(str(error)) from error
