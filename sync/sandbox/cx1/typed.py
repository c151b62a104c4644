"""Type the texts of CX1 as the conversion to CX2 does (contract 5.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import orjson

from sync.cx.data_types import element_type, parse_typed
from sync.cx.frame import Element, refusal, shown
from sync.sandbox.cx1.elements import Attribute

CONTEXT = "@context"
"""The aspect of name spaces, which becomes a network attribute of that name in CX2."""

_OWNERS = {"nodeAttributes": "nodes", "edgeAttributes": "edges"}
_RESERVED = {"nodes": {"n": "name", "r": "represents"}, "edges": {"i": "interaction"}}
_MOST_WARNINGS = 20
_WARNING_PREFIX = "CX2-CONVERTER: "


@dataclass(frozen=True, slots=True)
class TypedValues:
    """The values of a network, its nodes and its edges, by id and attribute name.

    ``types`` has the data type of each attribute, by the CX2 aspect it goes to.
    """

    network: Mapping[str, Any]
    nodes: Mapping[int, Mapping[str, Any]]
    edges: Mapping[int, Mapping[str, Any]]
    types: Mapping[str, Mapping[str, str]]
    warnings: tuple[str, ...]


def attribute_types(
    aspects: Mapping[str, list[Element]], attributes: Mapping[str, list[Attribute]]
) -> dict[str, dict[str, str]]:
    """Return the data type of each attribute, by the CX2 aspect that it goes to.

    Raises NetworkError if an attribute of nodes or edges has two types. If two network attributes
    have the same name, the last counts.
    """
    types = {"networkAttributes": {a.name: a.data_type for a in attributes["networkAttributes"]}}
    for source, target in _OWNERS.items():
        found = types.setdefault(target, {})
        for member, name in _RESERVED[target].items():
            if any(member in element for element in aspects.get(target, ())):
                found[name] = "string"
        for attribute in attributes[source]:
            known = found.setdefault(attribute.name, attribute.data_type)
            if known != attribute.data_type:
                raise refusal(
                    f"Data error in {source} object {orjson.dumps(attribute.element()).decode()}. "
                    f"Cause: data type {attribute.data_type} is inconsistent with previously "
                    f"declared data type {known}"
                )
    return types


def type_values(
    aspects: Mapping[str, list[Element]],
    attributes: Mapping[str, list[Attribute]],
    types: Mapping[str, Mapping[str, str]],
) -> TypedValues:
    """Return all values with their types.

    Raises NetworkError for text that does not fit its type, for an attribute with two values, and
    for one whose node or edge does not exist.
    """
    warnings: list[str] = []
    network = type_network_attributes(attributes["networkAttributes"], warnings)
    if aspects.get(CONTEXT) and CONTEXT in network:
        raise refusal("Invalid CX data: '@context' is definded a network attribute and an aspect.")
    owned = {
        target: _type_owned(aspects.get(target, []), target, attributes[source], warnings)
        for source, target in _OWNERS.items()
    }
    return TypedValues(network, owned["nodes"], owned["edges"], types, tuple(warnings))


def type_network_attributes(attributes: Iterable[Attribute], warnings: list[str]) -> dict[str, Any]:
    """Return the typed values of network attributes, adding to the warnings.

    Raises NetworkError for text that does not fit its type, and for two values of one name.
    """
    values: dict[str, Any] = {}
    for attribute in attributes:
        try:
            value = _typed(attribute, "", warnings)
        except ValueError as error:
            raise refusal(
                f"For network attribute '{shown(attribute.name)}' unable to convert value  to "
                f"'{attribute.data_type}' : {error}"
            ) from error
        known = values.setdefault(attribute.name, value)
        if known != value:
            raise refusal(
                "Inconsistent network attribute value found on attribute "
                f"'{shown(attribute.name)}'. It has value ({shown(known)}) and "
                f"({orjson.dumps(attribute.value).decode()})"
            )
    return values


def _type_owned(
    elements: Iterable[Element],
    aspect: str,
    attributes: Iterable[Attribute],
    warnings: list[str],
) -> dict[int, dict[str, Any]]:
    reserved = [
        Attribute(element["@id"], None, name, "string", element[key])
        for element in elements
        for key, name in _RESERVED[aspect].items()
        if key in element
    ]
    owned: dict[int, dict[str, Any]] = {element["@id"]: {} for element in elements}
    # Edges are read after their attributes, as a refusal shows.
    for attribute in [*reserved, *attributes] if aspect == "nodes" else [*attributes, *reserved]:
        values = owned.get(attribute.owner or 0)
        if values is None and not owned:
            continue
        if values is None:
            raise refusal(f"Id {attribute.owner} has attributes but is not defined in {aspect}.")
        _add_value(values, attribute, aspect, warnings)
    return owned


def _add_value(
    values: dict[str, Any], attribute: Attribute, aspect: str, warnings: list[str]
) -> None:
    source = "nodeAttributes" if aspect == "nodes" else "edgeAttributes"
    try:
        value = _typed(attribute, source, warnings)
    except ValueError as error:
        name = shown(attribute.name)
        if isinstance(attribute.value, str) and attribute.value.lower() == "null":
            _warn(
                warnings,
                f"In '{source}' aspect, ignoring '{attribute.value}' on '{name}' attribute with id "
                f"'{attribute.owner}'.",
            )
            return
        where = f"For node attribute id: {attribute.owner} with name '{name}' received fatal"
        said = f"{where} parsing error: {error}" if aspect == "nodes" else str(error)
        raise refusal(f"{where} parsing error: {error}", said) from error
    known = values.setdefault(attribute.name, value)
    if known != value:
        raise refusal(
            f"Duplicate {aspect} attribute on id: {attribute.owner}. Attribute "
            f"'{shown(attribute.name)}' has value ({shown(known)}) and ({shown(value)})"
        )


def _typed(attribute: Attribute, aspect: str, warnings: list[str]) -> Any:
    data_type = attribute.data_type
    value = _parse(attribute)
    if element_type(data_type) != "double":
        return value
    items = value if isinstance(value, list) else [value]
    texts = attribute.value if isinstance(attribute.value, list) else [attribute.value]
    odd = next((text for text, item in zip(texts, items, strict=True) if not isfinite(item)), None)
    if odd is None:
        return value
    where = f"(of attribute {shown(attribute.name)} in aspect {aspect})" if aspect else ""
    _warn(
        warnings,
        f"{shown(odd)} is not a supported double value in CX2. It is converted to null.{where}",
    )
    finite = [item if isfinite(item) else None for item in items]
    return finite if isinstance(value, list) else finite[0]


def _parse(attribute: Attribute) -> Any:
    """Return the typed value. Raises ValueError in the server's words, which name the item."""
    kind, value = element_type(attribute.data_type), attribute.value
    parsed = []
    for item in value if isinstance(value, list) else [value]:
        try:
            parsed.append(parse_typed(kind, item))
        except ValueError as error:
            text = "null" if item is None else shown(item)
            raise ValueError(f"Non numeric value '{text}' is declared as type {kind}.") from error
    return parsed if isinstance(value, list) else parsed[0]


def _warn(warnings: list[str], text: str) -> None:
    if len(warnings) < _MOST_WARNINGS:
        warnings.append(_WARNING_PREFIX + text)
