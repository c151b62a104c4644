"""Print the resolution at a terminal: the counts, the conflicts, and what is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import islice
from typing import TextIO

from sync.amounts import plural
from sync.model import Verdict
from sync.report.console import ConsolePage, console_on
from sync.report.headline import INTERRUPTED, run_facts
from sync.report.labels import VERDICTS
from sync.report.resolution import Edit, EditState, LinkedCollection, ReportedLink, Resolution
from sync.report.text import place, shorten

MAX_LINKS = 20
"""How many records of one verdict are shown; the rest are counted."""

_MAX_EDITS = 10
_MAX_NAMES = 3
_MAX_NAME = 60
_MAX_TEXT = 300
_INDENT = 4
_EDITS = {
    EditState.WRITTEN: "Wrote {}.",
    EditState.PENDING: "{} to write; --write does it.",
    EditState.REFUSED: "{} cannot be written:",
}
_ORDER = (
    Verdict.FAILED,
    Verdict.INVALID_RECORD,
    Verdict.UNREADABLE,
    Verdict.MISMATCHED,
    Verdict.DUPLICATE,
    Verdict.AMBIGUOUS,
    Verdict.MISSING,
    Verdict.RESOLVABLE,
    Verdict.UNMAPPED,
)


def print_resolution(resolution: Resolution, stream: TextIO) -> None:
    """Write the resolution as text, in colour if the stream is a terminal."""
    page = ConsolePage(console_on(stream))
    run = resolution.run
    page.line(page.text(f"{resolution.tool.name} {run.command} · {run.server}", "bold"))
    page.line(
        page.fill([page.text(fact, "dim") for fact in run_facts(run, resolution.http)], " · ")
    )
    page.blank()
    records = plural(resolution.records, "record")
    page.line(page.text(f"Linked {resolution.linked:,} of {records}", "bold"))
    if not run.complete:
        page.line(page.text(INTERRUPTED, "bold red"))
    for collection in resolution.collections:
        _print_collection(collection, page)
    _print_links(resolution.links, page)
    _print_left_over(resolution, page)
    _print_edits(resolution, page)


def _print_collection(collection: LinkedCollection, page: ConsolePage) -> None:
    facts = [f"{collection.linked:,} linked"]
    facts += [f"{count:,} {VERDICTS[each].label}" for each, count in collection.verdicts.items()]
    page.line(page.text(f"{shorten(collection.name, 60)}: {', '.join(facts)}"), 2)
    if (found := collection.map) is not None:
        facts = [f"{plural(found.rows, 'row')} for {plural(found.records, 'record')}"]
        if found.several:
            several = plural(len(found.several), "record")
            facts.append(f"{several} with several networks ({_names(found.several)})")
        if found.shared:
            shared = plural(len(found.shared), "network")
            facts.append(f"{shared} of several records ({_names(found.shared)})")
        if found.orphans:
            orphans = plural(len(found.orphans), "id")
            facts.append(f"{orphans} without a record ({_names(found.orphans)})")
        page.line(page.text(f"{found.path}: {'; '.join(facts)}"), 2)


def _names(all_of_them: Collection[str]) -> str:
    first = [shorten(name, _MAX_NAME) for name in islice(all_of_them, _MAX_NAMES)]
    return ", ".join([*first, "…"] if len(all_of_them) > _MAX_NAMES else first)


def _print_links(links: Sequence[ReportedLink], page: ConsolePage) -> None:
    groups: dict[Verdict | None, list[ReportedLink]] = defaultdict(list)
    for link in links:
        groups[link.verdict].append(link)
    for verdict in _ORDER:
        wording = VERDICTS[verdict]
        _print_group(f"{wording.label}: {wording.meaning}", groups[verdict], page)
    disputed = [link for link in groups[None] if link.candidates]
    _print_group("linked, and the map file names other networks too", disputed, page)


def _print_group(heading: str, links: Sequence[ReportedLink], page: ConsolePage) -> None:
    if not links:
        return
    page.heading(heading)
    for link in links[:MAX_LINKS]:
        _print_link(link, page)
    _print_rest(len(links) - MAX_LINKS, page)


def _print_link(link: ReportedLink, page: ConsolePage) -> None:
    pieces = [page.text(link.record, "bold"), page.text(place(link.path, link.line), "dim")]
    if link.network is not None:
        pieces.append(page.text(link.network))
    page.flow(pieces)
    for message in link.messages:
        page.line(page.text(shorten(message, _MAX_TEXT)), _INDENT)


def _print_left_over(resolution: Resolution, page: ConsolePage) -> None:
    if not resolution.remote_only:
        return
    wording = VERDICTS[Verdict.REMOTE_ONLY]
    page.heading(f"{wording.label}: {wording.meaning}")
    for left in resolution.remote_only[:MAX_LINKS]:
        claim = f"claims {left.claims}" if left.claims else "claims no record"
        page.line(page.text(f"{left.network}  {shorten(left.name, 60)}  {claim}"))
    _print_rest(len(resolution.remote_only) - MAX_LINKS, page)


def _print_rest(rest: int, page: ConsolePage) -> None:
    if rest > 0:
        page.line(page.text(f"… and {rest:,} more (see --format json=PATH)", "dim"))


def _print_edits(resolution: Resolution, page: ConsolePage) -> None:
    page.blank()
    if not resolution.edits:
        page.line(page.text("Nothing to write.", "bold"))
        return
    groups: dict[EditState, list[Edit]] = defaultdict(list)
    for edit in resolution.edits:
        groups[edit.state].append(edit)
    for state, sentence in _EDITS.items():
        if edits := groups[state]:
            page.line(page.text(sentence.format(plural(len(edits), "file")), "bold"))
            for edit in edits[:_MAX_EDITS]:
                _print_edit(edit, page)
            _print_rest(len(edits) - _MAX_EDITS, page)


def _print_edit(edit: Edit, page: ConsolePage) -> None:
    page.line(page.text(edit.path), 2)
    if edit.reason is not None:
        page.line(page.text(shorten(edit.reason, _MAX_TEXT)), _INDENT)
