"""Set how often Python looks for reference cycles."""

from __future__ import annotations

import atexit
import gc

_NEW_OBJECTS = 500_000
_YOUNGER_ROUNDS = 50


def collect_seldom() -> None:
    """Make this process look for reference cycles less often than by default.

    A run makes very many small objects and almost no cycles. Looking for them every 700 objects
    takes a fifth of the time. A run keeps tens of thousands of genes, and each round goes over
    those made since the last one, so rounds of 100,000 still took 3 % of a cold check of 400 large
    networks. When it ends, Python looks through everything that was kept several times, which took
    another 10 %; this switches that off. Call it at the start of a process that you own.
    """
    atexit.register(gc.freeze)
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNGER_ROUNDS, _YOUNGER_ROUNDS)
