"""Time and randomness for the client, which tests can replace."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """A source of time: ``monotonic_s`` for durations, ``now`` for dates that a server names.

    ``draw`` gives a random number from 0 up to 1. Deadlines do not use it: they are those of the
    event loop.
    """

    monotonic_s: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draw: Callable[[], float] = random.SystemRandom().random


SYSTEM_CLOCK = Clock()
