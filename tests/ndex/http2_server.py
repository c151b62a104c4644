"""A TLS server that offers HTTP/2 and does with each stream what a test tells it to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import h2.settings
import orjson
from h2.errors import ErrorCodes

from tests.ndex.faulty_server import Received


class Line:
    """One connection of a client, the ``number``-th that was made."""

    def __init__(self, number: int, writer: asyncio.StreamWriter) -> None:
        self.number = number
        self.h2 = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        )
        self.writer = writer

    async def flush(self) -> None:
        """Send what the protocol has to send."""
        self.writer.write(self.h2.data_to_send())
        await self.writer.drain()


Act = Callable[[Line, int], Awaitable[None]]
"""Does something about one stream of a connection."""

Script = Callable[[Received], Act]


def answer(value: object, headers: Mapping[str, str] | None = None) -> Act:
    """Answer with JSON."""
    return answer_bytes(orjson.dumps(value), headers)


def answer_bytes(body: bytes, headers: Mapping[str, str] | None = None, status: str = "200") -> Act:
    """Answer with a body that fits into one window."""

    async def _act(line: Line, stream: int) -> None:
        line.h2.send_headers(stream, [(":status", status), *(headers or {}).items()])
        for start in range(0, len(body), 16_384):
            line.h2.send_data(stream, body[start : start + 16_384])
        line.h2.end_stream(stream)
        await line.flush()

    return _act


def begin(body: bytes = b"") -> Act:
    """Send the head and a part of the body, and nothing more."""

    async def _act(line: Line, stream: int) -> None:
        line.h2.send_headers(stream, [(":status", "200")])
        if body:
            line.h2.send_data(stream, body)
        await line.flush()

    return _act


async def keep_waiting(_line: Line, _stream: int) -> None:
    """Say nothing."""


def after(gate: asyncio.Event, act: Act) -> Act:
    """Do something when the gate opens."""

    async def _act(line: Line, stream: int) -> None:
        await gate.wait()
        await act(line, stream)

    return _act


def both(first: Act, then: Act) -> Act:
    """Do one thing after the other."""

    async def _act(line: Line, stream: int) -> None:
        await first(line, stream)
        await then(line, stream)

    return _act


def reset(code: ErrorCodes) -> Act:
    """Reset the stream."""

    async def _act(line: Line, stream: int) -> None:
        line.h2.reset_stream(stream, code)
        await line.flush()

    return _act


def go_away(last_stream: int | None = None) -> Act:
    """Say that no further stream is taken, and that those above ``last_stream`` were not."""

    async def _act(line: Line, _stream: int) -> None:
        line.h2.close_connection(ErrorCodes.NO_ERROR, last_stream_id=last_stream)
        await line.flush()

    return _act


def send_raw(data: bytes) -> Act:
    """Send bytes that need not be HTTP/2."""

    async def _act(line: Line, _stream: int) -> None:
        line.writer.write(data)
        await line.writer.drain()

    return _act


async def hang_up(line: Line, _stream: int) -> None:
    """Break the connection."""
    line.writer.transport.abort()


def allow(streams: int) -> Act:
    """Allow no more than so many streams at once from now on."""

    async def _act(line: Line, _stream: int) -> None:
        line.h2.update_settings({h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: streams})
        await line.flush()

    return _act


@dataclass
class Http2Server:
    """The running server: where it listens, and what came on which connection, in order."""

    url: str = ""
    connections: int = 0
    received: list[tuple[int, Received]] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def used(self) -> list[int]:
        """The number of the connection that each request came on."""
        return [number for number, _ in self.received]

    async def note(self, line: Line, received: Received) -> None:
        """Remember a request and tell who waits for it."""
        async with self._news:
            self.received.append((line.number, received))
            self._news.notify_all()

    async def arrivals(self, count: int) -> None:
        """Wait until so many requests have come; none coming is a failure, not a hang."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: len(self.received) >= count)


@asynccontextmanager
async def serve_http2(
    script: Script, tls: ssl.SSLContext, *, streams: int = 100
) -> AsyncIterator[Http2Server]:
    """Listen on a free loopback port; ``streams`` are allowed at once on a connection."""
    running = Http2Server()
    tls.set_alpn_protocols(["h2"])
    lines: set[asyncio.Task[None]] = set()

    async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        lines.add(task)
        task.add_done_callback(lines.discard)
        running.connections += 1
        line = Line(running.connections, writer)
        line.h2.local_settings.max_concurrent_streams = streams
        try:
            await _converse(line, reader, script, running)
        except (OSError, h2.exceptions.ProtocolError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=tls)
    running.url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield running
    finally:
        server.close()
        open_lines = list(lines)
        for line in open_lines:
            line.cancel()
        await asyncio.gather(*open_lines)
        await server.wait_closed()


async def _converse(
    line: Line, reader: asyncio.StreamReader, script: Script, running: Http2Server
) -> None:
    asked: dict[int, Received] = {}
    acts: list[asyncio.Task[None]] = []
    line.h2.initiate_connection()
    try:
        await line.flush()
        while data := await reader.read(65_536):
            for event in line.h2.receive_data(data):
                if (received := _take(asked, event)) is not None:
                    stream, request = received
                    await running.note(line, request)
                    acts.append(asyncio.create_task(_do(script(request), line, stream)))
            await line.flush()
    finally:
        for act in acts:
            act.cancel()
        await asyncio.gather(*acts, return_exceptions=True)


async def _do(act: Act, line: Line, stream: int) -> None:
    """Do something about a stream; the client may be gone, or have given it up."""
    with suppress(OSError, h2.exceptions.ProtocolError):
        await act(line, stream)


def _take(asked: dict[int, Received], event: h2.events.Event) -> tuple[int, Received] | None:
    """Collect a request from events; give it once it is whole."""
    match event:
        case h2.events.RequestReceived(stream_id=stream, headers=pairs):
            head = {str(name): str(value) for name, value in pairs}
            asked[stream] = Received(head[":method"], head[":path"], head, b"")
        case h2.events.DataReceived(stream_id=stream, data=data):
            before = asked[stream]
            asked[stream] = Received(
                before.method, before.target, before.headers, before.body + data
            )
        case h2.events.StreamEnded(stream_id=stream):
            return stream, asked.pop(stream)
    return None
