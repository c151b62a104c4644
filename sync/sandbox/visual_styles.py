"""Visual aspects between CX1 and CX2 (contract 5.3).

``cyVisualProperties`` holds everything in CX1; CX2 has ``visualProperties`` for defaults,
``nodeBypasses`` and ``edgeBypasses`` for single elements and ``visualEditorProperties`` for
Cytoscape's own switches. The commonest properties are carried over, under the name and with the
value of the other version. Unlike on the real server, mappings, fonts, line types, arrow shapes,
label positions and custom graphics are left out of the converted file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from sync.cx.elements_cx1 import text_of
from sync.cx.frame import Element, refusal, shown
from sync.cx.java_text import parse_java_boolean, parse_java_double

_GROUPS = {"network": "network", "nodes:default": "node", "edges:default": "edge"}
_BYPASSES = {"nodes": "nodeBypasses", "edges": "edgeBypasses"}
_SWITCHES = {
    "node": ("nodeSizeLocked", "nodeCustomGraphicsSizeSync"),
    "edge": ("arrowColorMatchesEdge",),
}


def styles_to_cx2(elements: list[Element]) -> dict[str, list[Element]]:
    """Return the visual aspects of CX2, those that have something to say.

    Raises NetworkError for a value that is no number where one is needed.
    """
    defaults: Element = {}
    aspects: dict[str, list[Element]] = {}
    switches: Element = {}
    for element in elements:
        owner = element["properties_of"]
        values = _values_to_cx2(element.get("properties", {}))
        if owner in _GROUPS:
            defaults[_GROUPS[owner]] = values
            for name, text in element.get("dependencies", {}).items():
                switches[name] = parse_java_boolean(text)
        elif owner in _BYPASSES and values:
            bypass = {"id": element["applies_to"], "v": values}
            aspects.setdefault(_BYPASSES[owner], []).append(bypass)
    if any(defaults.values()):
        aspects["visualProperties"] = [{"default": defaults}]
    if switches:
        aspects["visualEditorProperties"] = [{"properties": switches}]
    return aspects


def styles_to_cx1(aspects: Mapping[str, list[Element]]) -> list[Element]:
    """Return the elements of ``cyVisualProperties``; none where CX2 has no visualProperties."""
    styles, editors = aspects.get("visualProperties"), aspects.get("visualEditorProperties")
    if not styles:
        return []
    defaults = _object(styles[0].get("default"))
    switches = _object(editors[0].get("properties")) if editors else {}
    elements: list[Element] = []
    for owner, group in _GROUPS.items():
        element: Element = {"properties_of": owner}
        element["properties"] = _values_to_cx1(_object(defaults.get(group)))
        names = [name for name in _SWITCHES.get(group, ()) if name in switches]
        element["dependencies"] = {name: text_of(switches[name]) for name in names}
        elements.append({key: part for key, part in element.items() if part})
    for owner, aspect in _BYPASSES.items():
        for bypass in aspects.get(aspect, []):
            values = _values_to_cx1(bypass["v"])
            elements.append(
                {"properties_of": owner, "applies_to": bypass["id"], "properties": values}
            )
    return elements


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the values of some properties are written in either version."""

    to_cx2: Callable[[str], Any]
    to_cx1: Callable[[Any], str]


def _number(text: str) -> float:
    number = parse_java_double(text)
    if not isfinite(number):
        raise ValueError(f"JSON has no number {text}")
    return number


def _whole(text: str) -> int:
    return int(_number(text))


def _opacity(text: str) -> float:
    return _number(text) / 255.0


def _transparency(opacity: object) -> str:
    return str(round(opacity * 255)) if isinstance(opacity, int | float) else text_of(opacity)


def _visibility(text: str) -> str:
    return "element" if text == "true" else "none"


def _visible(visibility: object) -> str:
    return "true" if visibility == "element" else "false"


def _shape(text: str) -> str:
    return text.lower().replace("_", "-")


def _shape_in_cx1(shape: object) -> str:
    return text_of(shape).upper().replace("-", "_")


_KINDS = {
    _Kind(str, text_of): (
        "NODE_LABEL NODE_LABEL_COLOR NODE_SELECTED_PAINT NODE_TOOLTIP NODE_X_LOCATION"
        " NODE_Y_LOCATION NODE_Z_LOCATION EDGE_LABEL EDGE_LABEL_COLOR EDGE_SELECTED_PAINT"
        " EDGE_TOOLTIP NETWORK_BACKGROUND_PAINT=NETWORK_BACKGROUND_COLOR"
        " NODE_BORDER_PAINT=NODE_BORDER_COLOR NODE_FILL_COLOR=NODE_BACKGROUND_COLOR"
        " EDGE_STROKE_UNSELECTED_PAINT=EDGE_LINE_COLOR"
        " EDGE_SOURCE_ARROW_UNSELECTED_PAINT=EDGE_SOURCE_ARROW_COLOR"
        " EDGE_TARGET_ARROW_UNSELECTED_PAINT=EDGE_TARGET_ARROW_COLOR"
    ),
    _Kind(_number, text_of): (
        "NODE_BORDER_WIDTH NODE_HEIGHT NODE_WIDTH NODE_LABEL_ROTATION EDGE_WIDTH"
        " EDGE_SOURCE_ARROW_SIZE EDGE_TARGET_ARROW_SIZE NODE_LABEL_WIDTH=NODE_LABEL_MAX_WIDTH"
        " EDGE_LABEL_WIDTH=EDGE_LABEL_MAX_WIDTH"
    ),
    _Kind(_whole, text_of): "NODE_LABEL_FONT_SIZE EDGE_LABEL_FONT_SIZE",
    _Kind(_opacity, _transparency): (
        "NODE_BORDER_TRANSPARENCY=NODE_BORDER_OPACITY NODE_TRANSPARENCY=NODE_BACKGROUND_OPACITY"
        " NODE_LABEL_TRANSPARENCY=NODE_LABEL_OPACITY EDGE_TRANSPARENCY=EDGE_OPACITY"
        " EDGE_LABEL_TRANSPARENCY=EDGE_LABEL_OPACITY"
    ),
    _Kind(_visibility, _visible): "NODE_VISIBLE=NODE_VISIBILITY EDGE_VISIBLE=EDGE_VISIBILITY",
    _Kind(_shape, _shape_in_cx1): "NODE_SHAPE",
}
_NAMES = [
    (name.partition("=")[0], name.rpartition("=")[2], kind)
    for kind, names in _KINDS.items()
    for name in names.split()
]
_BY_CX1_NAME = {cx1: (cx2, kind) for cx1, cx2, kind in _NAMES}
_BY_CX2_NAME = {cx2: (cx1, kind) for cx1, cx2, kind in _NAMES}


def _values_to_cx2(values: Mapping[str, str]) -> Element:
    converted: Element = {}
    for name, text in values.items():
        if name in _BY_CX1_NAME:
            cx2_name, kind = _BY_CX1_NAME[name]
            try:
                converted[cx2_name] = kind.to_cx2(text)
            except ValueError as error:
                raise refusal(
                    f"Visual property '{name}' has non-numeric value '{shown(text)}'."
                ) from error
    return converted


def _values_to_cx1(values: Mapping[str, Any]) -> Element:
    converted: Element = {}
    for name, value in values.items():
        if name in _BY_CX2_NAME and value is not None:
            cx1_name, kind = _BY_CX2_NAME[name]
            converted[cx1_name] = kind.to_cx1(value)
    return converted


def _object(value: object) -> Element:
    return value if isinstance(value, dict) else {}
