"""Check which styles the server reads and converts to CX1 (contract 5.1, "Refused styles").

Reading builds objects for the values that have parts, such as a label position; converting turns
every value into the text of CX1. Both fail on nulls and on values of the wrong type. Styles are
only converted if there are ``visualProperties``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sync.cx.attribute_rules import Declaration
from sync.cx.data_types import CX2_LABELS
from sync.cx.frame import (
    Element,
    cast_refusal,
    null_refusal,
    refusal,
    shown,
    stream_refusal,
)
from sync.cx.java_text import java_scalar

_GROUPS = ("network", "node", "edge")
_OWNERS = {"nodeMapping": "nodes", "edgeMapping": "edges"}
_MAPPING_TYPES = ("PASSTHROUGH", "DISCRETE", "CONTINUOUS")
_SWITCHES = ("nodeSizeLocked", "arrowColorMatchesEdge")
_VIEW = ("NETWORK_CENTER_X_LOCATION", "NETWORK_CENTER_Y_LOCATION", "NETWORK_SCALE_FACTOR")
_CONTROL_POINTS = "EDGE_CONTROL_POINTS"
_HORIZONTAL = ("left", "center", "right")
_VERTICAL = ("top", "center", "bottom")

_NODE = """
    BACKGROUND_COLOR BACKGROUND_OPACITY BORDER_COLOR BORDER_OPACITY BORDER_STYLE
    BORDER_WIDTH HEIGHT LABEL LABEL_COLOR LABEL_FONT_FACE LABEL_FONT_SIZE LABEL_MAX_WIDTH
    LABEL_OPACITY LABEL_POSITION LABEL_ROTATION SELECTED SELECTED_PAINT SHAPE TOOLTIP
    VISIBILITY WIDTH X_LOCATION Y_LOCATION Z_LOCATION
"""
_EDGE = """
    CURVED LABEL LABEL_COLOR LABEL_FONT_FACE LABEL_FONT_SIZE LABEL_MAX_WIDTH LABEL_OPACITY
    LABEL_ROTATION LINE_COLOR LINE_STYLE OPACITY SELECTED SELECTED_PAINT
    SOURCE_ARROW_COLOR SOURCE_ARROW_SHAPE SOURCE_ARROW_SIZE STACKING STACKING_DENSITY
    STROKE_SELECTED_PAINT TARGET_ARROW_COLOR TARGET_ARROW_SHAPE TARGET_ARROW_SIZE TOOLTIP
    VISIBILITY WIDTH Z_ORDER
