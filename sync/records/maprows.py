"""Change or add rows of a map file, and leave every other byte unchanged.

The files of the two collections have only the two columns in common (formats 1 and 4), so new rows
are written like the last existing row.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sync.errors import RecordError
from sync.model import NetworkId, RecordId
from sync.records.header import parse_record_id
from sync.records.mapfile import MapRow, parse_row, rows_below_header
from sync.records.source import decode_text


def set_rows(data: bytes, path: str, rows: Mapping[RecordId, NetworkId]) -> bytes:
    """Return the map file ``data`` with these ``rows``; its other rows stay unchanged.

    A record's row is changed in place, inside its quotes; a row that names the network already
    changes no byte. New rows come last, in the order of their ids, with the delimiter, quotes and
    line ends of the file; a file without a final line end stays without one. An empty file becomes
    CSV with a quoted header if ``path`` ends in ``.csv``, else a tab-separated table without
    header, as the collections keep theirs.

    Raises:
        RecordError: the file is not UTF-8; a record has several rows and they do not all name
            its network already; its row cannot be read. One such record refuses all rows.
    """
    text = decode_text(data, path)
    found = _find_rows(text, rows)
    edited = _change(text, path, found, rows) if found else text
    added = {record: rows[record] for record in sorted(rows.keys() - found.keys())}
    if added:
        edited = _append(edited, path, added)
    return (BOM_UTF8 if data.startswith(BOM_UTF8) else b"") + edited.encode()


def _change(
    text: str,
    path: str,
    found: Mapping[RecordId, Sequence[MapRow]],
    rows: Mapping[RecordId, NetworkId],
) -> str:
    lines = text.split("\n")
    for record, places in found.items():
        for row in _changeable_rows(path, places, rows[record]):
            line_end = lines[row.line - 1][len(row.text) :]
            lines[row.line - 1] = _with_network(row, rows[record]) + line_end
    return "\n".join(lines)


def _find_rows(text: str, wanted: Iterable[RecordId]) -> Mapping[RecordId, Sequence[MapRow]]:
    found: dict[RecordId, list[MapRow]] = defaultdict(list)
    # New records are added to a file of 30,000 rows again and again, so few rows are parsed.
    likely = [record for record in wanted if record in text]
    for row in rows_below_header(text) if likely else ():
        if any(record in row.text for record in likely):
            record = parse_record_id(row.cells[0])
            if record in likely:
                found[record].append(row)
    return found


def _changeable_rows(path: str, rows: Sequence[MapRow], network: NetworkId) -> Sequence[MapRow]:
    try:
        return _outdated_rows(path, rows, network)
    except RecordError as error:
        reason = f"{error.reason}; until then this map file is not changed"
        raise RecordError(path, error.line, reason) from error


def _outdated_rows(path: str, rows: Sequence[MapRow], network: NetworkId) -> Sequence[MapRow]:
    entries = [parse_row(path, row) for row in rows]
    outdated = [
        row
        for row, entry in zip(rows, entries, strict=True)
        if entry is None or entry.network != network
    ]
    if outdated and len(rows) > 1:
        lines = ", ".join(str(row.line) for row in rows)
        raise RecordError(
            path,
            outdated[0].line,
            f"ambiguous: {rows[0].cells[0]} is in {len(rows)} rows (lines {lines}); "
            "delete all but one of them",
        )
    return outdated


def _with_network(row: MapRow, network: NetworkId) -> str:
    head, delimiter, cell = row.text.rpartition(row.delimiter)
    old = row.cells[1]
    if old:
        return head + delimiter + cell.replace(old, network)
    return head + delimiter + (f'"{network}"' if '"' in cell else network)


@dataclass(frozen=True, slots=True)
class _Style:
    """How rows are written; ``header`` is written above them if the file is empty."""

    delimiter: str
    quote: str
    header: tuple[str, str] | None = None

    def row(self, *cells: str) -> str:
        return self.delimiter.join(f"{self.quote}{cell}{self.quote}" for cell in cells)


def _append(text: str, path: str, rows: Mapping[RecordId, NetworkId]) -> str:
    style = _style_of(text) or _usual_style(path, rows)
    line_end = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    written = [style.row(record, network) for record, network in rows.items()]
    if style.header and not text.strip():
        written.insert(0, style.row(*style.header))
    if text and not text.endswith("\n"):
        return line_end.join([text, *written])
    return text + "".join(row + line_end for row in written)


def _style_of(text: str) -> _Style | None:
    """Return the style of the last row or header that has two columns."""
    end = len(text)
    while end >= 0:
        start = text.rfind("\n", 0, end) + 1
        line, end = text[start:end], start - 1
        row = MapRow(0, line.removesuffix("\r"))
        if line.strip() and len(row.cells) == 2:
            return _Style(row.delimiter, '"' if row.text.startswith('"') else "")
    return None


def _usual_style(path: str, rows: Iterable[RecordId]) -> _Style:
    if PurePosixPath(path).suffix.lower() != ".csv":
        return _Style("\t", "")
    pathways = all(record.startswith("WP") for record in rows)
    return _Style(",", '"', ("wpid" if pathways else "figid", "ndexid"))
