"""Draw a pathway as an SVG, for a file of its own or inside a page.

The picture follows PathVisio, which draws the pathways of the site. It has no links, scripts,
styles, ids or references, so that a strict content security policy allows it and several can be on
one page. Every element is a ``g`` with its id in ``data-id``, and is painted in ``currentColor``: a
page changes its colour with ``[data-id="…"] {color: red}``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sync.picture.lettering import FONT, FONT_SIZE, fit_label
from sync.picture.lines import draw_line
from sync.picture.outlines import complex_outline, double_outline, is_open, outline
from sync.picture.paint import (
    DASHES,
    INVISIBLE,
    color,
    element,
    escape,
    number,
    numbers,
    painted,
    wide,
)
from sync.records.drawing import Box, Drawing, Element, Font, Group, Line, Look
from sync.records.geometry import Geometry
from sync.records.gpml_elements import FARTHEST

_MARGIN = 10.0
_EMPTY = Box(50, 50, 100, 100)
_SVG = "http://www.w3.org/2000/svg"
_PAINT = 'color="#000" fill="currentColor" stroke="currentColor"'
_BLACK = "#000000"
_PATHWAY_FONT = Font("Times New Roman", 32.0)


@dataclass(frozen=True, slots=True)
class _Piece:
    """An element as drawn: its depth, its text and its bounding box."""

    z: int
    svg: str
    bounds: Box


def draw_svg(drawing: Drawing) -> str:
    """Draw a pathway; the same drawing gives the same text.

    The picture is as large as what is drawn, with a margin. Left out are elements with positions or
    sizes that are not numbers up to ``FARTHEST``, states of nodes that do not exist, and groups
    without members. Groups of the style ``Group`` are there, but not painted: PathVisio only shows
    them under the mouse.
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
    """Return the bounds of the whole picture."""
    if not bounds:
        return _EMPTY
    left = max(min(box.left for box in bounds) - _MARGIN, -2 * FARTHEST)
    top = max(min(box.top for box in bounds) - _MARGIN, -2 * FARTHEST)
    right = min(max(box.right for box in bounds) + _MARGIN, 2 * FARTHEST)
    bottom = min(max(box.bottom for box in bounds) + _MARGIN, 2 * FARTHEST)
    return Box((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)


# What can be drawn.


def _sound(drawing: Drawing) -> Drawing:
    """Leave out elements with positions or sizes that cannot be drawn."""
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
    shown = look or Look()
    sizes = box.width, box.height, shown.border_width, shown.font.size
    return _are_numbers((box.x, box.y, shown.rotation, *sizes)) and min(sizes) >= 0


def _is_sound_line(line: Line) -> bool:
    return (
        len(line.points) > 1
        and _are_numbers(value for point in line.points for value in (point.x, point.y))
        and _are_numbers((line.width, *(anchor.position for anchor in line.anchors)))
    )


def _are_numbers(values: Iterable[float]) -> bool:
    return all(abs(value) <= FARTHEST for value in values)  # NaN fails this too


# Elements, in the order in which they are drawn if their z is equal.


def _pieces(drawing: Drawing) -> Iterator[_Piece]:
    geometry = Geometry(drawing)
    for group in drawing.groups:
        if (box := geometry.group_box(group)) is not None:
            yield _group(group, box)
    for shape in drawing.shapes:
        yield _boxed(shape, shape.box, shape.label, shape.look)
    for line in (*drawing.graphical_lines, *drawing.interactions):
        content, bounds = draw_line(line, geometry)
        yield _Piece(line.z, content, bounds)
    for label in drawing.labels:
        yield _boxed(label, label.box, label.label, label.look)
    for node in drawing.nodes:
        yield _boxed(node, node.box, node.label, node.look)
    for state in drawing.states:
        if (box := geometry.state_box(state)) is not None:
            yield _boxed(state, box, state.label, state.look)


def _boxed(item: Element, box: Box, label: str, look: Look) -> _Piece:
    """Draw a shape with its label."""
    border = _border(look, box)
    content, bounds = border, _turned(box, look.rotation)
    if look.text_color and label.strip():
        lettering = fit_label(label, box, look.font, is_framed=bool(border))
        own = look.text_color if look.text_color != (look.border_color or _BLACK) else ""
        content += lettering.draw(f' color="{color(own)}"' if own else "")
        bounds = _together(bounds, lettering.bounds)
    name = item.id or (item.key if isinstance(item, Group) else "")
    return _Piece(item.z, element(name, content, painted(look.border_color or _BLACK)), bounds)


def _border(look: Look, box: Box) -> str:
    """Return the outline of a box, an empty text if it has none."""
    if look.border_style == "Double":
        path = double_outline(look.shape, box, look.border_width)
    else:
        path = outline(look.shape, box)
    if not path:
        return ""
    fill = "" if is_open(look.shape) else color(look.fill_color)
    stroke = wide(look.border_width) if look.border_color else INVISIBLE
    dashes = DASHES if look.border_style == "Broken" else ""
    attributes = f' fill="{fill or "none"}"{stroke}{dashes}{_rotated(look.rotation, box)}'
    return f'<path d="{path}"{attributes}/>'


def _rotated(rotation: float, box: Box) -> str:
    turn = number(math.degrees(rotation) % 360)
    if turn in {"0", "360"}:
        return ""
    return f' transform="rotate({turn} {numbers((box.x, box.y))})"'


def _group(group: Group, box: Box) -> _Piece:
    """Draw a group with its own look, or as PathVisio draws groups of its style."""
    if group.look is not None:
        return _boxed(group, box, group.label, group.look)
    content = _tinted(group, box)
    return _Piece(group.z, element(group.id or group.key, content, ' color="#808080"'), box)


def _tinted(group: Group, box: Box) -> str:
    frame = outline("Rectangle", box)
    match group.style:
        case "Group":
            return f'<path d="{frame}" fill="none"{INVISIBLE}/>'
        case "Complex":
            return f'<path d="{complex_outline(box)}" fill="#b4b464" fill-opacity="0.1"/>'
        case "Pathway":
            tinted = f'<path d="{frame}" fill="#0f0" fill-opacity="0.05"{DASHES}/>'
            if not group.label.strip():
                return tinted
            return tinted + fit_label(group.label, box, _PATHWAY_FONT, is_framed=True).draw()
        case _:
            return f'<path d="{frame}" fill="#b4b464" fill-opacity="0.1"{DASHES}/>'


def _turned(box: Box, rotation: float) -> Box:
    """Return the upright bounding box of a rotated one."""
    cos, sin = abs(math.cos(rotation)), abs(math.sin(rotation))
    width, height = box.width * cos + box.height * sin, box.width * sin + box.height * cos
    return Box(box.x, box.y, width, height)


def _together(one: Box, other: Box) -> Box:
    left, right = min(one.left, other.left), max(one.right, other.right)
    top, bottom = min(one.top, other.top), max(one.bottom, other.bottom)
    return Box((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
