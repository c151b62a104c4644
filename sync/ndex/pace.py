"""How many calls at once, and how fast one after the other.

The rule is pure: a state and a time go in, a new state and a wait come out. ``Pace`` keeps the
state for all calls of one client and does the waiting.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sync.ndex.clock import Clock
from sync.ndex.policy import ClientPolicy
from sync.ndex.window import Window

logger = logging.getLogger(__name__)


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
        self._clock = clock
        self._schedule = Schedule()
        self._window = Window.of(policy.concurrency)
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one of the places for calls under way, from its first try to its last."""
        await self._enter()
        try:
            yield
        finally:
            self._under_way -= 1
            self._admit()

    def note_answer(self, started_s: float) -> None:
        """Count a good answer to a request that was sent at ``started_s`` on our clock."""
        self._set(self._window.after_answer(started_s, self._clock.monotonic_s()))

    def note_strain(self, started_s: float) -> None:
        """Count a request that the server was too busy for."""
        self._set(self._window.after_strain(started_s, self._clock.monotonic_s()))

    async def turn(self) -> None:
        """Wait until the next request may start."""
        now_s = self._clock.monotonic_s()
        self._schedule, wait_s = self._schedule.reserve(now_s, self._rate_per_s)
        if wait_s > 0:
            await self._clock.sleep(wait_s)

    def hold(self, wait_s: float) -> None:
        """Let no request start for ``wait_s`` seconds: the server asked one call to slow down."""
        self._schedule = self._schedule.hold(self._clock.monotonic_s() + wait_s)

    async def _enter(self) -> None:
        if self._under_way < self._window.allowed:
            self._under_way += 1
            return
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._under_way -= 1
                self._admit()
            raise

    def _admit(self) -> None:
        """Give free places to those who wait longest; a place given counts as taken at once."""
        while self._waiting and self._under_way < self._window.allowed:
            place = self._waiting.popleft()
            if not place.done():
                self._under_way += 1
                place.set_result(None)

    def _set(self, window: Window) -> None:
        if window.allowed < self._window.allowed:
            logger.info("the server is strained: at most %d requests at once", window.allowed)
        self._window = window
        self._admit()
