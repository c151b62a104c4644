"""A sandbox whose answers are remembered and sent again, so that it costs next to nothing.

    python -m benchmarks.replay SANDBOX LATENCY_S

prints its URL and serves until its input ends. ``/counts`` returns as JSON what was asked of it
since the last time (``Traffic``). A request that changes something makes it forget all answers.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson

from sync.sandbox.app import create_app
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store

_HEAD_END = b"\r\n\r\n"
_PASSED_ON = ("content-type", "authorization")
_COUNTS = b"GET /counts "


@dataclass(slots=True)
class Traffic:
    """How many requests came, how many of them for contents, and the time when the first of those
    was asked for and when the last was answered.
    """

    requests: int = 0
    contents: int = 0
    first_s: float = 0.0
    last_s: float = 0.0

    @property
    def contents_per_s(self) -> float:
        """How many contents were fetched in a second, while they were fetched."""
        return self.contents / (self.last_s - self.first_s) if self.contents else 0.0

    def count(self, request: bytes, latency_s: float) -> None:
        """Count a request, given as its first line."""
        self.requests += 1
        if request.startswith(b"GET /v3/networks/") and b"/summary" not in request:
            now_s = time.monotonic()
            self.first_s = self.first_s or now_s
            self.last_s = now_s + latency_s
            self.contents += 1


@contextmanager
def replaying(sandbox: Path, latency_s: float) -> Iterator[str]:
    """Serve a sandbox file in a process of its own until the end of the block; give its URL."""
    command = [sys.executable, "-m", "benchmarks.replay", str(sandbox), str(latency_s)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()


class _Replay:
    """The answers that were given, by request."""

    def __init__(self, sandbox: httpx.AsyncClient, latency_s: float) -> None:
        self.traffic = Traffic()
        self.latency_s = latency_s
        self._sandbox = sandbox
        self._known: dict[tuple[bytes, bytes], bytes] = {}

    def find(self, head: bytes, body: bytes) -> bytes | None:
        """Return the answer to a request that came before."""
        request = head.partition(b"\r\n")[0]
        if not request.startswith(_COUNTS):
            self.traffic.count(request, self.latency_s)
        return self._known.get((request, body))

    async def ask(self, head: bytes, body: bytes) -> bytes:
        """Let the sandbox answer; remember what only reads."""
        first, *fields = head.decode().split("\r\n")
        method, target, _ = first.split(" ")
        if head.startswith(_COUNTS):
            traffic, self.traffic = self.traffic, Traffic()
            return _write(200, "application/json", orjson.dumps(traffic))
        named = (field.partition(": ") for field in fields)
        headers = {name: value for name, _, value in named if name.lower() in _PASSED_ON}
        answer = await self._sandbox.request(method, target, content=body, headers=headers)
        written = _write(answer.status_code, answer.headers["content-type"], answer.content)
        if method == "GET" or "/batch/" in target:
            self._known[first.encode(), body] = written
        else:
            self._known.clear()
        return written


def _write(status: int, content_type: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} Replayed\r\nContent-Type: {content_type}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class _Connection(asyncio.Protocol):
    """One connection, which takes one request at a time."""

    def __init__(self, replay: _Replay) -> None:
        self._replay = replay
        self._received = b""
        self._asked: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(_HEAD_END)
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if not end or len(body) < int(length or 0):
            return
        self._received = b""
        if (answer := self._replay.find(head, body)) is None:
            self._asked = asyncio.create_task(self._ask(head, body))
        else:
            self._send(answer)

    async def _ask(self, head: bytes, body: bytes) -> None:
        self._send(await self._replay.ask(head, body))

    def _send(self, answer: bytes) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(self._replay.latency_s, self._transport.write, answer)


async def _serve(sandbox: Path, latency_s: float) -> None:
    logging.disable(logging.WARNING)
    loop = asyncio.get_running_loop()
    with Store.open(sandbox) as store:
        transport = httpx.ASGITransport(create_app(store, settings=SandboxSettings()))
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            replay = _Replay(client, latency_s)
            server = await loop.create_server(lambda: _Connection(replay), "127.0.0.1", 0)
            print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
            await asyncio.to_thread(sys.stdin.read)
            server.close()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), float(sys.argv[2])))
