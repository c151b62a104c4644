"""The bends of an edge, as Cytoscape writes them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

from sync.records.drawing import Line
from sync.records.geometry import Geometry, Place


def handles(line: Line, geometry: Geometry) -> tuple[Place, ...]:
    """Return the points through which Cytoscape bends the edge of a line.

    As in the WikiPathways app, there are two at each corner, which makes it sharp, and one in the
    middle of each segment of a curved line. A straight line has none.
    """
    corners = geometry.route(line)
    if line.connector == "Curved":
        return tuple(((x1 + x2) / 2, (y1 + y2) / 2) for (x1, y1), (x2, y2) in pairwise(corners))
    return tuple(corner for corner in corners[1:-1] for _ in range(2))


def control_points(
    places: Iterable[Place], source: Place, target: Place
) -> list[dict[str, float]] | None:
    """Return bends relative to the edge between two nodes; None if both are at the same point.

    Each is the cosine and sine of its angle to the edge, seen from the source, and its distance as
    a share of the edge's length. NDEx calls the cosine ``sin`` and the sine ``cos`` in CX2: it
    takes the numbers in Cytoscape's order but swaps their names.
    """
    if math.dist(source, target) == 0:
        return None
    return list(_relative(places, source, target))


def _relative(places: Iterable[Place], source: Place, target: Place) -> Iterator[dict[str, float]]:
    across, down = target[0] - source[0], target[1] - source[1]
    length = math.hypot(across, down)
    for x, y in places:
        right, below = x - source[0], y - source[1]
        distance = math.hypot(right, below)
        scale = length * distance
        cosine = (across * right + down * below) / scale if scale else 1.0
        sine = (across * below - down * right) / scale if scale else 0.0
        yield {"sin": cosine, "cos": sine, "ratio": distance / length}
