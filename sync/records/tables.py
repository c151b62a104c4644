"""Tab-separated tables with a header: cells by column name, rows with their line.

No quoting is undone here: the tables quote only free text (formats 2 and 4), and a reader that
lets quotes span lines would lose rows to one stray quote.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sync.errors import RecordError


class TableRow(NamedTuple):
    """One row as it stands: ``line`` counts from 1, the header being line 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header was found good; rows may still have any number of cells."""

    path: str
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]

    def column(self, name: str) -> int:
        """Return the index of a column that the header was checked for."""
        return self.header.index(name)

    def even_rows(self) -> Iterator[TableRow]:
        """Yield the rows of a table in which no row may be ragged.

        Raises:
            RecordError: a row has more or fewer cells than the header.
        """
        for row in self.rows:
            if len(row.cells) != len(self.header):
                raise RecordError(
                    self.path,
                    row.line,
                    f"ragged row: {len(row.cells)} cells below {len(self.header)} column heads; "
                    "take out a stray tab or line break, or make the table anew",
                )
            yield row


def parse_table(path: str, text: str, columns: tuple[str, ...]) -> Table:
    """Parse a table that must have ``columns``, in any order and among any others.

    ``path`` is only named in errors. Lines end in LF or CRLF; a CR inside a line stays (formats
    2); blank lines are left out.

    Raises:
        RecordError: the header is missing, lacks a column, or names one twice.
    """
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    header = tuple(lines[0].split("\t"))
    if missing := [name for name in columns if name not in header]:
        raise RecordError(
            path,
            1,
            f"wrong columns: the header line lacks {', '.join(missing)}; make the table anew",
        )
    if len(set(header)) != len(header):
        raise RecordError(path, 1, "wrong columns: a column head stands twice; rename one")
    rows = tuple(
        TableRow(number, tuple(line.split("\t")))
        for number, line in enumerate(lines[1:], start=2)
        if line
    )
    return Table(path, header, rows)
