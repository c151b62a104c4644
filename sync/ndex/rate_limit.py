"""Limit how many calls run at once, and how fast they follow each other.

The rule is pure: a state and a time go in, a new state and a wait come out. ``RateLimit`` keeps the
state for all calls of one client and does the waiting.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from sync.ndex.clock import Clock
from sync.ndex.policy import ClientPolicy
from sync.ndex.window import Window

logger = logging.getLogger(__name__)

_TURNS_TO_SEND = 5
"""Turns of the event loop that httpx takes to send a request over an open connection."""


class Bucket(Struct, frozen=True):
    """A token bucket: each request takes a token as it starts, and ``rate_per_s`` are added.

    It holds the tokens of one second, at least one, and is full at ``full_at_s``; that time
    represents its tokens. In any T seconds no more requests start than it holds and T adds. Without
    a rate it is never empty. Nothing starts before ``held_until_s``.
    """

    rate_per_s: float | None
    full_at_s: float = float("-inf")
    held_until_s: float = float("-inf")

    @property
    def capacity(self) -> int:
        """How many tokens the bucket holds, if there is a rate."""
        return 1 if self.rate_per_s is None else max(1, int(self.rate_per_s))

    def reserve(self, now_s: float) -> tuple[Bucket, float]:
        """Take the next token; return the bucket without it and when the request may start."""
        start_s = max(now_s, self.held_until_s)
        if self.rate_per_s is None:
            return self, start_s
        start_s = max(start_s, self.full_at_s - (self.capacity - 1) / self.rate_per_s)
        full_at_s = max(self.full_at_s, start_s) + 1 / self.rate_per_s
        return replace(self, full_at_s=full_at_s), start_s

    def hold(self, until_s: float) -> Bucket:
        """Let nothing start before ``until_s``."""
        return replace(self, held_until_s=max(self.held_until_s, until_s))


class Waiting(Struct, frozen=True):
    """The time in which at least one call waited: ``total_s`` up to ``until_s``."""

    total_s: float = 0.0
    until_s: float = float("-inf")

    def count(self, from_s: float, until_s: float) -> Waiting:
        """Count one more wait; it began no earlier than any before it."""
        longer_s = max(0.0, until_s - max(from_s, self.until_s))
        return Waiting(self.total_s + longer_s, max(self.until_s, until_s))


@dataclass(frozen=True, slots=True)
class RateLimitRecord:
    """How a client slowed itself down: ``allowed`` calls at once at first, ``lowest`` at worst.

    ``cuts`` counts how often signs of strain lowered it. ``rated_s`` is how long requests waited
    for the rate, ``held_s`` how long the server asked to send none (``Retry-After``).
    """

    allowed: int
    lowest: int
    cuts: int
    rate_per_s: float | None
    rated_s: float
    held_s: float


class RateLimit:
    """The concurrency and rate limits that all calls of a client share."""

    def __init__(self, policy: ClientPolicy, clock: Clock) -> None:
        self._clock = clock
        self._bucket = Bucket(policy.rate_per_s)
        self._rated = Waiting()
        self._held = Waiting()
        self._window = Window.of(policy.concurrency)
        self._lowest = self._window.allowed
        self._cuts = 0
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def record(self) -> RateLimitRecord:
        """The record of the limits so far."""
        return RateLimitRecord(
            self._window.most,
            self._lowest,
            self._cuts,
            self._bucket.rate_per_s,
            self._rated.total_s,
            self._held.total_s,
        )

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one of the places for running calls, from its first try to its last."""
        await self._enter()
        try:
            yield
        finally:
            self._under_way -= 1
            self._admit()
        # The caller may compute for long: the call that waited for the place is sent before that.
        for _ in range(_TURNS_TO_SEND):
            await asyncio.sleep(0)

    def note_answer(self, started_s: float) -> None:
        """Count a good answer to a request that was sent at ``started_s`` on our clock."""
        self._set(self._window.after_answer(started_s, self._clock.monotonic_s()))

    def note_strain(self, started_s: float) -> None:
        """Count a request that the server was too busy for."""
        self._set(self._window.after_strain(started_s, self._clock.monotonic_s()))

    async def turn(self) -> None:
        """Wait until the next request may start."""
        while True:
            now_s = self._clock.monotonic_s()
            free_s = max(now_s, self._bucket.held_until_s)
            self._bucket, start_s = self._bucket.reserve(now_s)
            self._rated = self._rated.count(free_s, start_s)
            if start_s > now_s:
                await self._clock.sleep(start_s - now_s)
            # Meanwhile the server may have asked another call to slow down.
            if start_s >= self._bucket.held_until_s:
                return

    def hold(self, wait_s: float) -> None:
        """Let no request start for ``wait_s`` seconds: the server asked one call to slow down."""
        now_s = self._clock.monotonic_s()
        self._bucket = self._bucket.hold(now_s + wait_s)
        self._held = self._held.count(now_s, now_s + wait_s)

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
        """Give free places to those that wait longest; a place that is given counts as taken at
        once.
        """
        while self._waiting and self._under_way < self._window.allowed:
            place = self._waiting.popleft()
            if not place.done():
                self._under_way += 1
                place.set_result(None)

    def _set(self, window: Window) -> None:
        if window.allowed < self._window.allowed:
            self._cuts += 1
            self._lowest = min(self._lowest, window.allowed)
            logger.info("the server is strained: at most %d requests at once", window.allowed)
        self._window = window
        self._admit()
