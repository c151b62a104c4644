"""Write paths as Cytoscape does in annotations: absolute lines and curves, without arcs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from sync.records.geometry import Place

Step = tuple[str, tuple[Place, ...]]
"""A letter (``M``, ``L``, ``Q``, ``C`` or ``Z``) and the points that follow it."""

_TOKEN = re.compile(r"([A-Za-z])|(-?(?:\d+\.?\d*|\.\d+))")
_ARC_CURVES = 2
_DASH = 5.0
_MOST_DASHES = 500
_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "C": 6, "A": 7, "Z": 0}


def read_path(data: str) -> Iterator[Step]:
    """Yield the steps of SVG path data, with relative ones made absolute and arcs made curves.

    Arcs must not be rotated and must be half an ellipse, like those of ``sync.picture``.
    """
    place = start = (0.0, 0.0)
    for letter, values in _commands(data):
        upper = letter.upper()
        origin = place if letter.islower() else (0.0, 0.0)
        match upper:
            case "Z":
                yield "Z", ()
                place = start
                continue
            case "H":
                places = [(origin[0] + values[0], place[1])]
            case "V":
                places = [(place[0], origin[1] + values[0])]
            case "A":
                end = (origin[0] + values[5], origin[1] + values[6])
                yield from _half_ellipse(place, end, values[1], clockwise=bool(values[4]))
                place = end
                continue
            case _:
                pairs = zip(values[::2], values[1::2], strict=True)
                places = [(origin[0] + x, origin[1] + y) for x, y in pairs]
        place = places[-1]
        if upper == "M":
            start = place
        yield "L" if upper in {"H", "V"} else upper, tuple(places)


def write_path(steps: Iterable[Step]) -> str:
    """Return a path in Cytoscape's format; ``NZ`` is its fill rule."""
    parts = ["NZ"]
    for letter, places in steps:
        parts.append(letter)
        parts += [str(round(float(value), 2)) for place in places for value in place]
    return " ".join(parts)


def moved(steps: Iterable[Step], by: Place) -> Iterator[Step]:
    """Yield steps shifted by a distance."""
    for letter, places in steps:
        yield letter, tuple((x + by[0], y + by[1]) for x, y in places)


def turned(steps: Iterable[Step], angle: float, to: Place) -> Iterator[Step]:
    """Yield steps turned about 0, 0 by an angle in radians, then shifted to a place."""
    cosine, sine = math.cos(angle), math.sin(angle)
    for letter, places in steps:
        yield (
            letter,
            tuple(
                (to[0] + x * cosine - y * sine, to[1] + x * sine + y * cosine) for x, y in places
            ),
        )


def bounds(steps: Iterable[Step]) -> tuple[float, float, float, float]:
    """Return the left, upper, right and lower bounds of all points of a path."""
    places = [place for _, listed in steps for place in listed]
    xs, ys = [x for x, _ in places], [y for _, y in places]
    return min(xs), min(ys), max(xs), max(ys)


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    letter, values = "", list[float]()
    for found in _TOKEN.finditer(data):
        if found[1]:
            letter, values = found[1], []
        else:
            values.append(float(found[2]))
        if letter and len(values) == _COUNTS[letter.upper()]:
            yield letter, values
            # More numbers repeat the command; after a move they are lines.
            letter, values = {"M": "L", "m": "l"}.get(letter, letter), []
            if _COUNTS[letter.upper()] == 0:
                letter = ""


def _half_ellipse(start: Place, end: Place, height: float, *, clockwise: bool) -> Iterator[Step]:
    """Yield half an ellipse between the ends of its horizontal or vertical axis as two curves."""
    centre = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    first: Place = (start[0] - centre[0], start[1] - centre[1])
    length = math.hypot(*first) or 1.0
    sign = 1 if clockwise else -1
    second: Place = (-sign * first[1] / length * height, sign * first[0] / length * height)
    kappa = 4 / 3 * (math.sqrt(2) - 1)
    for _ in range(_ARC_CURVES):
        yield (
            "C",
            (
                _sum(centre, first, second, 1, kappa),
                _sum(centre, first, second, kappa, 1),
                _sum(centre, first, second, 0, 1),
            ),
        )
        first, second = second, (-first[0], -first[1])


def _sum(centre: Place, one: Place, other: Place, share: float, rest: float) -> Place:
    return (
        centre[0] + share * one[0] + rest * other[0],
        centre[1] + share * one[1] + rest * other[1],
    )


def as_dashes(places: Sequence[Place]) -> Iterator[Step]:
    """Yield the steps of a broken line through points; a long line has longer dashes."""
    length = sum(math.dist(*ends) for ends in pairwise(places))
    dash = max(_DASH, length / _MOST_DASHES)
    left, is_drawn = dash, True
    yield "M", (places[0],)
    for start, end in pairwise(places):
        ahead = done = math.dist(start, end)
        while ahead > 0:
            step = min(left, ahead)
            ahead, left = ahead - step, left - step
            share = (done - ahead) / done
            place = (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            yield "L" if is_drawn else "M", (place,)
            if left <= 0:
                left, is_drawn = dash, not is_drawn


def as_lines(places: Sequence[Place]) -> list[Step]:
    """Return the steps of a line through points."""
    return [("M", (places[0],)), *(("L", (place,)) for place in places[1:])]
