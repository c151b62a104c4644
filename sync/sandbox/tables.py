"""Nodes or edges as a table of text, aliases and defaults resolved (contract 4, export)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of the table: its name, the key that elements use, and its default."""

    name: str
    key: str
    default: Any = None


def find_columns(declared: Mapping[str, Mapping[str, Any]], names: Iterable[str]) -> list[Column]:
    """Return the columns for ``names``; raises KeyError for one that is not declared."""
    columns = []
    for name in names:
        rules = declared[name]
        columns.append(Column(name, rules.get("a", name), rules.get("v")))
    return columns


def render_table(
    elements: Iterable[Mapping[str, Any]],
    places: Mapping[str, str],
    columns: Sequence[Column],
    list_delimiter: str,
    *,
    header: bool,
) -> str:
    """Return the table; ``places`` are the columns that are no attributes, by heading."""
    lines = [[*places, *(column.name for column in columns)]] if header else []
    for element in elements:
        values = element.get("v") or {}
        cells = [element.get(place) for place in places.values()]
        cells += [values.get(column.key, column.default) for column in columns]
        lines.append([_text(cell, list_delimiter) for cell in cells])
    return "".join("\t".join(line) + "\n" for line in lines)


def _text(value: Any, list_delimiter: str) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return list_delimiter.join(_text(item, list_delimiter) for item in value)
        case _:
            return str(value)
