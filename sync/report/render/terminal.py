"""Print the report at a terminal: the counts, what to look at, and the drift in detail."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TextIO

from rich.console import Console
from rich.text import Text

from sync.amounts import percent, plural
from sync.model import Verdict
from sync.report.accepted_view import MAX_LINES, find_decisions, find_notices, where
from sync.report.console import ConsolePage, console_on
from sync.report.document import Cause, CollectionSummary, Example, Report
from sync.report.exit_status import ExitStatus, exit_status
from sync.report.headline import (
    INTERRUPTED,
    MAX_ROWS,
    collection_notes,
    conclusion,
    coverage,
    first_rows_left_out,
    others_not_compared,
    rows_not_read,
    run_facts,
)
from sync.report.labels import LIKELY, VERDICTS
from sync.report.render.drift import print_drifted
from sync.report.text import place, shorten

MAX_REASONS = 8
"""How many reasons for which records were not checked are listed; the rest are counted."""

_MAX_DETAILS = 6
_MAX_NAMES = 2
_MAX_DETAIL = 60
_MAX_TITLE = 300
_MAX_NOTE = 800
_MARGIN = 2
_INDENT = 4
_BAR = 40
_STYLES = {
    Verdict.IN_SYNC: "green",
    Verdict.ACCEPTED: "green",
    Verdict.DRIFTED: "yellow",
    Verdict.UNMAPPED: "cyan",
    Verdict.RESOLVABLE: "cyan",
    Verdict.NOT_COMPARED: "dim",
    Verdict.REMOTE_ONLY: "cyan",
    Verdict.AMBIGUOUS: "magenta",
    Verdict.MISSING: "magenta",
    Verdict.MISMATCHED: "magenta",
    Verdict.DUPLICATE: "magenta",
    Verdict.UNREADABLE: "red",
    Verdict.INVALID_RECORD: "red",
    Verdict.INVALID_NETWORK: "red",
    Verdict.FAILED: "red",
}
_OUTCOMES = {
    ExitStatus.IN_SYNC: "bold green",
    ExitStatus.DIFFERENCES: "bold yellow",
    ExitStatus.INCOMPLETE: "bold red",
}


def render_terminal(report: Report, stream: TextIO) -> None:
    """Write the report as text, in colour if the stream is a terminal."""
    print_report(report, console_on(stream))


def print_report(report: Report, console: Console) -> None:
    """Print the report to a console, as wide as the console is."""
    page = ConsolePage(console)
    _print_head(report, page)
    _print_verdicts(report, page)
    _print_causes(report.causes, report.run.server, page)
    print_drifted(report, page)
    _print_rows_left_out(report, page)
    _print_accepted(report, page)
    page.blank()
    page.line(page.text(conclusion(report), _OUTCOMES[exit_status(report)]))


def _print_head(report: Report, page: ConsolePage) -> None:
    page.line(page.text(f"{report.tool.name} {report.run.command} · {report.run.server}", "bold"))
    page.line(
        page.fill([page.text(fact, "dim") for fact in run_facts(report.run, report.http)], " · ")
    )


def _print_verdicts(report: Report, page: ConsolePage) -> None:
    page.blank()
    style = "bold" if report.checked == report.to_check else "bold red"
    page.line(page.text(coverage(report), style))
    for said in filter(None, (others_not_compared(report), rows_not_read(report))):
        page.line(page.text(said))
    if not report.run.complete:
        page.line(page.text(INTERRUPTED, "bold red"))
    for note in collection_notes(report):
        page.line(page.text(shorten(note, _MAX_NOTE), "yellow"))
    verdicts = report.verdicts
    if not verdicts:
        return
    page.blank()
    for verdict in Verdict:
        if verdicts[verdict]:
            _print_verdict(verdict, verdicts[verdict], report.to_check, page)
    if len(report.collections) > 1:
        page.blank()
        for collection in report.collections:
            _print_collection(collection, page)


def _print_verdict(verdict: Verdict, count: int, total: int, page: ConsolePage) -> None:
    label = page.text(f"  {VERDICTS[verdict].label:<16}", _STYLES[verdict])
    line = label + page.text(f"{count:>8,}", "bold")
    if verdict is Verdict.REMOTE_ONLY:
        line += page.text("  network" if count == 1 else "  networks", "dim")
    elif verdict is Verdict.NOT_COMPARED:
        line += page.text("  not counted in the shares", "dim")
    else:
        share = count / total
        room = min(_BAR, page.width - line.cell_len - 10)
        line += page.text(f"{percent(share):>8}", "dim")
        line += page.text("  " + "█" * max(1, round(share * room)), _STYLES[verdict])
    page.line(line)


def _print_collection(collection: CollectionSummary, page: ConsolePage) -> None:
    verdicts = (
        f"{count:,} {VERDICTS[verdict].label}" for verdict, count in collection.verdicts.items()
    )
    name = page.text(f"{shorten(collection.name, _MAX_DETAIL)}:", "bold")
    facts = page.text(f" {plural(collection.records, 'record')}: {', '.join(verdicts)}")
    page.line(name + facts, _MARGIN)


def _print_causes(causes: Sequence[Cause], server: str, page: ConsolePage) -> None:
    if not causes:
        return
    page.heading("What to look at, most important first")
    for verdict, group in groupby(causes, key=lambda cause: cause.verdict):
        of_verdict = list(group)
        limit = MAX_REASONS if verdict.incomplete else len(of_verdict)
        for cause in of_verdict[:limit]:
            _print_title(cause.count, verdict, shorten(cause.title, _MAX_TITLE), page)
            _print_cause(cause, server, page)
        if rest := of_verdict[limit:]:
            count = sum(cause.count for cause in rest)
            others = f"{plural(len(rest), 'other reason')} (see --format json=PATH)"
            _print_title(count, verdict, others, page)


def _print_title(count: int, verdict: Verdict, title: str, page: ConsolePage) -> None:
    number = page.text(f"{count:,}  ", "bold")
    label = page.text(f"{VERDICTS[verdict].label}: ", _STYLES[verdict])
    page.blank()
    page.hanging(number + label + page.text(title, "bold"), _INDENT)


def _print_cause(cause: Cause, server: str, page: ConsolePage) -> None:
    if cause.details:
        page.line(page.fill(_details(cause, page), " · ", _INDENT), _INDENT)
    if cause.likely is not None:
        evidence = "; ".join(cause.evidence)
        page.line(page.text(f"likely {LIKELY[cause.likely]}: {evidence}"), _INDENT)
    if cause.verdict is Verdict.DRIFTED:
        page.line(page.fill(_names(cause, page), ", ", _INDENT), _INDENT)
    else:
        _print_examples(cause, server, page)
    page.line(page.text(f"→ {cause.advice}", "italic"), _INDENT)


def _print_examples(cause: Cause, server: str, page: ConsolePage) -> None:
    """Print each example; if they share a reason, print it in full only for the first."""
    for index, example in enumerate(cause.examples):
        said = "" if cause.verdict.incomplete and index else example.text
        page.flow(_example(example, "" if said == cause.title else said, server, page), _INDENT)
    if rest := cause.count - len(cause.examples):
        page.line(page.text(f"… and {rest:,} more", "dim"), _INDENT)


def _details(cause: Cause, page: ConsolePage) -> list[Text]:
    shown = [
        page.text(f"{shorten(detail.text, _MAX_DETAIL)} ({detail.count:,})")
        for detail in cause.details[:_MAX_DETAILS]
    ]
    if rest := len(cause.details[_MAX_DETAILS:]) + cause.more_details:
        shown.append(page.text(f"… {rest:,} more"))
    return shown


def _names(cause: Cause, page: ConsolePage) -> list[Text]:
    """Name some drifted records, which are shown in detail below or in the other formats."""
    names = [example.id for example in cause.examples[:_MAX_NAMES]]
    texts = [page.text(shorten(name, _MAX_DETAIL), "dim") for name in names]
    texts[0] = page.text("in ", "dim") + texts[0]
    if rest := cause.count - len(names):
        texts.append(page.text(f"… {rest:,} more", "dim"))
    return texts


def _example(example: Example, said: str, server: str, page: ConsolePage) -> list[Text]:
    texts = [place(example.path, example.line), said]
    if not example.path and example.id:
        texts.append(f"claims {example.id}")
    pieces = [page.text(shorten(text, _MAX_TITLE)) for text in texts if text]
    if link := page.network(server, example.network):
        pieces.append(link)
    return pieces


def _print_rows_left_out(report: Report, page: ConsolePage) -> None:
    if not report.rows_left_out:
        return
    page.heading("Rows that could not be read and were left out")
    for text in first_rows_left_out(report):
        page.line(page.text(shorten(text, _MAX_TITLE)))
    if (rest := report.rows_left_out - MAX_ROWS) > 0:
        page.line(page.text(f"… and {rest:,} more (see --format json=PATH)"))


def _print_accepted(report: Report, page: ConsolePage) -> None:
    if decisions := find_decisions(report):
        page.heading("Accepted, and not counted as differences")
        for decision in decisions[:MAX_LINES]:
            page.line(page.text(decision.summary))
            page.line(page.text(shorten(decision.reason, _MAX_TITLE), "dim"), _INDENT)
        if rest := decisions[MAX_LINES:]:
            page.line(page.text(f"… and {plural(len(rest), 'other reason')}", "dim"))
    if notices := list(find_notices(report)):
        page.heading("Accepted entries that no longer hold")
        for notice in notices[:MAX_LINES]:
            said = f"{shorten(notice.name, _MAX_TITLE)}: {notice.text}"
            page.flow([page.text(where(report, notice), "bold"), page.text(said)])
        if more := len(notices[MAX_LINES:]):
            page.line(page.text(f"… and {more:,} more", "dim"))
