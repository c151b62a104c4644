"""Write what is not a node or an edge as Cytoscape's annotations: shapes, labels, lines.

An annotation is a line of text with ``key=value`` pairs separated by bars. The network attribute
``__Annotations`` is a list of them (formats 5).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from uuid import NAMESPACE_URL, uuid5

from sync.convert.cytoscape_path import (
    as_dashes,
    as_lines,
    bounds,
    moved,
    read_path,
    turned,
    write_path,
)
from sync.convert.style import shape_word
from sync.picture.arrows import head_of
from sync.picture.outlines import outline
from sync.records.drawing import Box, Drawing, GraphicalLine, Label, Look, Shape
from sync.records.geometry import Geometry

_KIND = "org.cytoscape.view.presentation.annotations."
_NAMESPACE = uuid5(NAMESPACE_URL, "https://www.wikipathways.org")
_OPAQUE = 0xFF000000
_TWO_32 = 1 << 32
_SMALLEST = 1.0
_SQUARE = "NZ M 0.0 0.0 L 1.0 0.0 L 1.0 1.0 L 0.0 1.0 Z"


class Annotations:
    """The annotations of one drawing, listed from back to front."""

    def __init__(self, drawing: Drawing, geometry: Geometry) -> None:
        self._name = f"{drawing.version}/{drawing.title}"
        self._geometry = geometry
        self._found: list[tuple[int, dict[str, str]]] = []

    def listed(self) -> list[str]:
        """Return the texts of all annotations."""
        ordered = sorted(self._found, key=lambda item: item[0])
        return [_text(pairs | {"z": str(place)}) for place, (_, pairs) in enumerate(ordered)]

    def add_shape(self, shape: Shape) -> None:
        """Draw a shape on the background."""
        word = shape_word(shape)
        kind = "BoundedTextAnnotation" if shape.label else "ShapeAnnotation"
        self._add(
            shape.z,
            kind,
            _box(shape.box) | _painted(word, shape.box, shape.look),
            shape.label,
            shape.look,
        )

    def add_label(self, label: Label) -> None:
        """Write a label, with its border and fill if it has them."""
        pairs = _box(label.box) | _painted(label.look.shape, label.box, label.look)
        self._add(label.z, "BoundedTextAnnotation", pairs, label.label, label.look)

    def add_line(self, line: GraphicalLine) -> None:
        """Draw a graphical line with its arrow heads, as one path."""
        steps = list(self._steps(line))
        left, top, right, bottom = bounds(steps)
        width, height = max(right - left, _SMALLEST), max(bottom - top, _SMALLEST)
        # Cytoscape fits a path into its box, so a flat one gets a place at the far corner.
        steps.append(("M", ((left + width, top + height),)))
        pairs = {
            **_box(Box(left + width / 2, top + height / 2, width, height)),
            "shapeType": "CUSTOM",
            "customShape": write_path(moved(steps, (-left, -top))),
            "edgeColor": _color(line.color),
            "edgeThickness": str(float(line.width)),
            "edgeOpacity": "100.0" if line.color else "0.0",
            "fillOpacity": "0.0",
        }
        self._add(line.z, "ShapeAnnotation", pairs, "", None)

    def _add(self, z: int, kind: str, pairs: dict[str, str], text: str, look: Look | None) -> None:
        number = len(self._found)
        words = {"text": text, **_lettering(look)} if look is not None and text else {}
        common = {
            "type": _KIND + kind,
            "uuid": str(uuid5(_NAMESPACE, f"{self._name}/{number}")),
            "canvas": "background",
        }
        self._found.append((z, common | pairs | words))

    def _steps(self, line: GraphicalLine) -> Iterator[tuple[str, tuple[tuple[float, float], ...]]]:
        if line.style == "Broken":
            yield from as_dashes(self._geometry.path(line))
        elif line.connector == "Curved":
            curves = self._geometry.curves(line)
            yield "M", (curves[0][0],)
            for _, first, second, end in curves:
                yield "C", (first, second, end)
        else:
            yield from as_lines(self._geometry.route(line))
        corners = self._geometry.route(line)
        ends = ((line.points[0], corners[::-1]), (line.points[-1], corners))
        for point, towards in ends:
            if head := head_of(point.arrow).path:
                yield from turned(read_path(head), _angle(towards), towards[-1])


def _angle(corners: tuple[tuple[float, float], ...]) -> float:
    """Return the direction in which a line arrives at its end."""
    end = corners[-1]
    before = next((place for place in reversed(corners) if place != end), end)
    return math.atan2(end[1] - before[1], end[0] - before[0])


def _box(box: Box) -> dict[str, str]:
    sizes = {"x": box.left, "y": box.top, "width": box.width, "height": box.height}
    return {key: str(float(value)) for key, value in sizes.items()}


def _painted(word: str, box: Box, look: Look) -> dict[str, str]:
    own = Box(box.width / 2, box.height / 2, box.width, box.height)
    return {
        "shapeType": "CUSTOM",
        "customShape": _SQUARE if word == "None" else write_path(read_path(outline(word, own))),
        "edgeColor": _color(look.border_color),
        "edgeThickness": str(0.0 if word == "None" else look.border_width),
        "edgeOpacity": "0.0" if word == "None" or not look.border_color else "100.0",
        **({"fillColor": _color(look.fill_color)} if look.fill_color else {}),
        "fillOpacity": "100.0" if look.fill_color and word != "None" else "0.0",
        "rotation": str(math.degrees(look.rotation)),
    }


def _lettering(look: Look) -> dict[str, str]:
    return {
        "color": _color(look.text_color),
        "fontFamily": look.font.name,
        "fontSize": str(look.font.size),
        "fontStyle": str(look.font.bold + 2 * look.font.italic),
    }


def _color(text: str) -> str:
    """Return a colour as Java's signed number, black if there is none."""
    number = _OPAQUE | int(text[1:] or "0", 16)
    return str(number - _TWO_32)


def _text(pairs: dict[str, str]) -> str:
    # Cytoscape has no escape for the bar that separates the pairs.
    return "|".join(f"{key}={value.replace('|', '¦')}" for key, value in pairs.items())
