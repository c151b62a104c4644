"""Convert visual aspects between CX1 and CX2 (contract 5.3).

``cyVisualProperties`` holds everything in CX1. CX2 has ``visualProperties`` for defaults and
mappings, ``nodeBypasses`` and ``edgeBypasses`` for single elements and ``visualEditorProperties``
for Cytoscape's own switches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sync.cx.attribute_rules import Declaration
from sync.cx.data_types import element_type
from sync.cx.frame import Element, null_refusal, refusal, shown
from sync.cx.java_text import parse_java_boolean, parse_java_double
from sync.sandbox.cx1.elements import text_of
from sync.sandbox.style_mappings import mapping_to_cx1, mapping_to_cx2
from sync.sandbox.visual_values import CX1_PROPERTIES, CX2_PROPERTIES

Types = Mapping[str, Mapping[str, str]]
"""The data types of attributes, by CX2 aspect and name."""

_GROUPS = {"network": "network", "nodes:default": "node", "edges:default": "edge"}
_BYPASSES = {"nodes": "nodeBypasses", "edges": "edgeBypasses"}
_OWNERS = {"nodes:default": "nodes", "edges:default": "edges"}
_MAPPINGS = {"nodes:default": "nodeMapping", "edges:default": "edgeMapping"}
_SIZE_LOCKED = "nodeSizeLocked"
_SIZE_SYNC = "nodeCustomGraphicsSizeSync"
_ARROWS_MATCH = "arrowColorMatchesEdge"
_SWITCHES = {
    "nodes:default": {_SIZE_SYNC: "true", _SIZE_LOCKED: "false"},
    "edges:default": {_ARROWS_MATCH: "false"},
}
_LOCKS = {"nodes": _SIZE_LOCKED, "edges": _ARROWS_MATCH}
_VIEW = ("NETWORK_CENTER_X_LOCATION", "NETWORK_CENTER_Y_LOCATION", "NETWORK_SCALE_FACTOR")
_EDGE_COLORS = (
    "EDGE_STROKE_UNSELECTED_PAINT",
    "EDGE_SOURCE_ARROW_UNSELECTED_PAINT",
    "EDGE_TARGET_ARROW_UNSELECTED_PAINT",
)


def styles_to_cx2(elements: list[Element], types: Types) -> dict[str, list[Element]]:
    """Return the visual aspects of CX2 that are not empty.

    Raises NetworkError for a group, value or mapping that the server cannot convert.
    """
    style: Element = {"default": {"network": {}, "node": {}, "edge": {}}}
    switches: Element = {}
    aspects: dict[str, list[Element]] = {}
    for element in elements:
        owner = element["properties_of"]
        if owner in _GROUPS:
            _add_switches(switches, element)
            style["default"][_GROUPS[owner]] = _values_to_cx2(_unlocked(element, owner, switches))
            if mappings := _mappings_to_cx2(element, types):
                style[_MAPPINGS[owner]] = mappings
        elif owner in _BYPASSES:
            if _LOCKS[owner] not in switches:
                raise null_refusal(f"A bypass of {owner} comes without the default style.")
            if values := _values_to_cx2(_unlocked(element, owner, switches)):
                bypass = {"id": element["applies_to"], "v": values}
                aspects.setdefault(_BYPASSES[owner], []).append(bypass)
        else:
            raise refusal(
                f"'{shown(owner)}' is not a supported Cytoscape visual property group. Please "
                "upgrade your cyNDEx-2 app to the latest version in Cytoscape and try again."
            )
    if any(style["default"].values()) or len(style) > 1:
        aspects["visualProperties"] = [style]
    if switches:
        aspects["visualEditorProperties"] = [{"properties": switches}]
    return aspects


def styles_to_cx1(
    aspects: Mapping[str, list[Element]], declared: Mapping[str, Mapping[str, Declaration]]
) -> list[Element]:
    """Return the elements of ``cyVisualProperties``; none if CX2 has no visualProperties."""
    styles, editors = aspects.get("visualProperties"), aspects.get("visualEditorProperties")
    if not styles:
        return []
    editor = (editors[0].get("properties") or {}) if editors else {}
    elements = [_group_to_cx1(styles[0], owner, editor, declared) for owner in _GROUPS]
    for owner, aspect in _BYPASSES.items():
        for bypass in aspects.get(aspect, []):
            values = _values_to_cx1(bypass["v"])
            place = {"properties_of": owner, "applies_to": bypass["id"]}
            elements.append(place | ({"properties": values} if values else {}))
    return elements


def _add_switches(switches: Element, element: Element) -> None:
    owner, given = element["properties_of"], element.get("dependencies", {})
    for name in _SWITCHES.get(owner, ()):
        switches[name] = parse_java_boolean(given.get(name))
    if owner == "network":
        values = element.get("properties", {})
        for name in [name for name in _VIEW if name in values]:
            try:
                switches[name] = parse_java_double(values[name])
            except ValueError as error:
                raise refusal(f"{name} cannot be {shown(values[name])}.", str(error)) from error


def _unlocked(element: Element, owner: str, switches: Element) -> dict[str, str]:
    """Return the properties of CX1 that apply, given Cytoscape's own switches."""
    values = dict(element.get("properties", {}))
    if owner.startswith("nodes") and switches.get(_SIZE_LOCKED) and "NODE_SIZE" in values:
        values |= dict.fromkeys(("NODE_WIDTH", "NODE_HEIGHT"), values["NODE_SIZE"])
    if owner.startswith("edges") and switches.get(_ARROWS_MATCH):
        color = values.get("EDGE_UNSELECTED_PAINT")
        values = {name: value for name, value in values.items() if name not in _EDGE_COLORS}
        values |= {} if color is None else dict.fromkeys(_EDGE_COLORS, color)
    return values


