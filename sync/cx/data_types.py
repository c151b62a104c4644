"""The attribute data types of CX, and which values the server's loaders accept (contract 5)."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from sync.cx.java_text import (
    parse_java_boolean,
    parse_java_double,
    parse_java_integer,
    parse_java_long,
)

_SINGLE = ("boolean", "double", "integer", "long", "string")
_LIST = "list_of_"

CX2_LABELS = MappingProxyType(
    {
        label: data_type
        for prefix in ("", _LIST)
        for label, data_type in [
            *((f"{prefix}{single}", f"{prefix}{single}") for single in _SINGLE),
            (f"{prefix}float", f"{prefix}double"),
        ]
    }
)
"""Every type that CX2 and summaries may name, with its meaning: ``float`` is ``double``."""

CX1_LABELS = MappingProxyType(
    CX2_LABELS
    | {
        "char": "string",
        "byte": "integer",
        "short": "integer",
        f"{_LIST}byte": f"{_LIST}integer",
        f"{_LIST}short": f"{_LIST}integer",
    }
)
"""Every type that CX1 may name; it has a few more names from older Cytoscape versions."""


def is_list_type(data_type: str) -> bool:
    """Return whether values of the type are lists."""
    return data_type.startswith(_LIST)


def element_type(data_type: str) -> str:
    """Return the type of one value: the element type of a list type, else the type itself."""
    return data_type.removeprefix(_LIST)


def passes(data_type: str, value: object) -> bool:
    """Return whether the CX2 loader accepts a JSON value other than null as the type.

    Any number is accepted for any numeric type, unchanged; a null is accepted inside a list.
    """
    if is_list_type(data_type):
        test = _TESTS[element_type(data_type)]
        return type(value) is list and all(item is None or test(item) for item in value)
    return _TESTS[data_type](value)


def parse_typed(data_type: str, value: str | list[str] | None) -> Any:
    """Return the typed value of an attribute's text, as the server converts CX1 and summaries.

    A None of type boolean is false, one of type string None. Raises ValueError for text that cannot
    be parsed, or a None, if a number is needed.
    """
    parse = _PARSERS[element_type(data_type)]
    return [parse(item) for item in value] if isinstance(value, list) else parse(value)


def _is_number(value: object) -> bool:
    return type(value) is int or type(value) is float


def _is_string(value: object) -> bool:
    return type(value) is str


def _is_boolean(value: object) -> bool:
    return type(value) is bool


_TESTS: MappingProxyType[str, Callable[[object], bool]] = MappingProxyType(
    {
        "boolean": _is_boolean,
        "double": _is_number,
        "integer": _is_number,
        "long": _is_number,
        "string": _is_string,
    }
)


def _number_of(parse: Callable[[str], float]) -> Callable[[str | None], float]:
    def parse_number(text: str | None) -> float:
        if text is None:
            raise ValueError("Cannot parse null string")
        return parse(text)

    return parse_number


def _text_of(text: str | None) -> str | None:
    return text


_PARSERS: MappingProxyType[str, Callable[[str | None], Any]] = MappingProxyType(
    {
        "boolean": parse_java_boolean,
        "double": _number_of(parse_java_double),
        "integer": _number_of(parse_java_integer),
        "long": _number_of(parse_java_long),
        "string": _text_of,
    }
)
