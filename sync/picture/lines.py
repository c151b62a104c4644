"""Draw the lines of a drawing, with their heads and visible anchors."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sync.picture.arrows import Head, head_of
from sync.picture.paint import DASHES, element, escape, number, numbers, painted, wide
from sync.records.drawing import Box, Line
from sync.records.geometry import Geometry, Place

_HEAD = 15.0
_ANCHORS = {"Circle": "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", "Square": "m-2-2h4v4h-4z"}


def draw_line(line: Line, geometry: Geometry) -> tuple[str, Box]:
    """Return the element of a line, and its bounding box."""
    places = _places(line, geometry)
    first, last = head_of(line.points[0].arrow), head_of(line.points[-1].arrow)
    drawn = _shortened(_shortened(places, last.gap)[::-1], first.gap)[::-1]
    joint = "C" if line.connector == "Curved" else "L"
    path = f"M{numbers(drawn[0])}{joint}{numbers(value for place in drawn[1:] for value in place)}"
    heads = _head(first, places[::-1]) + _head(last, places)
    content = _stroke(path, line.style, line.width) + heads + _anchors(line, geometry)
    return element(line.id, content, painted(line.color) + wide(line.width)), _around(places)


def _stroke(path: str, style: str, width: float) -> str:
    """Return the elements of a line; a double line is a wide one with a gap painted over it."""
    if style == "Double":
        return (
            f'<path d="{path}" fill="none" stroke-width="{number(3 * width)}"/>'
            f'<path d="{path}" fill="none" stroke="#fff"/>'
        )
    return f'<path d="{path}" fill="none"{DASHES if style == "Broken" else ""}/>'


def _places(line: Line, geometry: Geometry) -> list[Place]:
    """Return the corners of a line, or the ends and control points of its curves."""
    if line.connector != "Curved":
        return list(geometry.route(line))
    curves = geometry.curves(line)
    return [curves[0][0], *(place for curve in curves for place in curve[1:])]


def _shortened(places: Sequence[Place], gap: float) -> list[Place]:
    """Return a line that stops ``gap`` pixels before its end, at its last corner at most."""
    end, before = places[-1], _before_end(places)
    length = math.dist(before, end)
    if not gap or not length:
        return list(places)
    share = min(gap / length, 1.0)
    moved = end[0] + (before[0] - end[0]) * share, end[1] + (before[1] - end[1]) * share
    kept = list(places)
    while kept and kept[-1] == end:
        kept.pop()
    return kept + [moved] * (len(places) - len(kept))


def _before_end(places: Sequence[Place]) -> Place:
    """Return the last point that is not the end, from which the line arrives."""
    end = places[-1]
    return next((place for place in reversed(places) if place != end), end)


def _head(head: Head, places: Sequence[Place]) -> str:
    if not head.path:
        return ""
    (x, y), before = places[-1], _before_end(places)
    turn = number(math.degrees(math.atan2(y - before[1], x - before[0])))
    rotated = f"rotate({turn})" if turn != "0" else ""
    place = f"translate({numbers((x, y))}){rotated}"
    return f'<path transform="{place}" d="{head.path}"{head.attributes}/>'


def _anchors(line: Line, geometry: Geometry) -> str:
    written = ""
    for anchor in line.anchors:
        if (path := _ANCHORS.get(anchor.shape)) is not None:
            name = f' data-id="{escape(anchor.id)}"' if anchor.id else ""
            place = numbers(geometry.place_on(line, anchor.position))
            written += f'<path{name} d="M{place}{path}"/>'
    return written


def _around(places: Sequence[Place]) -> Box:
    """Return the box around a line, with room for its heads."""
    left, right = min(x for x, _ in places) - _HEAD, max(x for x, _ in places) + _HEAD
    top, bottom = min(y for _, y in places) - _HEAD, max(y for _, y in places) + _HEAD
    return Box((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
