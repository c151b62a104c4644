"""Read the elements of CX1 aspects as the server does: every value is text (contract 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from sync.cx.data_types import CX1_LABELS, is_list_type
from sync.cx.frame import Element, refusal, shown, stream_refusal
from sync.cx.java_text import LONG_RANGE, java_scalar, parse_java_double, parse_java_long


class Attribute(NamedTuple):
    """One attribute of a network, node or edge.

    ``owner`` is the id of the node or edge, None for a network attribute. ``subnetwork`` is the
    Cytoscape sub-network that it applies to, None for all. ``label`` is the data type as sent.
    ``value`` is text, a list of texts for a list type, None if the element has no ``v``; a JSON
    null is the text "null".
    """

    owner: int | None
    subnetwork: int | None
    name: str
    label: str
    value: str | list[str] | None

    @property
    def data_type(self) -> str:
        """The type that the label means."""
        return CX1_LABELS[self.label]

    def element(self) -> Element:
        """Return the attribute as the server writes it to a CX1 file."""
        members = {
            "n": self.name,
            "s": self.subnetwork,
            "d": None if self.data_type == "string" else self.data_type,
            "v": self.value,
            "po": self.owner,
        }
        return {key: value for key, value in members.items() if value is not None or key == "v"}


def read_node(element: Element) -> Element:
    """Return a node with its id as a number and ``n`` and ``r``, if given, as text."""
    node: Element = {"@id": _required_long(element, "@id")}
    _add_texts(node, element, ("n", "r"))
    return node


def read_edge(element: Element) -> Element:
    """Return an edge with its ids as numbers and ``i``, if given, as text."""
    edge: Element = {key: _required_long(element, key) for key in ("@id", "s", "t")}
    _add_texts(edge, element, ("i",))
    return edge


def read_position(element: Element) -> Element:
    """Return an element of ``cartesianLayout`` with its coordinates as numbers."""
    position: Element = {"node": _required_long(element, "node")}
    if "view" in element:
        position["view"] = _long(element, "view")
    for axis in ("x", "y", "z"):
        if axis in element or axis != "z":
            position[axis] = _required_double(element, axis)
    return position


def read_network_attribute(element: Element) -> Attribute:
    """Return one network attribute."""
    return _read_attribute(element, None, "network attribute")


def read_node_attribute(element: Element) -> Attribute:
    """Return one attribute of a node."""
    return _read_attribute(element, _required_long(element, "po"), "node attribute")


def read_edge_attribute(element: Element) -> Attribute:
    """Return one attribute of an edge."""
    return _read_attribute(element, _required_long(element, "po"), "edge attribute")


def read_style(element: Element) -> Element:
    """Return an element of ``cyVisualProperties`` with texts for all its values."""
    style: Element = {"properties_of": _required_text(element, "properties_of")}
    if style["properties_of"] in {"nodes", "edges"}:
        style["applies_to"] = _required_long(element, "applies_to")
    if "view" in element:
        _long(element, "view")  # It is read, but not kept.
    for key in ("properties", "dependencies"):
        if members := _members(element, key):
            style[key] = {name: text_of(value) for name, value in members.items()}
    if mappings := _members(element, "mappings"):
        style["mappings"] = {name: _read_mapping(value) for name, value in mappings.items()}
    return style


def text_of(value: object) -> str:
    """Return a JSON value as the text that the server makes from it: nothing for a container."""
    if type(value) is str:
        return value
    return "" if isinstance(value, dict | list) else java_scalar(value)


def _read_attribute(element: Element, owner: int | None, kind: str) -> Attribute:
    name = _required_text(element, "n")
    label = _required_text(element, "d") if "d" in element else "string"
    if label not in CX1_LABELS:
        raise refusal(f"type '{shown(label)}' is not supported")
    value = _read_value(element)
    if isinstance(value, list) != is_list_type(CX1_LABELS[label]):
        given = "list of values" if isinstance(value, list) else "single value"
        raise refusal(
            f"{kind} element '{shown(name)}': {given} provided, but given data type is {label}"
        )
    subnetwork = _long(element, "s") if "s" in element else None
    return Attribute(owner, subnetwork, name, label, value)


def _read_value(element: Element) -> str | list[str] | None:
    if "v" not in element:
        return None
    raw = element["v"]
    return [text_of(item) for item in raw] if isinstance(raw, list) else text_of(raw)


def _read_mapping(value: object) -> Element:
    if not isinstance(value, dict) or not {"type", "definition"} <= value.keys():
        raise stream_refusal("A mapping of cyVisualProperties lacks its type or definition.")
    mapping = {"type": text_of(value["type"]), "definition": text_of(value["definition"])}
    if not mapping["definition"]:
        raise refusal("mappping definition must not be null or empty")
    return mapping


def _members(element: Element, key: str) -> Mapping[str, Any]:
    members = element.get(key)
    return members if isinstance(members, dict) else {}


def _add_texts(target: Element, element: Element, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in element:
            target[key] = text_of(element[key])


def _required_text(element: Element, key: str) -> str:
    text = text_of(element[key]) if key in element else ""
    if not text:
        fault = f"malformed CX json: element '{key}' is missing"
        raise stream_refusal(fault, f"{fault} in {orjson.dumps(element).decode()}")
    return text


def _required_long(element: Element, key: str) -> int:
    value = element.get(key)
    if type(value) is int and value in LONG_RANGE:
        return value
    return _parse_long(_required_text(element, key), key)


def _long(element: Element, key: str) -> int:
    return _parse_long(text_of(element[key]), key)


def _parse_long(text: str, key: str) -> int:
    try:
        return parse_java_long(text)
    except ValueError as error:
        fault = f"malformed CX json: element '{key}' has mal-formed long integer: {shown(text)}"
        raise stream_refusal(fault, f"{fault}. Error: {error}") from error


def _required_double(element: Element, key: str) -> float:
    text = _required_text(element, key)
    try:
        return parse_java_double(text)
    except ValueError as error:
        fault = f"malformed CX json: element '{key}' is not a number: {shown(text)}"
        raise refusal(fault, str(error)) from error
