"""A raw TCP server that answers byte by byte what a test tells it to, well or badly.

httpx's in-process transports cannot break off, stall or lie about lengths; a socket can.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came over the wire; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


Step = Callable[[asyncio.StreamWriter], Awaitable[bool]]
"""Answers one request; returns whether the connection can take another."""

Script = Callable[[Received], Step]


def respond(status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Step:
    """Answer properly."""
    fields = {"Content-Length": str(len(body)), **(headers or {})}
    head = f"HTTP/1.1 {status} Whatever\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in fields.items()
    )
    return _write(f"{head}\r\n".encode() + body, keep=True)


def respond_json(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Step:
    """Answer with JSON."""
    fields = {"Content-Type": "application/json", **(headers or {})}
    return respond(status, orjson.dumps(value), fields)


def refuse(status: int, error_code: str, message: str) -> Step:
    """Answer with an error object of NDEx (contract 1.2)."""
    return respond_json({"errorCode": error_code, "message": message, "threadId": "1"}, status)


def send_raw(data: bytes) -> Step:
    """Send these bytes, whatever they are, and close."""
    return _write(data, keep=False)


def stream(head: bytes, chunks: Iterable[bytes]) -> Step:
    """Send a head, then chunks for as long as the other side takes them."""

    async def _step(writer: asyncio.StreamWriter) -> bool:
        writer.write(head)
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
        return False

    return _step


def hang(data: bytes = b"") -> Step:
    """Send these bytes, then nothing more, and keep the line open."""

    async def _step(writer: asyncio.StreamWriter) -> bool:
        writer.write(data)
        await writer.drain()
        await asyncio.Event().wait()
        return False

    return _step


def reset(data: bytes = b"") -> Step:
    """Send these bytes, then tear the connection down with a TCP reset."""

    async def _step(writer: asyncio.StreamWriter) -> bool:
        writer.write(data)
        await writer.drain()
        line: socket.socket = writer.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return False

    return _step


def _write(data: bytes, *, keep: bool) -> Step:
    async def _step(writer: asyncio.StreamWriter) -> bool:
        writer.write(data)
        await writer.drain()
        return keep

    return _step


class FaultyServer:
    """The running server: where it listens and what it was sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.received: list[Received] = []
        self.connections = 0
        self._news = asyncio.Condition()

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order of arrival."""
        return [request.path for request in self.received]

    async def note(self, received: Received) -> None:
        """Remember a request and tell who waits for it."""
        async with self._news:
            self.received.append(received)
            self._news.notify_all()

    async def arrivals(self, count: int) -> None:
        """Wait until so many requests have come; none coming is a failure, not a hang."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: len(self.received) >= count)


def in_turn(*steps: Step) -> Script:
    """Answer with these steps, one a request; one request more is a fault of the test."""
    left = iter(steps)
    return lambda _received: next(left)


@asynccontextmanager
async def serve(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[FaultyServer]:
    """Listen on a free loopback port and answer every request by the script, by HTTP/1.1."""
    lines: set[asyncio.Task[None]] = set()

    async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        lines.add(task)
        faulty.connections += 1
        try:
            while received := await _read_request(reader):
                await faulty.note(received)
                if not await script(received)(writer):
                    break
        except (ConnectionError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            lines.discard(task)
            writer.close()

    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    faulty = FaultyServer(f"{'https' if tls else 'http'}://127.0.0.1:{port}")
    try:
        yield faulty
    finally:
        server.close()
        open_lines = list(lines)
        for line in open_lines:
            line.cancel()
        await asyncio.gather(*open_lines)
        await server.wait_closed()


async def _read_request(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, target, headers, body)


def unused_port() -> int:
    """Return a loopback port on which nothing listens."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port
