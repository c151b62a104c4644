"""Find positions for nodes that are added to a drawing, without covering others (contract 5.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from math import ceil, isqrt

Place = tuple[float, float]

STEP = 100.0
"""The distance between nodes, as the converter of 2025 places them (formats 6)."""

_MOST_COLUMNS = 1000


def grid_places(number: int) -> Sequence[Place]:
    """Return positions for a new network, in rows of a square."""
    columns = isqrt(max(number - 1, 0)) + 1
    return [(STEP * (index % columns), STEP * (index // columns)) for index in range(number)]


def free_places(taken: Sequence[Place]) -> Iterator[Place]:
    """Yield endless positions: those left in the last row of the nodes, then rows below it."""
    left, bottom = min((x for x, _ in taken), default=0.0), max((y for _, y in taken), default=0.0)
    width = min((max((x for x, _ in taken), default=0.0) - left) / STEP, _MOST_COLUMNS)
    columns = max(ceil(width), isqrt(len(taken))) + 1
    last_row = [x for x, y in taken if y > bottom - STEP]
    for row in count():
        for column in range(columns):
            x, y = left + STEP * column, bottom + STEP * row
            if row > 0 or all(abs(x - other) >= STEP for other in last_row):
                yield x, y
