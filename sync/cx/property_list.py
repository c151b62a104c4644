"""Check which property lists the server accepts, and compare lists (contract 3.5).

A list that the server would refuse half-way, or fail on after storing it, is not sent at all.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from sync.cx.attribute_rules import LONGEST_TEXTS, RESERVED_NETWORK_ATTRIBUTES
from sync.cx.data_types import CX2_LABELS, element_type, is_list_type, parse_typed
from sync.cx.java_text import java_scalar
from sync.model import Property

PROFILE = ("name", "description", "version")
"""The texts that NDEx keeps outside the list and sets by a call of their own (contract 3.5)."""

_DROPPED = "sourceformat"


def explain_unwritable(properties: Iterable[Property]) -> str | None:
    """Say why a list of properties must not be written, None if it may.

    The server refuses such a list, silently drops a property, or stores the list and then fails on
    it; with a NUL in it the failure is permanent (contract 3.5, 10.6, 10.15).
    """
    listed = list(properties)
    for name, times in Counter(item.name for item in listed).items():
        if times > 1:
            return f"property {name!r} occurs {times} times"
    return next(filter(None, map(_explain_item, listed)), None)


def explain_profile(texts: Mapping[str, str]) -> str | None:
    """Say why a name, description or version must not be written, None if they may be."""
    for key, text in texts.items():
        if len(text) > LONGEST_TEXTS.get(key, len(text)):
            return f"the {key} is longer than {LONGEST_TEXTS[key]} characters"
    return next(filter(None, (explain_text(key, text) for key, text in texts.items())), None)


def explain_text(what: str, text: str) -> str | None:
    """Say why a text must not be sent, None if it may; ``what`` names it (contract 3.5)."""
    if "\0" in text:
        return f"the {what} holds a NUL, which would make the server lock the network"
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return f"the {what} holds half of a character pair"
    return None


def same_list(one: Sequence[Property], other: Sequence[Property]) -> bool:
    """Return whether two lists hold the same properties in the same order, values by type."""
    return [_canonical(item) for item in one] == [_canonical(item) for item in other]


def same_set(one: Iterable[Property], other: Iterable[Property]) -> bool:
    """Return whether two lists hold the same properties in any order.

    A content upload lists them in its own order.
    """
    return Counter(map(_canonical, one)) == Counter(map(_canonical, other))


def _explain_item(item: Property) -> str | None:
    if item.name in RESERVED_NETWORK_ATTRIBUTES:
        return f"{item.name!r} is set by the profile, not as a property"
    if item.name == _DROPPED:
        return f"the server drops a property called {item.name!r}"
    if item.value is None:
        return f"property {item.name!r} has no value"
    if item.data_type not in CX2_LABELS:
        return f"property {item.name!r} has no known type: {item.data_type!r}"
    fault = explain_text("name of a property", item.name)
    fault = fault or explain_text(f"value of property {item.name!r}", item.value)
    if fault is None and _parse(item.value, item.data_type) is None:
        return f"the value of property {item.name!r} is not of type {item.data_type}"
    return fault


def _canonical(item: Property) -> tuple[str, str, str]:
    """Bring the text of a value into one form: ``5``, ``5.0`` and ``5E0`` of a number (contract
    10.14).
    """
    kind = CX2_LABELS.get(item.data_type, item.data_type)
    typed = _parse(item.value or "", kind)
    return item.name, kind, item.value or "" if typed is None else repr(typed)


def _parse(text: str, label: str) -> Any:
    """Return the typed value of a property's text, None if it is not of that type.

    The server itself takes any text for a boolean and shows it as false.
    """
    kind = CX2_LABELS.get(label)
    if kind is None:
        return None
    try:
        texts = _list_texts(text) if is_list_type(kind) else [text]
        typed = parse_typed(kind, texts)
    except ValueError:
        return None
    match element_type(kind):
        case "double" if not all(map(math.isfinite, typed)):
            return None
        case "boolean" if not all(each.lower() in {"true", "false"} for each in texts):
            return None
    return typed if is_list_type(kind) else typed[0]


def _list_texts(value: str) -> list[str]:
    """Read the JSON array inside a list property's text (contract 3.4). Raises ValueError."""
    items = orjson.loads(value)
    if not isinstance(items, list) or any(
        item is None or isinstance(item, dict | list) for item in items
    ):
        raise ValueError("no list of single values")
    return [java_scalar(item) for item in items]