def _mappings_to_cx2(element: Element, types: Types) -> Element:
    owner = _OWNERS.get(element["properties_of"], "")
    mappings = element.get("mappings", {}) if owner else {}
    return {
        found[0]: mapping_to_cx2(name, mapping, types.get(owner, {}))
        for name, mapping in mappings.items()
        if (found := CX2_PROPERTIES.get(name)) is not None
    }


def _values_to_cx2(values: Mapping[str, str]) -> Element:
    converted: Element = {}
    for name, text in values.items():
        if (found := CX2_PROPERTIES.get(name)) is not None:
            cx2_name, kind = found
            try:
                value = kind.to_cx2(text)
            except ValueError as error:
                raise refusal(
                    f"Visual property {shown(name)} cannot be {shown(text)}: {error}", str(error)
                ) from error
            if value is not None:
                converted[cx2_name] = value
    return converted


def _values_to_cx1(values: Mapping[str, Any]) -> Element:
    return {
        found[0]: found[1].to_cx1(value)
        for name, value in values.items()
        if value is not None and (found := CX1_PROPERTIES.get(name)) is not None
    }


def _group_to_cx1(
    style: Element,
    owner: str,
    editor: Element,
    declared: Mapping[str, Mapping[str, Declaration]],
) -> Element:
    values = _values_to_cx1((style.get("default") or {}).get(_GROUPS[owner]) or {})
    if owner == "network":
        values |= {name: text_of(editor[name]) for name in _VIEW if name in editor}
    values |= dict(_locked(owner, values, editor))
    types = {
        name: element_type(item.data_type)
        for name, item in declared.get(_OWNERS.get(owner, ""), {}).items()
    }
    mappings = {
        found[0]: mapping_to_cx1(name, mapping, types)
        for name, mapping in (style.get(_MAPPINGS.get(owner, "")) or {}).items()
        if (found := CX1_PROPERTIES.get(name)) is not None
    }
    switches = {
        name: text_of(editor.get(name, usual)) for name, usual in _SWITCHES.get(owner, {}).items()
    }
    element = {"properties": values, "dependencies": switches, "mappings": mappings}
    return {"properties_of": owner} | {key: part for key, part in element.items() if part}


def _locked(owner: str, values: Element, editor: Element) -> Iterator[tuple[str, str | None]]:
    """Yield what Cytoscape reads instead of other properties if a switch is set."""
    if owner == "nodes:default" and editor.get(_SIZE_LOCKED) is not None:
        yield "NODE_SIZE", values.get("NODE_WIDTH")
    if owner == "edges:default" and editor.get(_ARROWS_MATCH) is not None:
        yield "EDGE_UNSELECTED_PAINT", values.get("EDGE_STROKE_UNSELECTED_PAINT")
