"""How many calls at once, and how fast one after the other.

The rule is pure: a state and a time go in, a new state and a wait come out. ``Pace`` keeps the
state for all calls of one client and does the waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sync.ndex.clock import Clock
from sync.ndex.policy import ClientPolicy


@dataclass(frozen=True, slots=True)
class Schedule:
    """A token bucket of one token: the earliest time, in seconds, at which a request may start."""

    free_at_s: float = 0.0

    def reserve(self, now_s: float, rate_per_s: float | None) -> tuple[Schedule, float]:
        """Take the next free start; return the schedule after it and the wait until then."""
        start_s = max(now_s, self.free_at_s)
        step_s = 0.0 if rate_per_s is None else 1.0 / rate_per_s
        return Schedule(start_s + step_s), start_s - now_s

    def hold(self, until_s: float) -> Schedule:
        """Let nothing start before ``until_s``."""
        return Schedule(max(self.free_at_s, until_s))


class Pace:
    """The concurrency and rate limits that all calls of a client share."""

    def __init__(self, policy: ClientPolicy, clock: Clock) -> None:
        self._rate_per_s = policy.rate_per_s
        self._slots = asyncio.Semaphore(policy.concurrency)
        self._clock = clock
        self._schedule = Schedule()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one of the places for calls under way, from its first try to its last."""
        async with self._slots:
            yield

    async def turn(self) -> None:
        """Wait until the next request may start."""
        now_s = self._clock.monotonic_s()
        self._schedule, wait_s = self._schedule.reserve(now_s, self._rate_per_s)
        if wait_s > 0:
            await self._clock.sleep(wait_s)

    def hold(self, wait_s: float) -> None:
        """Let no request start for ``wait_s`` seconds: the server asked one call to slow down."""
        self._schedule = self._schedule.hold(self._clock.monotonic_s() + wait_s)
