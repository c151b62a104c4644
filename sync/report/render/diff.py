"""Show what changed between two reports, at a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import TextIO

from sync.amounts import plural
from sync.model import Difference, Verdict
from sync.report.console import ConsolePage, console_on
from sync.report.diff import Comparison, RecordChange, Side
from sync.report.document import RemoteOnly
from sync.report.labels import DIFFERENCES, VERDICTS
from sync.report.one_line import item
from sync.report.render.markdown import code
from sync.report.text import place, shorten

MAX_SHOWN = 100
"""How many records of a kind are shown; the rest are counted."""

_MAX_ITEMS = 6
_MAX_TEXT = 300
_INDENT = 4
_KINDS = {"new": "bold red", "changed": "bold yellow", "solved": "bold green"}


def print_comparison(comparison: Comparison, stream: TextIO) -> None:
    """Write the comparison as text, in colour if the stream is a terminal."""
    page = ConsolePage(console_on(stream))
    for line in _head(comparison):
        page.line(page.text(line))
    for line in _verdict_lines(comparison):
        page.line(page.text(line), 2)
    for kind, style in _KINDS.items():
        changes = _of_kind(comparison, kind)
        if changes:
            page.blank()
            page.line(page.text(f"{kind}: {plural(len(changes), 'record')}", style))
        for change in changes[:MAX_SHOWN]:
            page.flow([page.text(shorten(text, _MAX_TEXT)) for text in _facts(change)], 2)
            for line in _details(change):
                page.line(page.text(line, "dim"), _INDENT)
        if rest := changes[MAX_SHOWN:]:
            page.line(page.text(f"… and {len(rest):,} more"), 2)
    for title, networks in _unclaimed(comparison):
        page.heading(title)
        for network in networks[:MAX_SHOWN]:
            page.line(page.text(f"{network.network} {shorten(network.name, _MAX_TEXT)}"), 2)
    page.blank()
    page.line(page.text(_conclusion(comparison), "bold"))


def render_comparison_markdown(comparison: Comparison, stream: TextIO) -> None:
    """Write the comparison as Markdown; texts from outside are in code spans."""
    stream.write(f"# What changed\n\n**{_conclusion(comparison)}**\n\n")
    for line in (*_head(comparison), *_verdict_lines(comparison)):
        stream.write(f"- {code(line)}\n")
    for kind in _KINDS:
        changes = _of_kind(comparison, kind)
        if changes:
            stream.write(f"\n## {kind}: {plural(len(changes), 'record')}\n\n")
        for change in changes[:MAX_SHOWN]:
            stream.write(f"- {' · '.join(code(text, _MAX_TEXT) for text in _facts(change))}\n")
            for line in _details(change):
                stream.write(f"  - {code(line)}\n")
        if rest := changes[MAX_SHOWN:]:
            stream.write(f"- … and {len(rest):,} more\n")
    for title, networks in _unclaimed(comparison):
        stream.write(f"\n## {title}\n\n")
        for network in networks[:MAX_SHOWN]:
            stream.write(f"- {code(network.network)} {code(network.name, _MAX_TEXT)}\n")


def _head(comparison: Comparison) -> Iterator[str]:
    for name, side in (("before", comparison.before), ("after", comparison.after)):
        yield f"{name}: {_run(side)}"
    if comparison.only_before:
        records = plural(comparison.only_before, "record")
        yield f"{records} only in the earlier report: removed, or not selected"
    if comparison.only_after:
        yield f"{plural(comparison.only_after, 'record')} only in the later report"


def _run(side: Side) -> str:
    started = f"{side.started.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    interrupted = "" if side.complete else ", interrupted"
    return f"{started} · {side.server} · {plural(side.records, 'record')}{interrupted}"


def _verdict_lines(comparison: Comparison) -> Iterator[str]:
    for verdict in Verdict:
        before = comparison.before.verdicts.get(verdict, 0)
        after = comparison.after.verdicts.get(verdict, 0)
        if before != after:
            yield f"{VERDICTS[verdict].label}: {before:,} → {after:,} ({after - before:+,})"


def _of_kind(comparison: Comparison, kind: str) -> list[RecordChange]:
    return [change for change in comparison.changes if change.change == kind]


def _facts(change: RecordChange) -> Iterator[str]:
    yield change.id
    before = "not known" if change.before is None else VERDICTS[change.before].label
    yield f"{before} → {VERDICTS[change.after].label}"
    if change.path:
        yield place(change.path, change.line)


def _details(change: RecordChange) -> Iterator[str]:
    for sign, differences in (("+", change.appeared), ("-", change.gone)):
        if change.change == "solved":
            continue
        for difference in differences[:_MAX_ITEMS]:
            yield f"{sign} {_difference(difference)}"
        if rest := differences[_MAX_ITEMS:]:
            yield f"{sign} … {len(rest):,} more"
    yield from change.messages[:1]


def _difference(difference: Difference) -> str:
    return f"{DIFFERENCES[difference.kind]}: {item(difference)}"


def _unclaimed(comparison: Comparison) -> Iterator[tuple[str, Sequence[RemoteOnly]]]:
    for title, networks in (
        ("networks newly without record", comparison.unclaimed_new),
        ("networks no longer listed as without record", comparison.unclaimed_gone),
    ):
        if networks:
            yield f"{title}: {len(networks):,}", networks


def _conclusion(comparison: Comparison) -> str:
    counts = comparison.counts
    said = ", ".join(f"{counts[kind]:,} {kind}" for kind in _KINDS)
    return f"{said}, {comparison.unchanged:,} unchanged"
