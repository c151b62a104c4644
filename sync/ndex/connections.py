"""The connections to one server.

httpx's own pool looks at every connection twice a request; with 32 of them that is most of what a
request costs. So each connection here is an httpx client of its own. It carries one request at a
time, and the one used last is taken first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import socksio

_OVER = httpx.ByteStream(b"")


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
