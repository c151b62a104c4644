"""Stored files with other network attributes: what a metadata edit does to them (contract 3.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import isnan

from sync.cx.data_types import is_list_type, parse_typed
from sync.cx.elements_cx1 import Attribute
from sync.cx.frame import Element, refusal, shown
from sync.cx.typed_cx1 import type_network_attributes
from sync.errors import NetworkError
from sync.sandbox.cx_files import read_aspects, write_cx1, write_cx2

_FRAME = ("metaData", "status", "numberVerification")
_NETWORK = "networkAttributes"


class JavaFault(NetworkError):
    """An error that the server does not foresee; ``kind`` is its Java class."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def replace_in_cx1(cx1: bytes, attributes: Sequence[Attribute]) -> bytes:
    """Return the file with these network attributes; those of sub-networks stay."""
    aspects = read_aspects(cx1)
    order = tuple(aspects)
    metadata = {entry["name"]: entry for entry in aspects.get("metaData", [])}
    kept = [element for element in aspects.get(_NETWORK, []) if "s" in element]
    elements = [*(attribute.element() for attribute in attributes), *kept]
    for name in (*_FRAME, _NETWORK):
        aspects.pop(name, None)
    entry = metadata.pop(_NETWORK, {"name": _NETWORK, "version": "1.0"})
    if elements:
        aspects[_NETWORK] = elements
        metadata[_NETWORK] = entry | {"elementCount": len(elements)}
    return write_cx1(aspects, list(metadata.values()), order=order)


def replace_in_cx2(cx2: bytes, attributes: Sequence[Attribute]) -> bytes:
    """Return the file with these network attributes and their declarations.

    Raises NetworkError for two attributes of one name and for text that is no value of its type.
    """
    ((twice, times),) = Counter(item.name for item in attributes).most_common(1) or [("", 0)]
    if times > 1:
        raise refusal(f"Duplicated network attribute name found: {shown(twice)}")
    for item in attributes:
        _check_number(item)
    values = type_network_attributes(attributes, [])
    aspects = read_aspects(cx2)
    counts: dict[str, int | None] = {
        entry["name"]: entry["elementCount"] for entry in aspects.get("metaData", [])
    }
    declared: Element = dict(aspects.get("attributeDeclarations", [{}])[0])
    for name in (*_FRAME, _NETWORK):
        aspects.pop(name, None)
        counts.pop(name, None)
    declared.pop(_NETWORK, None)
    if values:
        declared[_NETWORK] = {item.name: {"d": item.data_type} for item in attributes}
        aspects[_NETWORK] = [values]
    aspects["attributeDeclarations"] = [declared]
    # Once they are out of the metadata nothing brings the declarations back there.
    if not values or "attributeDeclarations" not in counts:
        counts["attributeDeclarations"] = None
    return write_cx2(aspects, counts)


def _check_number(item: Attribute) -> None:
    if is_list_type(item.data_type):
        return
    try:
        value = parse_typed(item.data_type, item.value)
    except ValueError as error:
        text = "null" if item.value is None else item.value
        raise JavaFault(
            "java.lang.NumberFormatException",
            f"Non numeric value '{text}' is declared as type {item.data_type}.",
        ) from error
    if isinstance(value, float) and isnan(value):
        raise refusal(
            f"Value of attribute {item.name} is NaN, which is not a supported double value in CX2."
        )
