"""A run from its beginning to the facts that every document of it begins with."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from sync.ndex.transport import HttpCounts
from sync.report.build import RunFacts
from sync.report.document import Concurrency


@dataclass(frozen=True, slots=True)
class Started:
    """A run that has begun; ``server`` is what its document calls the server."""

    command: str
    server: str
    started_ms: int

    def finish(self, counts: HttpCounts, *, complete: bool) -> RunFacts:
        """Return the facts of the run as of now."""
        begun = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self.started_ms / 1000))
        rate_limit = counts.rate_limit
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
            concurrency=None
            if rate_limit is None
            else Concurrency(rate_limit.allowed, rate_limit.lowest, rate_limit.cuts),
            rate_per_s=None if rate_limit is None else rate_limit.rate_per_s,
            rated_s=0.0 if rate_limit is None else round(rate_limit.rated_s, 3),
            held_s=0.0 if rate_limit is None else round(rate_limit.held_s, 3),
            protocols=counts.protocols,
        )


def start_run(command: str, server: str) -> Started:
    """Begin a run now."""
    return Started(command, server, _now_ms())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
