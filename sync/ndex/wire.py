"""One connection to a server: HTTP/1.1, parsed by h11 over a socket of asyncio.

Most of what httpx costs a request is for what nobody asks for here: cookies, redirects, logins,
hooks, a pool. It still goes over httpx where a proxy lies between, or where the server is in this
process. Failures have the names of httpx in both cases.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ssl import SSLContext
from typing import Protocol

import h11
import httpx
import socksio

from sync.ndex.policy import ClientPolicy

_AT_ONCE_BYTES = 256 * 1024
_MAX_HEAD_BYTES = 100 * 1024
_SECOND_ADDRESS_S = 0.25


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request as it is sent; ``target`` is its path and query, quoted."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes | None = None


class Incoming(Protocol):
    """The head of an answer, and its body as it comes."""

    @property
    def status(self) -> int:
        """The status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, by their names in lower case."""

    @property
    def version(self) -> str:
        """The protocol that it came by."""

    def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body, still packed as its headers say."""


class Connection(Protocol):
    """Carries one request at a time."""

    async def send(self, request: Outgoing) -> Incoming:
        """Send a request and return its answer, the body unread.

        Raises:
            httpx.HTTPError: it failed before the answer began.
        """

    async def finish(self) -> None:
        """End an exchange, so that another can follow."""

    async def aclose(self) -> None:
        """Close it; nothing is sent after that."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server listens; ``tls`` is None for plain http."""

    host: str
    port: int
    tls: SSLContext | None


class DirectConnection:
    """A socket of our own, opened when needed."""

    def __init__(self, endpoint: Endpoint, policy: ClientPolicy) -> None:
        self._endpoint = endpoint
        self._connect_s = policy.connect_timeout_s
        self._read_s = policy.read_timeout_s
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._http = _new_state()

    async def send(self, request: Outgoing) -> Incoming:
        """Send a request and return its answer, the body unread."""
        if self._streams is not None and self._streams[0].at_eof():
            # The server closed it while nobody used it.
            await self.aclose()
        self._streams = self._streams or await self._open()
        await self._write(self._streams[1], self._encode(request))
        while not isinstance(head := await self.next_event(), h11.Response):
            pass  # an answer before the answer
        return _Answer(head, self)

    async def finish(self) -> None:
        """End an exchange; the next has a new socket where the body was not read to its end."""
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        else:
            await self.aclose()

    async def aclose(self) -> None:
        """Close the socket at once."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None
        self._http = _new_state()

    async def next_event(self) -> h11.Event | type:
        """Return the next part of the answer."""
        while True:
            with _named(h11.RemoteProtocolError, httpx.RemoteProtocolError):
                event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event
            with _named(h11.RemoteProtocolError, httpx.RemoteProtocolError):
                self._http.receive_data(await self._receive())

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port, tls = self._endpoint.host, self._endpoint.port, self._endpoint.tls
        with _named(OSError, httpx.ConnectError), _named(TimeoutError, httpx.ConnectTimeout):
            async with asyncio.timeout(self._connect_s):
                return await asyncio.open_connection(
                    host,
                    port,
                    ssl=tls,
                    limit=_AT_ONCE_BYTES,
                    happy_eyeballs_delay=_SECOND_ADDRESS_S,
                )

    def _encode(self, request: Outgoing) -> bytes:
        with _named(h11.LocalProtocolError, httpx.LocalProtocolError):
            head = h11.Request(
                method=request.method, target=request.target, headers=request.headers
            )
            parts = [self._http.send(head)]
            if request.body:
                parts.append(self._http.send(h11.Data(data=request.body)))
            parts.append(self._http.send(h11.EndOfMessage()))
        return b"".join(part for part in parts if part)

    async def _write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        with _named(OSError, httpx.WriteError), _named(TimeoutError, httpx.WriteTimeout):
            writer.write(data)
            if writer.transport.get_write_buffer_size():
                async with asyncio.timeout(self._read_s):
                    await writer.drain()

    async def _receive(self) -> bytes:
        if self._streams is None:
            raise httpx.ReadError("the connection was closed")
        with _named(OSError, httpx.ReadError), _named(TimeoutError, httpx.ReadTimeout):
            async with asyncio.timeout(self._read_s):
                data = await self._streams[0].read(_AT_ONCE_BYTES)
        if not data and self._http.their_state is h11.SEND_RESPONSE:
            raise httpx.RemoteProtocolError("the server closed the connection without an answer")
        return data


class _Answer:
    def __init__(self, head: h11.Response, connection: DirectConnection) -> None:
        self.status = head.status_code
        self.headers = {name.decode(): value.decode("latin-1") for name, value in head.headers}
        self.version = f"HTTP/{head.http_version.decode()}"
        self._connection = connection

    async def chunks(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._connection.next_event(), h11.Data):
            yield event.data


class HttpxConnection:
    """A client of httpx that has one connection."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._response: httpx.Response | None = None

    async def send(self, request: Outgoing) -> Incoming:
        """Send a request and return its answer, the body unread."""
        built = self._http.build_request(
            request.method, request.target, headers=request.headers, content=request.body
        )
        try:
            self._response = await self._http.send(built, stream=True)
        except socksio.SOCKSError as error:  # httpx lets it through
            raise httpx.ProxyError(str(error)) from error
        return _HttpxAnswer(self._response)

    async def finish(self) -> None:
        """End an exchange; httpx itself closes what was not read to its end."""
        if self._response is not None:
            await self._response.aclose()
            # The response and its stream refer to each other and to all that was sent.
            self._response.stream = httpx.ByteStream(b"")
            self._response = None

    async def aclose(self) -> None:
        """Close it."""
        await self._http.aclose()


class _HttpxAnswer:
    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.version = response.http_version
        self.chunks = response.aiter_raw


def _new_state() -> h11.Connection:
    return h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD_BYTES)


@contextmanager
def _named(error: type[Exception], name: type[httpx.TransportError]) -> Iterator[None]:
    """Call an error as httpx does, with its own words."""
    try:
        yield
    except error as raised:
        raise name(str(raised)) from raised
