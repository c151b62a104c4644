"""Network properties as the summaries show them, and as typed values (contract 3.4)."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

import orjson

from sync.cx.data_types import CX2_LABELS, is_list_type, parse_typed
from sync.cx.frame import refusal, shown
from sync.cx.java_text import java_scalar
from sync.cx.parse_json import parser_words
from sync.model import Property
from sync.sandbox.cx1.elements import Attribute, text_of
from sync.sandbox.cx_files import java_json
from sync.sandbox.refusals import undeserialisable


def parse_list(text: str) -> list[str]:
    """Return the texts of a JSON array inside a property's text.

    Raises ValueError for anything but an array of single values.
    """
    values = orjson.loads(text)
    if not isinstance(values, list) or any(isinstance(item, dict | list) for item in values):
        raise ValueError(f"Cannot deserialize a list of String from {shown(text)}")
    return [java_scalar(item) for item in values]


def property_of(name: str, value: object, label: str, subnetwork: int | None = None) -> Property:
    """Return the property that the summary shows for a network attribute.

    A list becomes a JSON array inside the text: of numbers if it came in CX2, of texts if it came
    in CX1 (contract 10.14).
    """
    if value is None:
        return Property(name, None, label, subnetwork)
    text = java_json(value).decode() if isinstance(value, list) else text_of(value)
    return Property(name, text, label, subnetwork)


def attribute_of(item: Property) -> Attribute:
    """Return a property as the network attribute that the server writes back to CX1.

    Raises NetworkError for an unknown data type, and for a text without a list if the type is one.
    """
    data_type = CX2_LABELS.get(item.data_type)
    if data_type is None:
        raise refusal(f"data type {shown(item.data_type)} is not supported in this version of CX.")
    try:
        value = parse_list(item.value or "") if is_list_type(data_type) else item.value
    except ValueError as error:
        said = parser_words((item.value or "").encode(), error, ahead=0)
        raise refusal(f"Property {shown(item.name)} holds no list: {error}", said) from error
    return Attribute(None, item.subnetwork, item.name, item.data_type, value)


def typed_properties(
    properties: Iterable[Property], version: str | None
) -> dict[str, dict[str, Any]]:
    """Return the ``properties`` of a v3 summary: name to ``{"t": type, "v": value}``, by name.

    ``version`` is one of them; null values are dropped, and of equal names the last counts. Raises
    NetworkError if a text is not a value of its type; its message is what follows "Format FULL is
    unsupported. Error message: " in the server's 400 (10.12). A text that is not a list is the
    plain 400.
    """
    typed: dict[str, dict[str, Any]] = {}
    for item in properties:
        if item.value is not None:
            typed[item.name] = {"t": item.data_type, "v": _typed_value(item)}
    if version is not None:
        typed["version"] = {"t": "string", "v": version}
    return dict(sorted(typed.items()))


def _typed_value(item: Property) -> Any:
    data_type = CX2_LABELS.get(item.data_type, "string")
    try:
        text = parse_list(item.value or "") if is_list_type(data_type) else item.value
    except ValueError:
        raise undeserialisable() from None
    try:
        value = parse_typed(data_type, text)
    except ValueError as error:
        raise refusal(str(error)) from error
    return item.value if isinstance(value, float) and not isfinite(value) else value
