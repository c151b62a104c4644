"""Find the line of a key in a TOML file: the parser does not say it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

_TABLE = re.compile(r"\s*(\[{1,2})\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')\s*[.=]")


def locate_key(path: PurePath, text: str, where: Sequence[str | int]) -> str:
    """Return file, line and name of a key, as far as they are known: ``a.toml:3: server.url``."""
    line = _line_of(text, where)
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in where)
    place = f"{path}:{line}" if line else str(path)
    return f"{place}: {key}" if key else place


def _line_of(text: str, where: Sequence[str | int]) -> int | None:
    """Find the line of a key, or of the nearest table above it if the key is missing.

    ``where`` is pydantic's location: table names, indices of arrays of tables, keys.
    """
    best: int | None = None
    depth = 0
    seen: Counter[str] = Counter()
    table: list[str | int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.fullmatch(line):
            name = header[2].strip()
            table = _location_of_table(header[1], name, seen)
            here = table
        elif key := _KEY.match(line):
            here = [*table, key[1].strip("\"'")]
        else:
            continue
        if len(here) > depth and list(where[: len(here)]) == here:
            best, depth = number, len(here)
    return best


def _location_of_table(brackets: str, name: str, seen: Counter[str]) -> list[str | int]:
    """Translate a table's header into pydantic's location, counting arrays of tables."""
    if brackets == "[[":
        seen[name] += 1
        return [name, seen[name] - 1]
    first, _, rest = name.partition(".")
    if seen[first]:
        return [first, seen[first] - 1, *rest.split(".")]
    return [*name.split(".")]
