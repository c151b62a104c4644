"""Rebuild stored files with other network attributes, as a metadata edit does (contract 3.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import isnan

from sync.cx.data_types import is_list_type, parse_typed
from sync.cx.frame import Element, refusal, shown, split_fragment
from sync.errors import NetworkError
from sync.sandbox.cx1.elements import Attribute
from sync.sandbox.cx1.metadata import read_metadata
from sync.sandbox.cx1.typed import type_network_attributes
from sync.sandbox.cx1.validate import read_fragments
from sync.sandbox.cx_files import read_aspects, write_cx1, write_cx2

_FRAME = ("metaData", "status", "numberVerification")
_NETWORK = "networkAttributes"
ATTRIBUTES = (_NETWORK, "nodeAttributes", "edgeAttributes")
"""The aspects of CX1 that hold attributes."""


class JavaFault(NetworkError):
    """An error that the server does not handle; ``kind`` is its Java class."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def replace_in_cx1(cx1: bytes, attributes: Sequence[Attribute]) -> bytes:
    """Return the file with these network attributes, and without its empty parts."""
    aspects = {name: found for name, found in read_aspects(cx1).items() if found}
    metadata = {entry["name"]: entry for entry in aspects.get("metaData", [])}
    for name in (*_FRAME, _NETWORK):
        aspects.pop(name, None)
    aspects |= {name: without_string_types(aspects[name]) for name in ATTRIBUTES if name in aspects}
    for style in aspects.get("cyVisualProperties", []):
        given = style.get("properties") or {}
        style["properties"] = {name: text for name, text in given.items() if text is not None}
        if not given:
            del style["properties"]
    entry = metadata.get(_NETWORK, {"name": _NETWORK, "version": "1.0"})
    if attributes:
        aspects[_NETWORK] = [attribute.element() for attribute in attributes]
        metadata[_NETWORK] = entry | {"elementCount": len(attributes)}
    else:
        metadata.pop(_NETWORK, None)
    return write_cx1(aspects, list(metadata.values()))


def replace_aspects(cx1: bytes, body: bytes) -> bytes:
    """Return the file with the aspects of ``body`` in place of its own (contract 3.2).

    Raises NetworkError for a body that is not CX1.
    """
    aspects = read_aspects(cx1)
    metadata = {entry["name"]: entry for entry in aspects.get("metaData", [])}
    sent: dict[str, list[Element]] = {}
    for name, value in map(split_fragment, read_fragments(body)):
        sent.setdefault(name, []).extend(value if isinstance(value, list) else [])
    metadata |= {entry.name: entry.element() for entry in read_metadata(sent.get("metaData", []))}
    for name in (*_FRAME, *sent):
        aspects.pop(name, None)
    aspects |= {name: elements for name, elements in sent.items() if name not in _FRAME}
    return write_cx1(aspects, list(metadata.values()))


def without_string_types(attributes: Sequence[Element]) -> list[Element]:
    """Return attributes of CX1 as they are after the server has read and written them once."""
    return [
        {key: value for key, value in element.items() if (key, value) != ("d", "string")}
        for element in attributes
    ]


def replace_in_cx2(cx2: bytes, attributes: Sequence[Attribute]) -> bytes:
    """Return the file with these network attributes and their declarations.

    Raises NetworkError for two attributes of one name and for text that is not a value of its type.
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
    # Once the declarations are missing from the metadata, nothing adds them again.
    if not values or "attributeDeclarations" not in counts:
        counts["attributeDeclarations"] = None
    return write_cx2({n: aspects[n] for n in counts if n in aspects} | aspects, counts)


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
