"""Write the report as tab-separated values: one difference on a line, for spreadsheets.

A record without differences has one line too, and so has a row that was left out. A cell that a
spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TextIO

from sync.model import Difference, DifferenceKind, Verdict
from sync.report.document import RemoteOnly, Report, ReportedRecord
from sync.report.labels import DIFFERENCES, VERDICTS
from sync.report.one_line import describe_revisions, describe_unclaimed
from sync.report.text import cytoscape_url, disarm, record_url, viewer_url, visible

COLUMNS = (
    "collection", "record", "verdict", "kind", "what", "ids", "in the record", "on NDEx",
    "network", "file", "line", "notes", "open the record", "open in NDEx", "open in Cytoscape Web",
)  # fmt: skip
_FORMULA = frozenset("=+-@")


def render_tsv(report: Report, stream: TextIO) -> None:
    """Write the column names, then a line for each difference."""
    stream.write(_line(COLUMNS))
    for record in report.records:
        stream.writelines(map(_line, _of_record(record, report)))
    for network in report.remote_only:
        stream.write(_line(_of_network(network, report)))


def _line(cells: tuple[str, ...]) -> str:
    return disarm("\t".join(map(_cell, cells))) + "\n"


def _cell(text: str) -> str:
    text = visible(text)
    return f"'{text}" if text[:1] in _FORMULA else text


def _of_record(record: ReportedRecord, report: Report) -> Iterator[tuple[str, ...]]:
    head = (record.collection, record.id, VERDICTS[record.verdict].label)
    place = (record.path, "" if record.line is None else str(record.line))
    source = record_url(report.run.source, record.path, record.line)
    links = (source or "", *_links(report, record.network))
    notes = "; ".join(_notes(record))
    for difference in record.differences or (None,):
        yield (*head, *_told(difference), record.network or "", *place, notes, *links)
        notes = ""
    for row in record.left_out:
        cells = ("row left out", "", "", row, "")
        yield (*head, *cells, record.network or "", *place, "", *links)


def _notes(record: ReportedRecord) -> Iterator[str]:
    if record.revisions is not None:
        yield f"revision: {describe_revisions(record.revisions)}"
    yield from record.messages
    for each in record.accepted:
        yield f"accepted until {each.until}: {each.reason}"


def _told(difference: Difference | None) -> tuple[str, str, str, str, str]:
    if difference is None:
        return ("",) * 5
    kind = DIFFERENCES[difference.kind]
    what = ": ".join(filter(None, (difference.symbol, difference.name)))
    local, remote = _said(difference.local), _said(difference.remote)
    if difference.kind is DifferenceKind.GENE_MISSING:
        local = local or difference.symbol
    if difference.kind is DifferenceKind.GENE_EXTRA:
        remote = remote or difference.symbol
    return (kind, what, " ".join(difference.ids), local, remote)


def _said(values: Mapping[str, str] | None) -> str:
    return "; ".join((values or {}).values())


def _of_network(network: RemoteOnly, report: Report) -> tuple[str, ...]:
    head = (network.collection, network.claims or "", VERDICTS[Verdict.REMOTE_ONLY].label)
    notes = f"{network.name}: {describe_unclaimed(network)}"
    links = _links(report, network.network)
    return (*head, "", "", "", "", "", network.network, "", "", notes, "", *links)


def _links(report: Report, network: str | None) -> tuple[str, str]:
    if network is None:
        return "", ""
    server = report.run.server
    return viewer_url(server, network) or "", cytoscape_url(server, network) or ""
