"""Read map files, which say which network a record is (formats 1 and 4): TSV or CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sync.errors import ConfigError, RecordError
from sync.match.identifiers import normalise_network_id
from sync.model import MapEntry
from sync.records.frontmatter import quote
from sync.records.header import NOT_STATED, parse_record_id
from sync.records.source import read_beside

_ID_HEADS = frozenset({"wpid", "figid"})
_NETWORK_HEADS = frozenset({"ndexid", "ndex", "uuid"})


@dataclass(frozen=True, slots=True)
class MapRow:
    """One row as written, without its line end; ``line`` counts from 1."""

    line: int
    text: str

    @property
    def delimiter(self) -> str:
        """A tab if the row has one, else a comma."""
        return "\t" if "\t" in self.text else ","

    @property
    def cells(self) -> Sequence[str]:
        """Its cells, trimmed; a row that is not CSV, such as one with an open
        quote, is one cell.
        """
        row = csv.reader([self.text], delimiter=self.delimiter, strict=True)
        try:
            return [cell.strip() for cell in next(row)]
        except csv.Error:
            return [self.text]


@dataclass(frozen=True, slots=True)
class MapFile:
    """A map file as read: good rows in file order, repeated ones included, and the bad ones."""

    entries: tuple[MapEntry, ...]
    problems: tuple[RecordError, ...]


def read_map(root: Path, path: str) -> MapFile:
    """Read the map file ``root / path``: two columns, record id and UUID, with or without a header.

    Columns are separated by a tab, else by a comma; cells may be quoted. Blank lines are left out,
    and so are rows whose UUID means "not stated" (``NA`` or empty).

    Raises:
        ConfigError: the file is missing, leads out of ``root`` or cannot be read as text.
    """
    try:
        text = read_beside(root, path)
    except RecordError as error:
        raise ConfigError(f"map file {error}") from error
    entries: list[MapEntry] = []
    problems: list[RecordError] = []
    for row in rows_below_header(text):
        try:
            entry = parse_row(path, row)
        except RecordError as problem:
            problems.append(problem)
        else:
            entries += [entry] if entry else []
    return MapFile(tuple(entries), tuple(problems))


def rows_below_header(text: str) -> Iterator[MapRow]:
    """Yield the rows of a map file's text without blank lines and a header."""
    rows = [
        MapRow(number, line.removesuffix("\r"))
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    yield from rows[1:] if rows and _is_header(rows[0].cells) else rows


def parse_row(path: str, row: MapRow) -> MapEntry | None:
    """Return the entry of one row, None if it states no network.

    Raises:
        RecordError: the row does not have two columns, or they are not a record id and UUID.
    """
    cells = row.cells
    if len(cells) != 2:
        raise RecordError(
            path, row.line, f"not two columns: {len(cells)} found; write a record id and a UUID"
        )
    record = parse_record_id(cells[0])
    if record is None:
        raise RecordError(
            path,
            row.line,
            f"unusable id: {quote(cells[0])} is not a figure or pathway id; correct it",
        )
    if cells[1] in NOT_STATED:
        return None
    network = normalise_network_id(cells[1])
    if network is None:
        raise RecordError(
            path, row.line, f"not a UUID: {quote(cells[1])} is not a network's UUID; correct it"
        )
    return MapEntry(record, network, path, row.line)


def _is_header(cells: Sequence[str]) -> bool:
    folded = [cell.lower() for cell in cells]
    return len(folded) == 2 and folded[0] in _ID_HEADS and folded[1] in _NETWORK_HEADS
