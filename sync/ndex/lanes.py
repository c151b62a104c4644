"""The connections to one server, and which of them a request goes over.

httpx's own pool looks at every connection twice a request; with 32 of them that is most of what a
request costs. So each lane here is a client with one connection. A lane of HTTP/1.1 carries one
request, and the one used last is taken first. A lane of HTTP/2 is shared by all requests that may
be repeated, under rules that make up for what httpcore 1.0 leaves undone there:

- It does not tell the server that a request was given up, nor forget its stream, until no stream
  is left. So a lane on which an answer was not read to its end takes no further request.
- It drops the streams under way when the server says that it will take no more (GOAWAY), which
  nginx does after 1,000 requests. So a lane is left before that.
- Its time limit ends with whatever comes for any stream. So each request has its own.
- What befalls one stream befalls all. So a request that changes something has a lane of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import h2.exceptions
import httpcore
import httpx
import socksio

_MOST_SHARED_REQUESTS = 500
_HTTP2 = "HTTP/2"
_OVER = httpx.ByteStream(b"")


@dataclass(slots=True, eq=False)
class _Lane:
    """One connection, made by its first request. A ``spent`` lane takes no further one."""

    http: httpx.AsyncClient
    begun: int = 0
    under_way: int = 0
    spent: bool = False


class Incoming:
    """The answer to one request, whose head has come.

    ``protocol`` is the one that it came by, None where there was no network.
    """

    def __init__(self, response: httpx.Response, moved: Callable[[], None]) -> None:
        self._moved = moved
        self.response = response
        self.read_whole = False
        spoken: bytes | None = response.extensions.get("http_version")
        self.protocol = None if spoken is None else spoken.decode("ascii", "replace")

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes, still compressed."""
        with _named_faults():
            async for chunk in self.response.aiter_raw():
                self._moved()
                yield chunk
        self.read_whole = True


class Lanes:
    """Every connection of one client; whoever made it calls ``aclose``.

    ``open_http`` makes a client for one connection. ``patience_s`` is how long a request on a
    shared lane may be without any sign of its answer.
    """

    def __init__(self, open_http: Callable[[], httpx.AsyncClient], patience_s: float) -> None:
        self._open_http = open_http
        self._patience_s = patience_s
        self._all: set[_Lane] = set()
        self._idle: list[_Lane] = []
        self._shared: _Lane | None = None
        self._shares = False
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
        alone: bool,
    ) -> AsyncIterator[Incoming]:
        """Send a request and give its answer; ``alone``: over a connection without others.

        Raises:
            httpx.HTTPError: it did not come through.
        """
        lane = self._take(alone=alone)
        incoming: Incoming | None = None
        try:
            async with self._patience(lane) as moved:
                request = lane.http.build_request(
                    method, url, params=query or None, headers=headers, content=body
                )
                with _named_faults():
                    response = await lane.http.send(request, stream=True)
                moved()
                incoming = Incoming(response, moved)
                self._learn(lane, incoming.protocol)
                try:
                    yield incoming
                finally:
                    await response.aclose()
                    # It and its stream hold each other, and with them all that was sent.
                    response.stream = _OVER
        finally:
            whole = incoming is not None and incoming.read_whole
            await self._give_back(lane, whole=whole, alone=alone)

    async def aclose(self) -> None:
        """Close every connection."""
        self._closed = True
        for lane in list(self._all):
            await self._end(lane)

    def _take(self, *, alone: bool) -> _Lane:
        if self._closed:
            raise RuntimeError("the client is closed")
        if alone or not self._shares:
            lane = self._idle.pop() if self._idle else self._open()
        else:
            lane = self._shared = self._shared or self._open()
        lane.begun += 1
        lane.under_way += 1
        return lane

    def _open(self) -> _Lane:
        lane = _Lane(self._open_http())
        self._all.add(lane)
        return lane

    def _learn(self, lane: _Lane, protocol: str | None) -> None:
        """Share lanes from the first answer by HTTP/2 on, for as long as they bring such."""
        if protocol == _HTTP2:
            self._shares = True
        elif lane is self._shared:
            self._shares = False
            self._leave_shared()

    def _leave_shared(self) -> None:
        if self._shared is not None:
            self._shared.spent = True
            self._shared = None

    async def _give_back(self, lane: _Lane, *, whole: bool, alone: bool) -> None:
        lane.under_way -= 1
        if lane is self._shared:
            if not whole or lane.begun >= _MOST_SHARED_REQUESTS:
                self._leave_shared()
        elif not lane.spent:
            self._put_aside(lane, whole=whole, alone=alone)
        if lane.spent and not lane.under_way:
            await self._end(lane)

    def _put_aside(self, lane: _Lane, *, whole: bool, alone: bool) -> None:
        if whole and (alone or not self._shares):
            self._idle.append(lane)
        elif whole and self._shared is None:
            self._shared = lane
        else:
            lane.spent = True

    async def _end(self, lane: _Lane) -> None:
        await lane.http.aclose()
        self._all.discard(lane)

    @asynccontextmanager
    async def _patience(self, lane: _Lane) -> AsyncIterator[Callable[[], None]]:
        """Limit the time without a sign of life on a shared lane; call what is given at each."""
        if lane is not self._shared:
            yield _nothing
            return
        now_s = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(self._patience_s) as limit:
                yield lambda: limit.reschedule(now_s() + self._patience_s)
        except TimeoutError:
            if not limit.expired():
                raise
            raise httpx.ReadTimeout("") from None


def _nothing() -> None:
    """Nobody waits for a sign."""


@contextmanager
def _named_faults() -> Iterator[None]:
    """Name faults of the other side that httpcore's HTTP/2 lets through, or calls our own."""
    try:
        yield
    except httpx.LocalProtocolError as error:
        origin = error.__cause__.args[:1] if error.__cause__ is not None else ()
        if not any(isinstance(cause, h2.exceptions.H2Error) for cause in origin):
            raise
        raise httpx.RemoteProtocolError(str(error)) from error
    except socksio.SOCKSError as error:
        raise httpx.ProxyError(str(error)) from error
    except (h2.exceptions.H2Error, httpcore.ConnectionNotAvailable, ValueError) as error:
        # ValueError: of a status that is no number.
        raise httpx.RemoteProtocolError(str(error)) from error
