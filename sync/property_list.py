"""The whole property list of a network as it is written: NDEx knows no smaller change.

A write replaces the list (contract 3.5), so everything that is not ours goes back in its place
with its type, and a list that the server would choke on half-way is not sent at all.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import orjson

from sync.actions import PropertyChange
from sync.model import Property
from sync.properties import fold_name

PROFILE = frozenset({"name", "description"})
"""Managed properties that NDEx keeps beside the list (contract 3.5)."""

_RESERVED = frozenset({"name", "description", "version"})
_DROPPED = "sourceformat"
_WHOLE = frozenset({"integer", "long"})
_FRACTIONS = frozenset({"double", "float"})
_LIST = "list_of_"


def merge_properties(
    stored: Sequence[Property], changes: Sequence[PropertyChange]
) -> tuple[Property, ...]:
    """Return the whole list to write: every property in its place, the managed ones set.

    A property that is spelled otherwise keeps its spelling; of several spellings the last is
    set, which is the one that is compared (contract 10.15). A new one comes at the end.
    """
    merged = list(stored)
    for change in changes:
        if change.name in PROFILE:
            continue
        places = [
            index
            for index, item in enumerate(merged)
            if fold_name(item.name) == fold_name(change.name) and item.value is not None
        ]
        if places:
            old = merged[places[-1]]
            merged[places[-1]] = replace(old, value=change.new, data_type="string")
        else:
            merged.append(Property(change.name, change.new))
    return tuple(merged)


def explain_unwritable(properties: Iterable[Property]) -> str | None:
    """Say why a list cannot be written back unharmed, None where it can.

    Such a write is answered with a failure after it has been done in part, or drops a property
    in silence (contract 3.5, 10.6, 10.15).
    """
    listed = list(properties)
    for name, count in Counter(item.name for item in listed).items():
        if count > 1:
            return f"it has the property {name!r} {count} times"
    for item in listed:
        if item.name in _RESERVED or item.name == _DROPPED:
            return f"a property called {item.name!r} does not survive a write"
        if "\x00" in item.name or "\x00" in (item.value or ""):
            return f"its property {item.name!r} holds a NUL character"
        if item.value is None or not _parses(item.value, item.data_type):
            return f"its property {item.name!r} does not hold a value of type {item.data_type}"
    return None


def same_list(one: Sequence[Property], other: Sequence[Property]) -> bool:
    """Tell whether two lists hold the same properties in the same order, values by type."""
    return [_canonical(item) for item in one] == [_canonical(item) for item in other]


def same_set(one: Iterable[Property], other: Iterable[Property]) -> bool:
    """Tell whether two lists hold the same properties in whatever order.

    A content upload lists them in an order of its own.
    """
    return Counter(map(_canonical, one)) == Counter(map(_canonical, other))


def _canonical(item: Property) -> tuple[str, str, str]:
    kind = item.data_type.replace("float", "double")
    return item.name, kind, _canonical_value(item.value or "", kind)


def _canonical_value(value: str, kind: str) -> str:
    """Fold the texts of one value: ``5``, ``5.0`` and ``5E0`` of a number (contract 10.14)."""
    if not _parses(value, kind):
        return value
    if kind.startswith(_LIST):
        part = kind.removeprefix(_LIST)
        return repr([_canonical_value(_text(each), part) for each in orjson.loads(value)])
    if kind in _FRACTIONS:
        return repr(float(value))
    if kind in _WHOLE:
        return str(int(value))
    return value.lower() if kind == "boolean" else value


def _parses(value: str, kind: str) -> bool:
    try:
        if kind.startswith(_LIST):
            part = kind.removeprefix(_LIST)
            parsed = orjson.loads(value)
            return isinstance(parsed, list) and all(_parses(_text(each), part) for each in parsed)
        if kind in _WHOLE:
            return int(value) is not None
        if kind in _FRACTIONS:
            return math.isfinite(float(value))
    except ValueError:
        return False
    return kind != "boolean" or value.lower() in {"true", "false"}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
