"""Bring CX2 into the form in which the server returns it (contract 5.1, "Written back").

What is sent in this form is returned as it was sent, apart from the order of members and metadata.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sync.cx.data_types import CX2_LABELS
from sync.cx.frame import Element, read_double, read_long
from sync.errors import NetworkError

_STYLES = "visualProperties"
_GROUPS = ("network", "node", "edge")
_MAPPINGS = ("nodeMapping", "edgeMapping")
_MAPPING_MEMBERS = ("type", "definition")
_NUMBERS: Mapping[str, Mapping[str, Callable[[object, str], float | None]]] = {
    "nodes": {"id": read_long, "x": read_double, "y": read_double, "z": read_double},
    "edges": {"id": read_long, "s": read_long, "t": read_long},
    "nodeBypasses": {"id": read_long},
    "edgeBypasses": {"id": read_long},
}


def to_server_form(aspects: Mapping[str, list[Element]]) -> dict[str, list[Element]]:
    """Return the aspects that have elements in the form in which the server returns them.

    Ids become whole numbers and coordinates doubles. Missing style groups are added, though empty.
    Empty ``v``, empty ``map`` and members that the server drops are left out. What has the wrong
    type stays unchanged; ``validate_cx2`` refuses it.
    """
    formed = {
        name: [_FORMS.get(name, dict)(element) for element in elements]
        for name, elements in aspects.items()
        if elements
    }
    if _STYLES in formed:
        style = formed[_STYLES][0]
        if isinstance(style.setdefault("default", {}), dict):
            style["default"] = {group: {} for group in _GROUPS} | style["default"]
    return formed


def declared_type(label: object) -> object:
    """Return the data type of a declaration as the server writes it: ``float`` is ``double``."""
    if label is None:
        return "string"
    return CX2_LABELS.get(label, label) if isinstance(label, str) else label


def _form_numbers(element: Element, aspect: str) -> Element:
    formed = dict(element)
    for member, read in _NUMBERS[aspect].items():
        if member in formed:
            try:
                formed[member] = read(formed[member], member)
            except NetworkError:
                continue
            if formed[member] is None:
                del formed[member]
    return formed


def _form_owner(aspect: str) -> Callable[[Element], Element]:
    def form(element: Element) -> Element:
        formed = _form_numbers(element, aspect)
        if not formed.get("v"):
            formed.pop("v", None)
        return formed

    return form


def _form_bypass(aspect: str) -> Callable[[Element], Element]:
    return lambda element: _form_numbers(element, aspect) | {"v": element.get("v") or {}}


def _form_style(element: Element) -> Element:
    formed: Element = {}
    if (default := element.get("default")) is not None:
        formed["default"] = _without_strangers(default, _GROUPS)
    for name in _MAPPINGS:
        if (mappings := element.get(name)) is not None:
            formed[name] = _form_mappings(mappings)
    return formed


def _form_mappings(mappings: Any) -> Any:
    if not isinstance(mappings, dict):
        return mappings
    return {name: _form_mapping(mapping) for name, mapping in mappings.items()}


def _form_mapping(mapping: Any) -> Any:
    formed = _without_strangers(mapping, _MAPPING_MEMBERS)
    definition = formed.get("definition") if isinstance(formed, dict) else None
    if isinstance(definition, str):
        formed["definition"] = {"attribute": definition}
    elif isinstance(definition, dict):
        formed["definition"] = _form_definition(definition)
    return formed


def _form_definition(definition: Element) -> Element:
    formed = {name: value for name, value in definition.items() if value is not None}
    if not formed.get("map", True):
        del formed["map"]
    if "type" in formed:
        formed["type"] = declared_type(formed["type"])
    return formed


def _form_editor(element: Element) -> Element:
    properties = element.get("properties")
    return {"properties": {} if properties is None else properties}


def _without_strangers(value: Any, members: tuple[str, ...]) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: value[name] for name in members if value.get(name) is not None}


_FORMS: Mapping[str, Callable[[Element], Element]] = {
    "nodes": _form_owner("nodes"),
    "edges": _form_owner("edges"),
    "nodeBypasses": _form_bypass("nodeBypasses"),
    "edgeBypasses": _form_bypass("edgeBypasses"),
    _STYLES: _form_style,
    "visualEditorProperties": _form_editor,
}
