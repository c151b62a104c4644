"""Print drifted records in detail on the terminal: genes and properties, both sides of each.

An arrow points from the value on NDEx to the value in the record, as an update would change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from rich.text import Text

from sync.amounts import plural
from sync.model import DRAWING_KINDS, Difference, DifferenceKind, Verdict
from sync.report.console import ConsolePage
from sync.report.document import (
    Report,
    ReportedRecord,
)
from sync.report.labels import DIFFERENCES
from sync.report.one_line import describe_drawing, describe_revisions, item
from sync.report.text import place, said, shorten, shorten_pair, telling_ids

MAX_DRIFTED = 20
"""How many drifted records are shown; the rest are counted."""

_MAX_ITEMS = 12
_MAX_VALUE = 240
_MAX_MESSAGE = 400
_MAX_NAME = 80
_INDENT = 22
_SIDE = 8
_STYLES = {
    DifferenceKind.GENE_MISSING: "green",
    DifferenceKind.GENE_EXTRA: "red",
}


def print_drifted(report: Report, page: ConsolePage) -> None:
    """Print the first drifted records, each with its differences, and how many are left."""
    drifted = (record for record in report.records if record.verdict is Verdict.DRIFTED)
    shown = list(islice(drifted, MAX_DRIFTED))
    if not shown:
        return
    page.heading("Drifted records (NDEx → record)")
    for record in shown:
        print_record(record, report.run.server, page)
    if rest := report.verdicts[Verdict.DRIFTED] - len(shown):
        page.blank()
        page.line(page.text(f"… and {rest:,} more (see --format json=PATH)"))


def print_record(record: ReportedRecord, server: str, page: ConsolePage) -> None:
    """Print one record with its differences."""
    pieces = [
        page.text(shorten(record.id, _MAX_VALUE), "bold yellow"),
        page.text(shorten(place(record.path, record.line), _MAX_VALUE)),
    ]
    if link := page.network(server, record.network):
        pieces.append(link)
    page.blank()
    page.flow(pieces)
    if genes := record.genes:
        counts = f"{genes.local:,} in the record, {genes.remote:,} on NDEx, {genes.shared:,} shared"
        _row("genes", page.text(counts), page)
    if record.revisions is not None:
        _row("revision", page.text(describe_revisions(record.revisions)), page)
    for kind, differences in record.differences_by_kind().items():
        if kind is not DifferenceKind.PROPERTY and kind not in DRAWING_KINDS:
            _row(DIFFERENCES[kind], _listed(differences, page), page)
    if drawing := describe_drawing(record):
        _row("as a whole", page.text(drawing), page)
    for difference in record.properties():
        _print_property(difference, page)
    _print_notes(record, page)


def _print_notes(record: ReportedRecord, page: ConsolePage) -> None:
    if record.accepted:
        _row("accepted", page.text(plural(len(record.accepted), "difference"), "dim"), page)
    for text in record.left_out[:_MAX_ITEMS]:
        _row("row left out", page.text(shorten(text, _MAX_MESSAGE)), page)
    if rest := record.left_out[_MAX_ITEMS:]:
        _row("row left out", page.text(f"… {len(rest):,} more"), page)
    for message in record.messages:
        _row("note", page.text(shorten(message, _MAX_MESSAGE), "dim"), page)


def _row(label: str, text: Text, page: ConsolePage) -> None:
    page.item(page.text(f"  {shorten(label, _MAX_NAME)}", "dim"), text, _INDENT)


def _listed(differences: Sequence[Difference], page: ConsolePage) -> Text:
    items = [_item(difference, page) for difference in differences[:_MAX_ITEMS]]
    if rest := differences[_MAX_ITEMS:]:
        items.append(page.text(f"… {len(rest):,} more", "dim"))
    return page.fill(items, ", ", _INDENT)


def _item(difference: Difference, page: ConsolePage) -> Text:
    change = f"{_value(difference.remote)} → {_value(difference.local)}"
    match difference.kind:
        case DifferenceKind.GENE_ATTRIBUTE:
            return page.text(f"{difference.name} of {_symbol(difference)}: {change}")
        case DifferenceKind.PROPERTY | DifferenceKind.MEMBERSHIP | DifferenceKind.STATE:
            return page.text(f"{difference.name}: {change}")
        case DifferenceKind.GENE_RENAMED:
            return page.text(change, "bold") + _ids(difference, page)
        case DifferenceKind.GENE_REIDENTIFIED:
            return page.text(_symbol(difference), "bold") + page.text(f" {change}")
        case DifferenceKind.GENE_MISSING | DifferenceKind.GENE_EXTRA:
            style = _STYLES[difference.kind]
            return page.text(_symbol(difference), style) + _ids(difference, page)
        case _:
            return page.text(item(difference))


def _value(side: Mapping[str, str] | None) -> str:
    return shorten(said(side), _MAX_NAME)


def _symbol(difference: Difference) -> str:
    return shorten(difference.symbol, _MAX_NAME) or "(no symbol)"


def _ids(difference: Difference, page: ConsolePage) -> Text:
    ids = shorten(telling_ids(difference.ids), _MAX_NAME)
    return page.text(f" ({ids})" if ids else "", "dim")


def _print_property(difference: Difference, page: ConsolePage) -> None:
    """Print both values on one line if they fit, else one below the other."""
    remote, local = shorten_pair(said(difference.remote), said(difference.local), _MAX_VALUE)
    change = page.text(f"{remote} → {local}")
    if change.cell_len <= page.width - _INDENT:
        _row(difference.name, change, page)
        return
    label = page.text(f"  {shorten(difference.name, _MAX_NAME)}", "dim")
    if label.cell_len >= _INDENT:
        page.line(label)
        label = Text()
    for side, value in (("NDEx", remote), ("record", local)):
        label.pad_right(_INDENT - label.cell_len)
        page.item(label + page.text(side, "dim"), page.text(value), _INDENT + _SIDE)
        label = Text()
