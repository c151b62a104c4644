"""Time and chance as the client meets them, so that tests can hand in their own."""

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
    """Where time comes from: ``monotonic_s`` for spans, ``now`` for dates that a server names.

    ``draw`` gives a random number from 0 up to 1. Deadlines are not taken from here: they are
    those of the event loop.
    """

    monotonic_s: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draw: Callable[[], float] = random.SystemRandom().random


SYSTEM_CLOCK = Clock()
