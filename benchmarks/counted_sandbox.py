"""A sandbox on a port, in a process of its own, that counts the requests it gets.

    python -m benchmarks.counted_sandbox SANDBOX LOAD_S INDEX_S LATENCY_S

prints its URL, then the number of requests so far for every line that it reads, and ends with its
input.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from starlette.types import ASGIApp, Receive, Scope, Send

from sync.sandbox.faults import parse_rules
from sync.sandbox.serve import LOOPBACK, AnnouncingServer, listen, make_config
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Manners:
    """How the server behaves: seconds that a load, its index job and a request take."""

    load_s: float = 0.0
    index_s: float = 0.0
    latency_s: float = 0.0


@dataclass(frozen=True, slots=True)
class CountedSandbox:
    """A running sandbox."""

    url: str
    _process: subprocess.Popen[str]

    def count_requests(self) -> int:
        """Return how many requests it got so far."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def counted_sandbox(path: Path, manners: Manners) -> Iterator[CountedSandbox]:
    """Serve a sandbox file until the end of the block."""
    times = (manners.load_s, manners.index_s, manners.latency_s)
    command = [sys.executable, "-m", "benchmarks.counted_sandbox", str(path), *map(str, times)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield CountedSandbox(process.stdout.readline().strip(), process)


class _Counter:
    """An ASGI application that counts its requests and passes them on."""

    def __init__(self, inner: ASGIApp) -> None:
        self.requests = 0
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests += 1
        await self._inner(scope, receive, send)


def _serve(path: Path, manners: Manners) -> None:
    logging.disable(logging.WARNING)
    latency = f"* latency seconds={manners.latency_s}" if manners.latency_s else ""
    settings = SandboxSettings(
        load_delay_s=manners.load_s, index_delay_s=manners.index_s, faults=parse_rules(latency)
    )
    with Store.open(path) as store, listen(LOOPBACK, 0) as listener:
        config = make_config(store, settings)
        counter = _Counter(cast(ASGIApp, config.app))
        config.app = counter
        server = AnnouncingServer(config, listener, lambda url: print(url, flush=True))
        threading.Thread(target=_answer, args=(counter, server), daemon=True).start()
        server.run(sockets=[listener])


def _answer(counter: _Counter, server: AnnouncingServer) -> None:
    for _ in sys.stdin:
        print(counter.requests, flush=True)
    server.should_exit = True


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), Manners(*map(float, sys.argv[2:])))
