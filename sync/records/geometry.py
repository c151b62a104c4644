"""Compute the positions of elements that the file does not place itself.

A group is around its members, a state on its node, an anchor on its line, and an elbow or a curve
runs as required by the sides that it leaves from. The rules are those of PathVisio, which draws the
pathways. A place is a pair of x and y, in pixels.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import accumulate, pairwise

from sync.records.drawing import (
    Anchor,
    Box,
    DataNode,
    Drawing,
    Group,
    Label,
    Line,
    Point,
    Shape,
    State,
)

Place = tuple[float, float]
Curve = tuple[Place, Place, Place, Place]
"""A piece of a cubic Bézier curve: its start, two control points, and its end."""

_MARGIN = 8.0
_COMPLEX_MARGIN = 12.0
_ELBOW_OFFSET = 20.0
_CURVE_STEPS = 20
_SHALLOW = math.radians(30)
_DEEPEST = 40


class _Side(IntEnum):
    """The side of a box where a line leaves it."""

    NORTH = 0
    EAST = 1
    SOUTH = 2
    WEST = 3

    @property
    def is_horizontal(self) -> bool:
        return self in (_Side.EAST, _Side.WEST)

    @property
    def sign(self) -> int:
        return 1 if self in (_Side.EAST, _Side.SOUTH) else -1


# How many waypoints an elbow needs: by the side of its left end, the side of its right end, and
# whether the left end is the higher one.
_WAYPOINTS = (
    ((1, 1), (2, 2), (1, 3), (0, 2)),
    ((2, 0), (1, 1), (0, 2), (1, 1)),
    ((3, 1), (2, 2), (1, 1), (2, 0)),
    ((2, 2), (3, 3), (2, 2), (1, 1)),
)


class Geometry:
    """The positions in one drawing. If an id occurs several times, the first counts."""

    def __init__(self, drawing: Drawing) -> None:
        self._lines: tuple[Line, ...] = (*drawing.interactions, *drawing.graphical_lines)
        self._anchors: dict[str, tuple[Line, Anchor]] = {}
        for line in self._lines:
            for anchor in line.anchors:
                if anchor.id:
                    self._anchors.setdefault(anchor.id, (line, anchor))
        self._routes: dict[int, tuple[Place, ...]] = {}
        self._measured: dict[int, tuple[tuple[Place, ...], tuple[float, ...]]] = {}
        self._boxes: dict[str, Box] = {}
        for element in _boxed(drawing):
            self._boxes.setdefault(element.id, element.box)
        self._groups = self._place_groups(drawing)
        for group in drawing.groups:
            if (box := self._groups.get(group.key)) is not None:
                self._boxes.setdefault(group.id, box)
        self._nodes = {node.id: node.box for node in reversed(drawing.nodes)}
        for state in drawing.states:
            if (box := self.state_box(state)) is not None:
                self._boxes.setdefault(state.id, box)
        self._boxes.pop("", None)

    def box(self, element_id: str) -> Box | None:
        """Return the box of a data node, label, shape, group or state, None for another id."""
        return self._boxes.get(element_id)

    def group_box(self, group: Group) -> Box | None:
        """Return the box of a group, None if nothing is in it."""
        return self._groups.get(group.key)

    def state_box(self, state: State) -> Box | None:
        """Return the box of a state, None if its node is not drawn."""
        if (node := self._nodes.get(state.node)) is None:
            return None
        x = node.x + state.rel_x * node.width / 2
        return Box(x, node.y + state.rel_y * node.height / 2, state.width, state.height)

    def anchor(self, anchor_id: str) -> Place | None:
        """Return the position of an anchor, None if there is none with that id."""
        found = self._anchors.get(anchor_id)
        return None if found is None else self.place_on(found[0], found[1].position)

    def place_on(self, line: Line, position: float) -> Place:
        """Return the place on a line at ``position``, from 0 at its start to 1 at its end."""
        if (known := self._measured.get(id(line))) is None:
            path = self.path(line)
            lengths = map(math.dist, path, path[1:])
            known = self._measured[id(line)] = path, tuple(accumulate(lengths, initial=0.0))
        return _along(*known, position)

    def route(self, line: Line) -> tuple[Place, ...]:
        """Return the corners of a line from its start to its end.

        A curved line has those of the elbow that it follows.
        """
        return self._route(line, 0)

    def path(self, line: Line) -> tuple[Place, ...]:
        """Return the points that a line runs through, close together if it is curved."""
        corners = self.route(line)
        return tuple(_flattened(_curves(corners))) if line.connector == "Curved" else corners

    def curves(self, line: Line) -> tuple[Curve, ...]:
        """Return the pieces of a curved line from its start to its end."""
        return _curves(self.route(line))

    # Groups.

    def _place_groups(self, drawing: Drawing) -> dict[str, Box]:
        """Return the boxes of the groups that have members, by their keys.

        A box in the file itself is used unchanged. Groups are placed after the groups inside them;
        groups that contain each other are placed by their other members.
        """
        members: dict[str, list[Box]] = {}
        for element in _boxed(drawing):
            members.setdefault(element.group, []).append(element.box)
        for line in self._lines:
            members.setdefault(line.group, []).append(_around_ends(line))
        groups = {group.key: group for group in reversed(drawing.groups)}
        inner: dict[str, int] = dict.fromkeys(groups, 0)
        for group in groups.values():
            if group.group in inner:
                inner[group.group] += 1
        boxes: dict[str, Box] = {}
        waiting = [key for key, count in inner.items() if not count]
        placed = set[str]()
        while waiting or len(placed) < len(groups):
            key = waiting.pop() if waiting else next(key for key in groups if key not in placed)
            if key in placed:
                continue
            placed.add(key)
            group = groups[key]
            box = group.box or _around(members.get(key, ()), _margin(group))
            if box is not None:
                boxes[key] = box
                members.setdefault(group.group, []).append(box)
            if group.group in inner:
                inner[group.group] -= 1
                if not inner[group.group]:
                    waiting.append(group.group)
        return boxes

    # Lines.

    def _route(self, line: Line, depth: int) -> tuple[Place, ...]:
        if (known := self._routes.get(id(line))) is None:
            known = self._routes[id(line)] = self._find_route(line, depth)
        return known

    def _find_route(self, line: Line, depth: int) -> tuple[Place, ...]:
        points = [(point.x, point.y) for point in line.points]
        match line.connector:
            case "Elbow" | "Curved":
                # A line that depends on itself, through others, is taken for a straight one there.
                self._routes[id(line)] = (points[0], points[-1])
                start = self._side(line, line.points[0], _Side.WEST, depth)
                end = self._side(line, line.points[-1], _Side.EAST, depth)
                return tuple(_elbow(points, start, end))
            case "Segmented":
                return tuple(points)
            case _:
                return points[0], points[-1]

    def _side(self, line: Line, point: Point, loose: _Side, depth: int) -> _Side:
        """Return the side from which a line leaves what its end is attached to."""
        if point.ref in self._boxes:
            return _side_of(point.rel_x, point.rel_y)
        found = self._anchors.get(point.ref)
        if found is None:
            return loose
        other, anchor = found
        if other.connector in {"Elbow", "Curved"} and depth < _DEEPEST:
            (x1, y1), (x2, y2) = _segment_at(self._route(other, depth + 1), anchor.position)
            return _side_of(_sign(y2 - y1), _sign(x2 - x1))
        first, last = line.points[0], line.points[-1]
        side = _Side((_side_of(last.x - first.x, last.y - first.y) + 2) % 4)
        return _Side((side + 1) % 4) if _is_along(other, side) else side


def _boxed(drawing: Drawing) -> Iterator[DataNode | Label | Shape]:
    yield from drawing.nodes
    yield from drawing.labels
    yield from drawing.shapes


def _margin(group: Group) -> float:
    return _COMPLEX_MARGIN if group.style == "Complex" else _MARGIN


def _around_ends(line: Line) -> Box:
    first, last = line.points[0], line.points[-1]
    width, height = abs(last.x - first.x), abs(last.y - first.y)
    return Box((first.x + last.x) / 2, (first.y + last.y) / 2, width, height)


def _around(boxes: Iterable[Box], margin: float) -> Box | None:
    listed = list(boxes)
    if not listed:
        return None
    left, right = min(box.left for box in listed), max(box.right for box in listed)
    top, bottom = min(box.top for box in listed), max(box.bottom for box in listed)
    width, height = right - left + 2 * margin, bottom - top + 2 * margin
    return Box((left + right) / 2, (top + bottom) / 2, width, height)


def _side_of(x: float, y: float) -> _Side:
    if abs(x) > abs(y):
        return _Side.EAST if x > 0 else _Side.WEST
    return _Side.SOUTH if y > 0 else _Side.NORTH


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _is_along(line: Line, side: _Side) -> bool:
    """Return whether a line runs nearly towards a side or away from it."""
    across = abs(line.points[0].x - line.points[-1].x)
    down = abs(line.points[0].y - line.points[-1].y)
    if not side.is_horizontal:
        across, down = down, across
    return math.atan2(down, across) <= _SHALLOW


def _elbow(points: Sequence[Place], start_side: _Side, end_side: _Side) -> Iterator[Place]:
    """Yield the corners of a line of right angles between two sides."""
    start, end = points[0], points[-1]
    waypoints = _waypoints(points, start_side, end_side)
    horizontal = start_side.is_horizontal
    yield start
    corner = start
    for waypoint in waypoints:
        corner = _towards(corner, waypoint, horizontal=horizontal)
        yield corner
        horizontal = not horizontal
    corner = _towards(corner, end, horizontal=horizontal)
    yield corner
    last = end_side.is_horizontal if waypoints else not horizontal
    yield _towards(corner, end, horizontal=last)


def _waypoints(points: Sequence[Place], start_side: _Side, end_side: _Side) -> list[Place]:
    """Return the points between the ends: those in the file if it has as many as needed."""
    start, end = points[0], points[-1]
    is_rightwards = end[0] > start[0]
    left, right = (start, end) if is_rightwards else (end, start)
    sides = (start_side, end_side) if is_rightwards else (end_side, start_side)
    needed = _WAYPOINTS[sides[0]][sides[1]][0 if right[1] < left[1] else 1]
    if len(points) - 2 == needed:
        return list(points[1:-1])
    match needed:
        case 1:
            return [_waypoint(start, end, start_side)]
        case 2:
            offset = _ELBOW_OFFSET * end_side.sign
            first = _waypoint(start, (end[0] + offset, end[1] + offset), start_side)
            return [first, _waypoint(end, first, end_side)]
        case 3:
            middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
            first, last = _waypoint(start, middle, start_side), _waypoint(end, middle, end_side)
            return [first, middle, last]
        case _:
            return []


def _waypoint(start: Place, end: Place, side: _Side) -> Place:
    offset = _ELBOW_OFFSET * side.sign
    if side.is_horizontal:
        return start[0] + offset, (start[1] + end[1]) / 2
    return (start[0] + end[0]) / 2, start[1] + offset


def _towards(start: Place, end: Place, *, horizontal: bool) -> Place:
    return (end[0], start[1]) if horizontal else (start[0], end[1])


def _curves(corners: Sequence[Place]) -> tuple[Curve, ...]:
    """Return the curve through the middles of the inner segments of an elbow."""
    segments = list(pairwise(corners))
    curves = list[Curve]()
    place = corners[0]
    for start, end in segments[1:-1]:
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        curves.append((place, place, start, middle))
        place = middle
    start, end = segments[-1]
    return (*curves, (place, start, end, end))


def _flattened(curves: Iterable[Curve]) -> Iterator[Place]:
    for number, curve in enumerate(curves):
        if number == 0:
            yield curve[0]
        for step in range(1, _CURVE_STEPS + 1):
            yield _bezier(curve, step / _CURVE_STEPS)


def _bezier(curve: Curve, t: float) -> Place:
    u = 1 - t
    weights = (u**3, 3 * t * u**2, 3 * t**2 * u, t**3)
    x = sum(weight * place[0] for weight, place in zip(weights, curve, strict=True))
    return x, sum(weight * place[1] for weight, place in zip(weights, curve, strict=True))


def _segment_at(path: Sequence[Place], position: float) -> tuple[Place, Place]:
    """Return the segment on which a position of a line is."""
    segments = list(pairwise(path))
    lengths = [math.dist(*segment) for segment in segments]
    total, done = sum(lengths), 0.0
    for segment, length in zip(segments, lengths, strict=True):
        done += length
        if total and done / total > position:
            return segment
    return segments[-1]


def _along(path: Sequence[Place], reached: Sequence[float], position: float) -> Place:
    """Return a point on a path; ``reached`` is the length up to each of its points."""
    length = min(max(position, 0.0), 1.0) * reached[-1]
    after = bisect_right(reached, length)
    if after == len(path):
        return path[-1]
    start, end = path[after - 1], path[after]
    share = (length - reached[after - 1]) / (reached[after] - reached[after - 1])
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
