"""Draw a pathway as an SVG that stands alone, and that a page may hold.

The picture follows PathVisio, which draws the pathways of the site. It has no links, scripts,
styles, ids or references, so that a strict content security policy lets it through and several
may stand on one page. Every element is a ``g`` that carries its id in ``data-id``, and is painted
in ``currentColor``: a page changes its colour with ``[data-id="…"] {color: red}``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sync.picture.lettering import FONT, FONT_SIZE, Lettering
from sync.picture.lines import draw_line
from sync.picture.outlines import complex_outline, outline
from sync.picture.paint import (
    DASHES,
    INVISIBLE,
    color,
    colored,
    element,
    escape,
    number,
    numbers,
    stroked,
)
from sync.records.drawing import (
    Box,
    DataNode,
    Drawing,
    Font,
    Group,
    Label,
    Line,
    Look,
    Shape,
)
from sync.records.drawing_reader import FARTHEST
from sync.records.geometry import Geometry

_MARGIN = 10.0
_EMPTY = Box(50, 50, 100, 100)
_SVG = "http://www.w3.org/2000/svg"
_PAINT = 'color="#000" fill="none" stroke="currentColor"'
_FRAME = Font("Times New Roman", 32.0)


@dataclass(frozen=True, slots=True)
class _Piece:
    """An element as drawn: its place towards the reader, its text and the place it takes."""

    z: int
    svg: str
    bounds: Box


def draw_svg(drawing: Drawing) -> str:
    """Draw a pathway; the same drawing gives the same text.

    The picture is as large as what is drawn, with a margin. Elements whose places or sizes are
    not numbers, or are beyond ``FARTHEST``, are left out, as are states of nodes that are not
    there and groups without members. Groups of the style ``Group`` are there, but not painted:
    PathVisio shows them under the mouse only.
    """
    sound = _sound(drawing)
    pieces = sorted(_pieces(sound), key=lambda piece: piece.z)
    view = _view([piece.bounds for piece in pieces])
    size = f'width="{number(view.width)}" height="{number(view.height)}"'
    place = numbers((view.left, view.top, view.width, view.height))
    defaults = f'font-family="{FONT}" font-size="{number(FONT_SIZE)}" text-anchor="middle" {_PAINT}'
    paper = color(drawing.background) or "#fff"
    lines = (
        f'<svg xmlns="{_SVG}" role="img" viewBox="{place}" {size} {defaults}>',
        f"<title>{escape(drawing.title or 'Pathway')}</title>",
        f"<desc>{escape(_described(drawing))}</desc>",
        f'<path d="{outline("Rectangle", view)}" fill="{paper}"{INVISIBLE}/>',
        *(piece.svg for piece in pieces),
        "</svg>\n",
    )
    return "\n".join(lines)


def _described(drawing: Drawing) -> str:
    organism = f" of {drawing.organism}" if drawing.organism else ""
    nodes, lines, groups = len(drawing.nodes), len(drawing.interactions), len(drawing.groups)
    return f"Pathway{organism}: data nodes: {nodes}, interactions: {lines}, groups: {groups}"


def _view(bounds: list[Box]) -> Box:
    """Return the place of the whole picture."""
    if not bounds:
        return _EMPTY
    left = max(min(box.left for box in bounds) - _MARGIN, -2 * FARTHEST)
    top = max(min(box.top for box in bounds) - _MARGIN, -2 * FARTHEST)
    right = min(max(box.right for box in bounds) + _MARGIN, 2 * FARTHEST)
    bottom = min(max(box.bottom for box in bounds) + _MARGIN, 2 * FARTHEST)
    return Box((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)


# What can be drawn.


def _sound(drawing: Drawing) -> Drawing:
    """Leave out elements whose places or sizes cannot be drawn."""
    return replace(
        drawing,
        nodes=tuple(node for node in drawing.nodes if _is_sound(node.box, node.look)),
        labels=tuple(label for label in drawing.labels if _is_sound(label.box, label.look)),
        shapes=tuple(shape for shape in drawing.shapes if _is_sound(shape.box, shape.look)),
        states=tuple(
            state
            for state in drawing.states
            if _is_sound(Box(state.rel_x, state.rel_y, state.width, state.height), state.look)
        ),
        groups=tuple(
            group for group in drawing.groups if _is_sound(group.box or _EMPTY, group.look)
        ),
        interactions=tuple(line for line in drawing.interactions if _is_sound_line(line)),
        graphical_lines=tuple(line for line in drawing.graphical_lines if _is_sound_line(line)),
    )


def _is_sound(box: Box, look: Look | None) -> bool:
    painted = look or Look()
    sizes = painted.border_width, painted.rotation, painted.font.size
    return _are_numbers((box.x, box.y, box.width, box.height, *sizes))


def _is_sound_line(line: Line) -> bool:
    return (
        len(line.points) > 1
        and _are_numbers(value for point in line.points for value in (point.x, point.y))
        and _are_numbers((line.width, *(anchor.position for anchor in line.anchors)))
    )


def _are_numbers(values: Iterable[float]) -> bool:
    return all(abs(value) <= FARTHEST for value in values)  # not a number is not


# Elements, in the order in which they are drawn where z is the same.


def _pieces(drawing: Drawing) -> Iterator[_Piece]:
    geometry = Geometry(drawing)
    for group in drawing.groups:
        if (box := geometry.group_box(group)) is not None:
            yield _group(group, box)
    yield from map(_boxed, drawing.shapes)
    for line in (*drawing.graphical_lines, *drawing.interactions):
        content, bounds = draw_line(line, geometry)
        yield _Piece(line.z, content, bounds)
    yield from map(_boxed, drawing.labels)
    yield from map(_boxed, drawing.nodes)
    for state in drawing.states:
        if (box := geometry.state_box(state)) is not None:
            content = _painted(state.look, box, state.label)
            yield _piece(state.id, state.z, content, state.look, box, state.label)


def _boxed(item: DataNode | Label | Shape) -> _Piece:
    content = _painted(item.look, item.box, item.label)
    return _piece(item.id, item.z, content, item.look, item.box, item.label)


def _group(group: Group, box: Box) -> _Piece:
    name = group.id or group.key
    if group.look is not None:
        content = _painted(group.look, box, group.label)
        return _piece(name, group.z, content, group.look, box, group.label)
    look = Look(text_color="#808080", border_color="#808080", font=_FRAME)
    match group.style:
        case "Group":
            content = f'<path d="{outline("Rectangle", box)}"{INVISIBLE}/>'
        case "Complex":
            content = _tinted(complex_outline(box), "#b4b464", 0.1)
        case "Pathway":
            content = _tinted(outline("Rectangle", box), "#0f0", 0.05, DASHES)
            content += _lettered(Lettering(group.label, box, _FRAME, is_framed=True), look)
        case _:
            content = _tinted(outline("Rectangle", box), "#b4b464", 0.1, DASHES)
    return _piece(name, group.z, content, look, box, "")


def _tinted(path: str, fill: str, opacity: float, dashes: str = "") -> str:
    return f'<path d="{path}" fill="{fill}" fill-opacity="{opacity}"{dashes}/>'


def _piece(name: str, z: int, content: str, look: Look, box: Box, label: str) -> _Piece:
    bounds = _turned(box, look.rotation)
    if label:
        bounds = _together(bounds, Lettering(label, box, look.font).bounds)
    return _Piece(z, element(name, content, colored(color(look.border_color))), bounds)


# Boxes.


def _painted(look: Look, box: Box, label: str) -> str:
    """Return a box with its label."""
    path = outline(look.shape, box)
    border = ""
    if path:
        turn = math.degrees(look.rotation) % 360
        rotated = f' transform="rotate({numbers((turn, box.x, box.y))})"'
        border = stroked(
            path,
            color(look.fill_color),
            look.border_width if color(look.border_color) else 0,
            look.border_style,
            rotated if number(turn) not in {"0", "360"} else "",
        )
    lettering = Lettering(label, box, look.font, is_framed=bool(path))
    return border + _lettered(lettering, look)


def _lettered(lettering: Lettering, look: Look) -> str:
    written = color(look.text_color)
    if not written or not lettering.label.strip():
        return ""
    is_other = written != color(look.border_color)
    return lettering.draw(f' color="{written}"' if is_other else "")


def _turned(box: Box, rotation: float) -> Box:
    """Return the upright box around one that is turned."""
    cos, sin = abs(math.cos(rotation)), abs(math.sin(rotation))
    width, height = box.width * cos + box.height * sin, box.width * sin + box.height * cos
    return Box(box.x, box.y, width, height)


def _together(one: Box, other: Box) -> Box:
    left, right = min(one.left, other.left), max(one.right, other.right)
    top, bottom = min(one.top, other.top), max(one.bottom, other.bottom)
    return Box((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
