"""Set how often Python looks for reference cycles."""

from __future__ import annotations

import atexit
import gc

_NEW_OBJECTS = 100_000
_YOUNGER_ROUNDS = 50


def collect_seldom() -> None:
    """Make this process look for reference cycles less often than by default.

    A run makes very many small objects and next to no cycles; looking for them every 700 objects
    takes a fifth of the time. Tens of thousands of genes are kept, and each round goes over those
    that were made since the last, so rounds of 20,000 still took 2 % of a cold check. As it ends,
    Python looks through all that was kept, several times, which took another 10 %: here it does
    not. Call it at the start of a process that you own.
    """
    atexit.register(gc.freeze)
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNGER_ROUNDS, _YOUNGER_ROUNDS)
