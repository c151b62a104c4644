"""Read tab-separated tables with a header: cells by column name, rows with their line.

Quotes are not removed here: the tables only quote free text (formats 2 and 4), and a reader that
lets quotes span lines would lose rows to one stray quote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter

from sync.amounts import plural
from sync.errors import RecordError


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a valid header; rows may still have any number of cells.

    ``rows`` are the texts of the rows by their line, from 2: the header is line 1. They are not
    split, for callers that know many of them already.
    """

    path: str
    header: tuple[str, ...]
    rows: Mapping[int, str]

    def column(self, name: str) -> int:
        """Return the index of a column that the header was checked for."""
        return self.header.index(name)

    def pick(self, columns: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield the line and the cells of two or more of the checked columns, row by row.

        Raises:
            RecordError: a row has more or fewer cells than the header.
        """
        pick = itemgetter(*map(self.column, columns))
        width = len(self.header)
        for line, row in self.rows.items():
            cells = row.split("\t")
            if len(cells) != width:
                raise RecordError(
                    self.path,
                    line,
                    f"ragged row: {plural(len(cells), 'cell')}, but the header has {width}; "
                    "remove a stray tab or line break, or regenerate the table",
                )
            yield line, pick(cells)


def parse_table(path: str, text: str, columns: tuple[str, ...]) -> Table:
    """Parse a table that must have ``columns``, in any order and among any others.

    ``path`` is only named in errors. Lines end in LF or CRLF; a CR inside a line stays (formats
    2); blank lines are left out.

    Raises:
        RecordError: the header is missing, lacks a column, or names one twice.
    """
    lines = text.removesuffix("\r").replace("\r\n", "\n").split("\n")
    header = tuple(lines[0].split("\t"))
    if missing := [name for name in columns if name not in header]:
        raise RecordError(
            path,
            1,
            f"wrong columns: the header line lacks {', '.join(missing)}; regenerate the table",
        )
    if len(set(header)) != len(header):
        raise RecordError(path, 1, "wrong columns: a column name occurs twice; rename one")
    rows = {number: line for number, line in enumerate(lines[1:], start=2) if line}
    return Table(path, header, rows)
