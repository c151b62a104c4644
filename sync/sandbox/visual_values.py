"""Convert the values of visual properties between CX1 and CX2, and their names (contract 5.3).

CX1 writes every value as text; CX2 has numbers, booleans and objects, and other names for some
properties. A property that is in neither table is left out of the converted file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import floor
from typing import Any

import orjson

from sync.cx.frame import Element
from sync.cx.java_text import java_scalar, parse_java_double
from sync.sandbox.cx1.elements import text_of
from sync.sandbox.cx_files import java_json

_GRAPHICS = "org.cytoscape.ding.customgraphics."
_NO_GRAPHICS = (f"{_GRAPHICS}NullCustomGraphics,", "org.cytoscape.cg.model.NullCustomGraphics,")
_FAMILIES = {"serif": "serif", "monospace": "monospace", "dialoginput": "monospace"}
_SIDES = {"c": "center", "l": "left", "r": "right"}
_COMPASS = {
    "N": ("VERTICAL", "top"),
    "S": ("VERTICAL", "bottom"),
    "W": ("HORIZONTAL", "left"),
    "E": ("HORIZONTAL", "right"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """How the values of some properties are written in both versions.

    ``to_cx2`` raises ValueError with Java's message for a text that is not a value.
    """

    to_cx2: Callable[[str], Any]
    to_cx1: Callable[[Any], str]


def _number(text: str) -> float:
    try:
        return parse_java_double(text)
    except ValueError:
        said = f'For input string: "{text}"' if text.strip() else "empty String"
        raise ValueError(said) from None


def _whole(text: str) -> int:
    try:
        return int(_number(text))
    except (ValueError, OverflowError):
        raise ValueError(f"Can't convert string {text} to number.") from None


def _renamed(names: Mapping[str, str]) -> Kind:
    """Return the kind of a name that is upper case in CX1 and lower case in CX2."""
    back = {cx2: cx1 for cx1, cx2 in names.items()}
    return Kind(
        lambda text: names.get(text, text.lower()),
        lambda value: back.get(text_of(value), text_of(value).upper()),
    )


def _font(text: str) -> Element:
    letters = re.sub("[^a-zA-Z0-9-]", "", text).lower()
    return {
        "FONT_FAMILY": _FAMILIES.get(letters, "sans-serif"),
        "FONT_STYLE": "italic" if letters.endswith("italic") else "normal",
        "FONT_WEIGHT": "bold" if letters.endswith(("bold", "bolditalic")) else "normal",
        "FONT_NAME": text.partition(",")[0],
    }


def _font_text(font: Element) -> str:
    return f"{font.get('FONT_NAME') or font.get('FONT_FAMILY')},plain,12"


def _parts(text: str, number: int) -> list[str]:
    parts = text.split(",")
    if len(parts) < number:
        raise ValueError(f"Index {len(parts)} out of bounds for length {len(parts)}")
    return parts


def _margins(parts: list[str]) -> Element:
    return {
        "MARGIN_X": _number(parts[3]),
        "MARGIN_Y": _number(parts[4]),
        "JUSTIFICATION": _SIDES.get(parts[2], "center"),
    }


def _margins_text(position: Element) -> str:
    x, y = (java_scalar(float(position[f"MARGIN_{axis}"])) for axis in "XY")
    return f"{position['JUSTIFICATION'][0]},{x},{y}"


def _label_position(text: str) -> Element:
    parts = _parts(text, 5)
    position = {}
    for end, letters in (("ALIGN", parts[1]), ("ANCHOR", parts[0])):
        sides = dict(_COMPASS[letter] for letter in letters if letter in _COMPASS)
        for axis in ("HORIZONTAL", "VERTICAL"):
            position[f"{axis}_{end}"] = sides.get(axis, "center")
    return position | _margins(parts)


def _label_position_text(position: Element) -> str:
    anchor, align = (_letters(position, end) for end in ("ANCHOR", "ALIGN"))
    return f"{anchor},{align},{_margins_text(position)}"


def _letters(position: Element, end: str) -> str:
    sides = {(axis, position.get(f"{axis}_{end}")) for axis in ("HORIZONTAL", "VERTICAL")}
    return "".join(letter for letter, side in _COMPASS.items() if side in sides) or "C"


def _anchored(first: str, second: str) -> Kind:
    def to_cx2(text: str) -> Element:
        parts = _parts(text, 5)
        return _margins(parts) | {first: parts[0], second: parts[1]}

    return Kind(to_cx2, lambda value: f"{value[first]},{value[second]},{_margins_text(value)}")


def _custom_graphics(text: str) -> Element | None:
    if text.startswith(_NO_GRAPHICS):
        return None
    if text.startswith(_GRAPHICS):
        name, number, url, tag = _parts(text, 4)[:4]
        properties: Any = {"id": int(number), "url": url, "tag": tag}
        return {"type": "image", "name": name, "properties": properties}
    name, colon, json = text.partition(":")
    if not colon:
        raise ValueError(f"Invalid CX1 string value for custom graphics: {text}")
    try:
        properties = orjson.loads(json)
    except orjson.JSONDecodeError:
        raise ValueError(f"Unexpected character in {json}") from None
    return {"type": "chart", "name": name, "properties": properties}


def _custom_graphics_text(graphics: Element) -> str:
    properties = graphics["properties"]
    if graphics["type"] == "image":
        texts = (java_scalar(properties.get(key)) for key in ("id", "url", "tag"))
        return ",".join([text_of(graphics["name"]), *texts])
    return f"{text_of(graphics['name'])}:{java_json(properties).decode()}"


def _control_points(text: str) -> list[Element]:
    points = [list(map(_number, point.split(","))) for point in text.split("|")]
    return [dict(zip(("sin", "cos", "ratio"), point, strict=True)) for point in points]


def _control_points_text(points: list[Element]) -> str:
    return "|".join(
        ",".join(java_scalar(float(point[name])) for name in ("sin", "cos", "ratio"))
        for point in points
    )


_DASHES = {"LONG_DASH": "dashed", "DOT": "dotted"}
_ARROWS = {"DELTA": "triangle", "CROSS_DELTA": "triangle-cross", "T": "tee"}
_NINE = range(1, 10)
_KINDS = {
    Kind(str, text_of): (
        "NODE_LABEL NODE_LABEL_COLOR NODE_SELECTED_PAINT NODE_TOOLTIP COMPOUND_NODE_PADDING"
        " COMPOUND_NODE_SHAPE EDGE_LABEL EDGE_LABEL_COLOR EDGE_SELECTED EDGE_SELECTED_PAINT"
        " EDGE_STACKING EDGE_STROKE_SELECTED_PAINT EDGE_SOURCE_ARROW_SELECTED_PAINT"
        " EDGE_TARGET_ARROW_SELECTED_PAINT EDGE_TOOLTIP"
        " NETWORK_BACKGROUND_PAINT=NETWORK_BACKGROUND_COLOR"
        " NODE_BORDER_PAINT=NODE_BORDER_COLOR NODE_FILL_COLOR=NODE_BACKGROUND_COLOR"
        " EDGE_STROKE_UNSELECTED_PAINT=EDGE_LINE_COLOR"
        " EDGE_SOURCE_ARROW_UNSELECTED_PAINT=EDGE_SOURCE_ARROW_COLOR"
        " EDGE_TARGET_ARROW_UNSELECTED_PAINT=EDGE_TARGET_ARROW_COLOR"
    ),
    Kind(_number, text_of): (
        "NODE_BORDER_WIDTH NODE_HEIGHT NODE_WIDTH NODE_LABEL_ROTATION NODE_X_LOCATION"
        " NODE_Y_LOCATION NODE_Z_LOCATION EDGE_WIDTH EDGE_LABEL_ROTATION EDGE_SOURCE_ARROW_SIZE"
        " EDGE_TARGET_ARROW_SIZE EDGE_STACKING_DENSITY EDGE_Z_ORDER"
        " NODE_LABEL_WIDTH=NODE_LABEL_MAX_WIDTH EDGE_LABEL_WIDTH=EDGE_LABEL_MAX_WIDTH "
        + " ".join(f"NODE_CUSTOMGRAPHICS_SIZE_{number}" for number in _NINE)
    ),
    Kind(_whole, text_of): "NODE_LABEL_FONT_SIZE EDGE_LABEL_FONT_SIZE",
    Kind(lambda text: _number(text) / 255.0, lambda opacity: str(floor(opacity * 255 + 0.5))): (
        "NODE_BORDER_TRANSPARENCY=NODE_BORDER_OPACITY NODE_TRANSPARENCY=NODE_BACKGROUND_OPACITY"
        " NODE_LABEL_TRANSPARENCY=NODE_LABEL_OPACITY EDGE_TRANSPARENCY=EDGE_OPACITY"
        " EDGE_LABEL_TRANSPARENCY=EDGE_LABEL_OPACITY"
    ),
    Kind(lambda text: text.lower() == "true", text_of): "NODE_SELECTED EDGE_CURVED",
    Kind(
        lambda text: "element" if text == "true" else "none",
        lambda value: "true" if value == "element" else "false",
    ): "NODE_VISIBLE=NODE_VISIBILITY EDGE_VISIBLE=EDGE_VISIBILITY",
    _renamed({"ROUND_RECTANGLE": "round-rectangle"}): "NODE_SHAPE",
    _renamed(_DASHES | {"PARALLEL_LINES": "double"}): "NODE_BORDER_STROKE=NODE_BORDER_STYLE",
    _renamed(_DASHES): "EDGE_LINE_TYPE=EDGE_LINE_STYLE",
    _renamed(_ARROWS): "EDGE_SOURCE_ARROW_SHAPE EDGE_TARGET_ARROW_SHAPE",
    Kind(_font, _font_text): "NODE_LABEL_FONT_FACE EDGE_LABEL_FONT_FACE",
    Kind(_label_position, _label_position_text): "NODE_LABEL_POSITION",
    _anchored("EDGE_ANCHOR", "LABEL_ANCHOR"): "EDGE_LABEL_POSITION",
    _anchored("ENTITY_ANCHOR", "GRAPHICS_ANCHOR"): " ".join(
        f"NODE_CUSTOMGRAPHICS_POSITION_{number}" for number in _NINE
    ),
    Kind(_custom_graphics, _custom_graphics_text): " ".join(
        f"NODE_CUSTOMGRAPHICS_{number}" for number in _NINE
    ),
    Kind(_control_points, _control_points_text): "EDGE_BEND=EDGE_CONTROL_POINTS",
}
_NAMES = [
    (name.partition("=")[0], name.rpartition("=")[2], kind)
    for kind, names in _KINDS.items()
    for name in names.split()
]
CX2_PROPERTIES = {cx1: (cx2, kind) for cx1, cx2, kind in _NAMES}
"""The properties of CX1 with their names and kinds in CX2."""

CX1_PROPERTIES = {cx2: (cx1, kind) for cx1, cx2, kind in _NAMES}
"""The properties of CX2 with their names and kinds in CX1."""