"""
_MAPPABLE = frozenset(
    {"COMPOUND_NODE_PADDING", "COMPOUND_NODE_SHAPE"}
    | {f"NODE_{name}" for name in _NODE.split()}
    | {f"EDGE_{name}" for name in _EDGE.split()}
)
_GRAPHICS = re.compile(r"NODE_CUSTOMGRAPHICS_(?:(?P<part>SIZE|POSITION)_)?[1-9]")


def read_style(element: Element) -> Element:
    """Return an element of ``visualProperties`` with the members that the server keeps.

    Raises:
        UploadRefused: the server cannot read it.
    """
    style: Element = {}
    default = _read_object(element.get("default"), "default")
    if default is not None:
        style["default"] = {
            group: _read_values(default.get(group), f"default of {group}")
            for group in _GROUPS
            if default.get(group) is not None
        }
    for name in _OWNERS:
        mappings = _read_object(element.get(name), name)
        if mappings is not None:
            style[name] = {prop: _read_mapping(mapping, prop) for prop, mapping in mappings.items()}
    return style


def read_bypass_values(element: Element, aspect: str) -> Element:
    """Return the values of a bypass.

    Raises:
        UploadRefused: the server cannot read them.
    """
    return _read_values(element.get("v"), f"element of {aspect}") or {}


def read_editor(element: Element) -> Element:
    """Return an element of ``visualEditorProperties``; ``properties`` is null if it is sent so.

    Raises:
        UploadRefused: the server cannot read it.
    """
    return {"properties": _read_object(element.get("properties", {}), "properties")}


def check_style(style: Element, declarations: Mapping[str, Mapping[str, Declaration]]) -> None:
    """Check that the server can convert a style that it has read.

    Raises:
        UploadRefused: it cannot.
    """
    default = style.get("default", {})
    if default.get("network", {}).get("NETWORK_BACKGROUND_COLOR", "") is None:
        raise null_refusal("NETWORK_BACKGROUND_COLOR is null.")
    for group in ("node", "edge"):
        for prop, value in default.get(group, {}).items():
            _check_value(prop, value, f"the default style of a {group}")
    for name, owner in _OWNERS.items():
        for prop, mapping in style.get(name, {}).items():
            _check_mapping(prop, mapping, declarations.get(owner, {}))


def check_bypass(bypass: Element, aspect: str) -> None:
    """Check that the server can convert the values of a bypass.

    Raises:
        UploadRefused: it cannot.
    """
    for prop, value in bypass["v"].items():
        _check_value(prop, value, f"{aspect} of {bypass['id']}")


def check_editor(elements: Iterable[Element]) -> None:
    """Check that the server can convert the switches of Cytoscape's editor.

    Raises:
        UploadRefused: it cannot.
    """
    for element in elements:
        properties = element["properties"]
        if properties is None:
            raise null_refusal("The properties of visualEditorProperties are null.")
        for name in _SWITCHES:
            if not isinstance(properties.get(name), bool | None):
                raise cast_refusal(f"{name} of visualEditorProperties is not true or false.")
        for name in _VIEW:
            if properties.get(name, "") is None:
                raise null_refusal(f"{name} of visualEditorProperties is null.")


def _read_object(value: object, where: str) -> Element | None:
    if not isinstance(value, dict | None):
        raise stream_refusal(f"'{where}' of a style is not an object.")
    return value


def _read_values(value: object, where: str) -> Element | None:
    values = _read_object(value, where)
    for prop, part in (values or {}).items():
        if isinstance(part, list if prop == _CONTROL_POINTS else dict):
            _read_parts(prop, part)
    return values


def _read_parts(prop: str, value: object) -> None:
    """Check that the server can make its object from a value that has parts."""
    require = _PARTS.get(_kind(prop))
    if require is not None and not require(value):
        raise stream_refusal(f"{prop} lacks a part, or has one of the wrong type.")


def _read_mapping(mapping: object, prop: str) -> Element | None:
    mapping = _read_object(mapping, prop)
    if mapping is None:
        return None
    kind, definition = mapping.get("type"), mapping.get("definition")
    if kind is not None and kind not in _MAPPING_TYPES:
        raise stream_refusal(f"The mapping of {prop} has the unknown type {shown(kind)}.")
    if isinstance(definition, str):
        definition = {"attribute": definition}
    definition = _read_object(definition, f"definition of the mapping of {prop}")
    return {"type": kind, "definition": definition and _read_definition(definition, prop)}


def _read_definition(definition: Element, prop: str) -> Element:
    attribute, label = definition.get("attribute"), definition.get("type")
    if isinstance(attribute, dict | list):
        raise stream_refusal(f"The attribute of the mapping of {prop} is not a text.")
    if label is not None and (not isinstance(label, str) or label not in CX2_LABELS):
        raise stream_refusal(f"data type {shown(label)} is not supported in this version of CX.")
    entries = definition.get("map")
    if not isinstance(entries, list | None):
        raise stream_refusal(f"The map of the mapping of {prop} is not a list.")
    if not all(isinstance(entry, dict | None) for entry in entries or ()):
        raise stream_refusal(f"An entry of the mapping of {prop} is not an object.")
    return definition


def _check_mapping(prop: str, mapping: Element | None, declared: Mapping[str, Declaration]) -> None:
    definition = mapping and mapping["definition"]
    if mapping is None or definition is None:
        raise null_refusal(f"The mapping of {prop} has no definition.")
    _check_attribute(prop, definition, declared)
    if mapping["type"] is None:
        raise refusal(f"Mapping type is missing for visual property {shown(prop)}")
    if prop not in _MAPPABLE and not _GRAPHICS.fullmatch(prop) and prop not in _PARTS:
        raise refusal(f"{shown(prop)} cannot be mapped.", "Unknow server error.")
    entries = definition.get("map") or ()
    if None in entries:
        raise null_refusal(f"An entry of the mapping of {prop} is null.")
    if mapping["type"] == "DISCRETE":
        for entry in entries:
            _check_entry(prop, entry)
    elif mapping["type"] == "CONTINUOUS":
        for number, entry in enumerate(entries):
            _check_range(prop, entry, definition.get("attribute"), first=number == 0)


def _check_attribute(prop: str, definition: Element, declared: Mapping[str, Declaration]) -> None:
    name = java_scalar(definition.get("attribute"))
    if name not in declared:
        if definition.get("type") is None:
            raise refusal(f"Mapping error: {prop} lacks data type on attribute '{shown(name)}'.")
    elif declared[name].label is None:
        raise null_refusal(f"The mapping of {prop} uses {shown(name)}, declared without 'd'.")


def _check_entry(prop: str, entry: Element) -> None:
    where = f"an entry of the mapping of {prop}"
    value, key = entry.get("vp"), entry.get("v")
    _check_value(prop, value, where)
    require = _PARTS.get(_kind(prop))
    if require is not None and not require(value):
        raise cast_refusal(f"{prop} lacks a part, or has one of the wrong type, in {where}.")
    if key is None:
        raise null_refusal(f"'v' is missing or null in {where}.")


def _check_range(prop: str, entry: Element, attribute: object, *, first: bool) -> None:
    where = f"a range of the mapping of {prop}"
    for name in ("includeMin", "includeMax"):
        if not isinstance(entry.get(name), bool | None):
            raise cast_refusal(f"'{name}' is not true or false in {where}.")
    if entry.get("minVPValue") is None and entry.get("maxVPValue") is None:
        raise refusal(
            f"minVPValue and maxVPValue are both missing in CONTINUOUS mapping of {prop} on column "
            f"{shown(attribute)}"
        )
    lower, upper = first and entry.get("min") is not None, first or entry.get("max") is not None
    if lower or not first:
        _check_end(prop, entry, "minVPValue", where)
    if upper:
        _check_end(prop, entry, "maxVPValue", where)
    needed = ["max", "includeMax"] if first else ["includeMin", *(["includeMax"] if upper else [])]
    for name in needed:
        if entry.get(name) is None:
            raise null_refusal(f"'{name}' is missing or null in {where}.")


def _check_end(prop: str, entry: Element, end: str, where: str) -> None:
    if _kind(prop) in _PARTS:
        raise cast_refusal(f"{prop} cannot have a CONTINUOUS mapping.")
    _check_value(prop, entry.get(end), where)


def _check_value(prop: str, value: Any, where: str) -> None:
    """Check that a value can be turned into the text of CX1."""
    if value is None:
        raise null_refusal(f"{prop} is null in {where}.")
    kind = _kind(prop)
    if kind in _PARTS and not isinstance(value, list if kind == _CONTROL_POINTS else dict):
        raise cast_refusal(f"{prop} has to be an object with its parts in {where}.")
    if kind == "FONT_FACE" and not _is_whole_font(value):
        raise null_refusal(f"{prop} lacks its family, weight or style in {where}.")
    if kind == "GRAPHICS" and (value.get("type") is None or value.get("properties") is None):
        raise null_refusal(f"{prop} has no type or no properties in {where}.")
    if prop.endswith("_OPACITY") and (
        isinstance(value, bool) or not isinstance(value, int | float)
    ):
        raise cast_refusal(f"{prop} has to be a number in {where}.")
    if prop == "NODE_SHAPE" and not isinstance(value, str):
        raise cast_refusal(f"{prop} has to be a text in {where}.")


def _kind(prop: str) -> str:
    """Return the name under which ``_PARTS`` describes a property."""
    if prop in {"NODE_LABEL_FONT_FACE", "EDGE_LABEL_FONT_FACE"}:
        return "FONT_FACE"
    if graphics := _GRAPHICS.fullmatch(prop):
        return graphics["part"] or "GRAPHICS"
    return prop


def _is_whole_font(font: Element) -> bool:
    if font.get("FONT_NAME"):
        return True
    return all(font.get(f"FONT_{part}") is not None for part in ("FAMILY", "WEIGHT", "STYLE"))


def _has_font_texts(value: Any) -> bool:
    parts = ("FONT_FAMILY", "FONT_STYLE", "FONT_WEIGHT", "FONT_NAME")
    return isinstance(value, dict) and all(isinstance(value.get(p), str | None) for p in parts)


def _has_margins(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("JUSTIFICATION") in _HORIZONTAL
        and _are_numbers(value, "MARGIN_X", "MARGIN_Y")
    )


def _has_label_position(value: Any) -> bool:
    return (
        _has_margins(value)
        and all(value.get(f"HORIZONTAL_{end}") in _HORIZONTAL for end in ("ALIGN", "ANCHOR"))
        and all(value.get(f"VERTICAL_{end}") in _VERTICAL for end in ("ALIGN", "ANCHOR"))
    )


def _has_anchors(first: str, second: str) -> Callable[[Any], bool]:
    return lambda value: (
        _has_margins(value)
        and isinstance(value.get(first), str)
        and isinstance(value.get(second), str)
    )


def _has_graphics(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("name") is not None
        and isinstance(value.get("type"), str | None)
        and isinstance(value.get("properties"), dict | None)
    )


def _has_control_points(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(point, dict) and _are_numbers(point, "sin", "cos", "ratio") for point in value
    )


def _are_numbers(value: Element, *names: str) -> bool:
    return all(type(value.get(name)) in (int, float) for name in names)


_PARTS: Mapping[str, Callable[[Any], bool]] = {
    "FONT_FACE": _has_font_texts,
    "NODE_LABEL_POSITION": _has_label_position,
    "EDGE_LABEL_POSITION": _has_anchors("EDGE_ANCHOR", "LABEL_ANCHOR"),
    "POSITION": _has_anchors("ENTITY_ANCHOR", "GRAPHICS_ANCHOR"),
    "GRAPHICS": _has_graphics,
    _CONTROL_POINTS: _has_control_points,
}
"""The values that have parts, by property or kind, each with a check of its parts."""
