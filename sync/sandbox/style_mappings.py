"""Convert the mappings of visual styles: one text in CX1, a table in CX2 (contract 5.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count, pairwise
from typing import Any, NamedTuple

from sync.cx.data_types import element_type, parse_typed
from sync.cx.frame import Element, refusal, shown
from sync.sandbox.cx1.elements import text_of
from sync.sandbox.visual_values import CX1_PROPERTIES, CX2_PROPERTIES

_SEGMENT = re.compile(r"((?:K|V|L|E|G|OV)=[0-9]+)=(.*)", re.DOTALL)


class _Point(NamedTuple):
    """A point of a continuous mapping: the values below, at and above ``at``."""

    below: Any
    equal: Any
    above: Any
    at: Any


def mapping_to_cx2(name: str, mapping: Element, types: Mapping[str, str]) -> Element:
    """Return the mapping of a CX1 property in CX2; ``types`` are those of the attributes.

    Raises NetworkError with the server's message about a definition that it cannot read.
    """
    kind, definition = mapping["type"], mapping["definition"]
    if kind not in {"PASSTHROUGH", "DISCRETE", "CONTINUOUS"}:
        raise refusal(f"Invalid mapping type '{shown(kind)}' found on visual property '{name}'.")
    try:
        column, label, entries = _read(kind, name, definition)
    except ValueError as error:
        raise refusal(f"Can't converter {kind} mapping on {name}. Cause: {error}") from error
    declared = element_type(types.get(column, label))
    if declared != label:
        raise refusal(
            f"Data type error on '{shown(column)}' attribute: declared as {shown(label)} in visual "
            f"style mapping ({name}) but found as {declared} in the attribute value."
        )
    made = {"attribute": column, "type": label}
    return {"type": kind, "definition": ({"map": entries} if entries else {}) | made}


def mapping_to_cx1(name: str, mapping: Element, types: Mapping[str, str]) -> Element:
    """Return the mapping of a CX2 property, which the server can convert, in CX1."""
    kind, definition = mapping["type"], mapping["definition"]
    column = text_of(definition["attribute"])
    label = types.get(column) or element_type(definition["type"])
    segments = [f"COL={_escape(column)}", f"T={label}"]
    entries = definition.get("map") or []
    if kind == "DISCRETE":
        for number, entry in enumerate(entries):
            segments.append(f"K={number}={_escape(text_of(entry['v']))}")
            segments.append(f"V={number}={_escape(_text(name, entry['vp']))}")
    elif kind == "CONTINUOUS":
        for number, point in enumerate(_points(name, entries)):
            letters = zip(("L", "E", "G", "OV"), point, strict=True)
            segments += [f"{letter}={number}={_escape(text)}" for letter, text in letters]
    return {"type": kind, "definition": ",".join(segments)}


def _read(kind: str, name: str, definition: str) -> tuple[str, str, list[Element]]:
    """Return the attribute, its data type and the entries. Raises ValueError."""
    said = _parse(definition, strictly=kind != "PASSTHROUGH")
    column, label = said.get("COL"), said.get("T")
    if column is None or label is None:
        raise ValueError(
            f"Malformed mapping string for {kind.capitalize()} mapping: {shown(definition)}"
        )
    return column, label, list(_entries(kind, name, said, label, definition))


def _parse(definition: str, *, strictly: bool) -> dict[str, str]:
    """Read ``COL=…,T=…,K=0=…``; a double comma in a value means one comma."""
    said: dict[str, str] = {}
    for segment in definition.replace(",,", "\0").split(","):
        text = segment.replace("\0", ",")
        if found := _SEGMENT.fullmatch(text):
            said[found[1]] = found[2]
        elif text.startswith(("COL=", "T=")):
            key, _, value = text.partition("=")
            said[key] = value
        elif strictly:
            raise ValueError(f"Failed to parse mapping segment '{text}' in mapping {definition}.")
    return said


def _entries(
    kind: str, name: str, said: Mapping[str, str], label: str, definition: str
) -> Iterator[Element]:
    if kind == "DISCRETE":
        for number in count():
            if (key := said.get(f"K={number}")) is None:
                return
            if (value := said.get(f"V={number}")) is None:
                raise ValueError(f"error: discrete mapping string is corruptted for {definition}")
            yield {"v": _typed(label, key), "vp": _value(name, value)}
    elif kind == "CONTINUOUS":
        yield from _ranges(list(_read_points(name, said, label)))


def _read_points(name: str, said: Mapping[str, str], label: str) -> Iterator[_Point]:
    for number in count():
        if (at := said.get(f"OV={number}")) is None:
            return
        below, equal, above = (_value(name, said.get(f"{key}={number}")) for key in "LEG")
        yield _Point(below, equal, above, _typed(label, at))


def _ranges(points: list[_Point]) -> Iterator[Element]:
    if not points:
        yield {"max": None, "maxVPValue": None, "includeMin": False, "includeMax": False}
        return
    for lower, upper in pairwise([None, *points, None]):
        entry: Element = {}
        if lower is not None:
            entry |= {"min": lower.at, "minVPValue": lower.above}
        if upper is not None:
            entry |= {"max": upper.at, "maxVPValue": upper.below}
        entry["includeMin"] = lower is not None and lower.equal == lower.above
        entry["includeMax"] = upper is not None and upper.equal == upper.below
        yield entry


def _points(name: str, ranges: list[Element]) -> Iterator[tuple[str, str, str, str]]:
    """Yield below, equal, above and place of each point between and around the ranges."""
    below = equal = at = ""
    for number, entry in enumerate(ranges):
        if number == 0:
            if entry.get("min") is not None:
                for end in ("min", "max"):
                    text = _text(name, entry[f"{end}VPValue"])
                    yield text, text, text, text_of(entry[end])
        else:
            above = _text(name, entry["minVPValue"])
            yield below, above if entry["includeMin"] else equal, above, at
        if entry.get("max") is not None:
            below, at = _text(name, entry["maxVPValue"]), text_of(entry["max"])
            equal = below if entry["includeMax"] else "null"


def _value(name: str, text: str | None) -> Any:
    found = CX2_PROPERTIES.get(name)
    if text is None or found is None:
        return None
    try:
        return found[1].to_cx2(text)
    except ValueError:
        raise ValueError(f"Visual property '{name}' has non-numeric value '{text}'.") from None


def _typed(label: str, text: str) -> Any:
    try:
        return parse_typed(label, text)
    except ValueError as error:
        raise ValueError(f"Error converting data to type: {label} : {error}") from None


def _text(name: str, value: Any) -> str:
    found = CX1_PROPERTIES.get(name)
    return "" if found is None else found[1].to_cx1(value)


def _escape(text: str) -> str:
    return text.replace(",", ",,")
