"""Write nodes or edges as a table of text, with aliases and defaults resolved
(contract 4, export).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.cx.java_text import java_scalar


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of the table: its name, the key that elements use, and its default."""

    name: str
    key: str
    default: Any = None

    def read(self, element: Mapping[str, Any]) -> Any:
        """Return an element's value in the column, or the default if it has none."""
        return (element.get("v") or {}).get(self.key, self.default)


@dataclass(frozen=True, slots=True)
class ListStyle:
    """How a list is written in a cell."""

    delimiter: str = ","
    quotes_texts: bool = False


def find_columns(
    declared: Mapping[str, Mapping[str, Any]], names: Iterable[str] | None
) -> list[Column]:
    """Return the columns for ``names``, or for all attributes if it is None.

    Raises KeyError for a name that is not declared.
    """
    columns = []
    for name in declared if names is None else names:
        rules = declared[name]
        columns.append(Column(name, rules.get("a", name), rules.get("v")))
    return columns


def render_row(cells: Sequence[Any], style: ListStyle) -> str:
    """Return one line; texts and lists are in quotes, numbers and booleans are not."""
    return "\t".join(_cell(value, style) for value in cells) + "\n"


def _cell(value: Any, style: ListStyle) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _quoted(value)
    if not isinstance(value, list):
        return java_scalar(value)
    texts = [
        _quoted(item) if style.quotes_texts and isinstance(item, str) else java_scalar(item)
        for item in value
    ]
    return _quoted(style.delimiter.join(texts))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
