"""Find the groups and items of an accepted file, for errors and to change single lines.

This is only a guide: TOML allows layouts that are not recognised here. Code that changes lines by
it reads the result again and compares.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_HEAD = re.compile(r"\s*\[\[\s*accepted\s*\]\]\s*(?:#.*)?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=\s*(.*)")
_LONG_QUOTES = ('"""', "'''")


@dataclass(slots=True)
class GroupLines:
    """One ``[[accepted]]`` and its lines, by index from 0.

    ``start`` is the first of the comments right above ``head``. ``items`` are the lines with one
    item each, ``closing`` the line of the ``]`` after them, None if that was not found.
    """

    start: int
    head: int
    keys: dict[str, int] = field(default_factory=dict)
    items: list[int] = field(default_factory=list)
    closing: int | None = None


def split_lines(text: str) -> list[str]:
    """Split a text where TOML does; each line keeps its end."""
    return _LINE.findall(text)


def find_groups(lines: Sequence[str]) -> list[GroupLines]:
    """Find the groups of a file, given as lines."""
    groups: list[GroupLines] = []
    within, closing = False, ""  # inside the list of items; inside a multi-line string
    for index, line in enumerate(lines):
        if closing:
            closing = "" if closing in line else closing
        elif within:
            within = _read_item(line, index, groups[-1])
        elif _HEAD.fullmatch(line.rstrip()):
            groups.append(GroupLines(_first_comment(lines, index), index))
        elif groups and (found := _KEY.match(line)):
            groups[-1].keys[found[1]] = index
            within = found[1] == "items" and found[2].split("#")[0].strip() == "["
            closing = _quotes_left_open(found[2])
    return groups


def _quotes_left_open(value: str) -> str:
    """Return the quotes of a string that continues on the next line, ``""`` if it does not."""
    quotes = value[:3]
    return quotes if quotes in _LONG_QUOTES and quotes not in value[3:] else ""


def _read_item(line: str, index: int, group: GroupLines) -> bool:
    """Note an item's line; return whether the list goes on."""
    text = line.strip()
    if text.startswith("{"):
        group.items.append(index)
    if text.startswith("]"):
        group.closing = index
    return group.closing is None


def _first_comment(lines: Sequence[str], head: int) -> int:
    start = head
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return start
