"""Show what reading the records offline found: a table, and everything refused or odd."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from sync.amounts import plural
from sync.model import Verdict
from sync.records.counts import LayoutCount
from sync.report.console import ConsolePage, console_on
from sync.report.document import Report, ReportedRecord
from sync.report.headline import conclusion
from sync.report.text import place, shorten

_MAX_TEXT = 1_000
_NUMBER = 11
_INDENT = 4


@dataclass(frozen=True, slots=True)
class LayoutTable:
    """A collection's records by layout; ``others`` counts those of organisms not compared."""

    rows: tuple[LayoutCount, ...]
    others: int = 0


def render_offline(tables: Mapping[str, LayoutTable], report: Report, stream: TextIO) -> None:
    """Write the table of each collection, then every refused file, left out row and note."""
    page = ConsolePage(console_on(stream))
    for name, table in tables.items():
        _print_table(name, table, page)
        _print_refused(_of_collection(report, name), page)
        _print_list("Rows that could not be read and were left out", _rows(report, name), page)
        _print_list("Notes", list_notes(report, name), page)
        page.blank()
    page.line(page.text(conclusion(report), "bold"))


def list_refused(records: Iterable[ReportedRecord]) -> Mapping[str, Sequence[str]]:
    """Group refused records by reason, each with its place, and its own reason if they differ.

    A group is named by the first words of its reason, or by all of it if each record has the same.
    """
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for record in records:
        if record.verdict is Verdict.INVALID_RECORD:
            [reason, *_] = record.messages
            where = place(record.path, record.line)
            groups[reason.partition(":")[0]].append((where, reason))
    return dict(_titled(head, found) for head, found in groups.items())


def list_notes(report: Report, name: str | None = None) -> Iterator[str]:
    """Yield the notes of a collection, or of all, and those of its records, each with its place."""
    for collection in report.collections:
        if name in (None, collection.name):
            yield from collection.notes
    for record in report.records:
        if name in (None, record.collection) and record.verdict is not Verdict.INVALID_RECORD:
            for message in record.messages:
                yield message if record.id in message else f"{record.path}: {message}"


def _titled(head: str, found: Sequence[tuple[str, str]]) -> tuple[str, Sequence[str]]:
    if len({reason for _, reason in found}) == 1:
        return found[0][1], [where for where, _ in found]
    return head, [f"{where}: {reason.removeprefix(head).lstrip(': ')}" for where, reason in found]


def _of_collection(report: Report, name: str) -> Iterator[ReportedRecord]:
    return (record for record in report.records if record.collection == name)


def _rows(report: Report, name: str) -> Iterator[str]:
    return (row for record in _of_collection(report, name) for row in record.left_out)


def _print_table(name: str, table: LayoutTable, page: ConsolePage) -> None:
    page.line(page.text(f"Records of {name}", "bold"))
    page.blank()
    names = [row.layout or "not recognised" for row in table.rows]
    width = max(map(len, (*names, "all")))
    head = f"{'layout':<{width}}{'read':>{_NUMBER}}{'no genes':>{_NUMBER}}{'refused':>{_NUMBER}}"
    page.line(page.text(head, "bold"))
    for layout, row in zip(names, table.rows, strict=True):
        page.line(page.text(_line(layout, [row], width)))
    page.line(page.text(_line("all", table.rows, width), "bold"))
    if table.others:
        said = "of organisms that the configuration does not ask for"
        page.blank()
        page.line(page.text(f"{plural(table.others, 'record')} {said}"))


def _print_refused(records: Iterator[ReportedRecord], page: ConsolePage) -> None:
    refused = list_refused(records)
    if refused:
        page.heading("Why records were refused")
    ranked = sorted(refused.items(), key=lambda item: (-len(item[1]), item[0]))
    indent = max((len(f"{len(places):,}") for _, places in ranked), default=0) + 2
    for reason, places in ranked:
        count = page.text(f"{len(places):>{indent - 2},}", "bold")
        page.item(count, page.text(shorten(reason, _MAX_TEXT)), indent)
        for text in places:
            page.line(page.text(shorten(text, _MAX_TEXT), "dim"), indent)


def _print_list(title: str, texts: Iterator[str], page: ConsolePage) -> None:
    for index, text in enumerate(texts):
        if not index:
            page.heading(title)
        page.hanging(page.text(shorten(text, _MAX_TEXT)), _INDENT)


def _line(name: str, rows: Sequence[LayoutCount], width: int) -> str:
    """Write the sums of some rows."""
    sums = (
        sum(row.read for row in rows),
        sum(row.without_genes for row in rows),
        sum(row.refused for row in rows),
    )
    return f"{name:<{width}}{''.join(f'{number:>{_NUMBER},}' for number in sums)}"
