"""What every run has in common: an id, a beginning, a cost, and a way to be stopped."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
import time
from dataclasses import dataclass

from sync.ndex.transport import HttpCounts
from sync.report.build import RunFacts
from sync.report.document import Concurrency

INTERRUPTED = 128 + signal.SIGINT
"""The exit status of a run that was told to stop, as shells have it."""


@dataclass(frozen=True, slots=True)
class Started:
    """A run that has begun; ``server`` is what its document calls the server."""

    command: str
    server: str
    started_ms: int

    def finish(self, counts: HttpCounts, *, complete: bool) -> RunFacts:
        """Return the facts of the run as of now."""
        begun = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self.started_ms / 1000))
        pace = counts.pace
        return RunFacts(
            id=f"{begun}-{secrets.token_hex(4)}",
            started_ms=self.started_ms,
            finished_ms=_now_ms(),
            server=self.server,
            command=self.command,
            complete=complete,
            requests=counts.requests,
            retries=counts.retries,
            bytes_received=counts.bytes_received,
            bytes_sent=counts.bytes_sent,
            concurrency=None if pace is None else Concurrency(pace.allowed, pace.lowest, pace.cuts),
            rate_per_s=None if pace is None else pace.rate_per_s,
            rated_s=0.0 if pace is None else round(pace.rated_s, 3),
            held_s=0.0 if pace is None else round(pace.held_s, 3),
            protocols=counts.protocols,
        )


def start_run(command: str, server: str) -> Started:
    """Begin a run now."""
    return Started(command, server, _now_ms())


def stop_on_sigterm() -> None:
    """Treat SIGTERM, which CI sends to a job that is cancelled, like Ctrl-C."""
    task = asyncio.current_task()
    if task is not None and sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
