"""One run of ``accept``: from a saved report to the file beside the configuration."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import typer

from sync.accepted.edit import edit_accepted
from sync.accepted.file import ACCEPTED_NAME, read_accepted
from sync.accepted.waiver import WaivedItem, Waiver
from sync.amounts import plural
from sync.cli.report import read_report
from sync.config import read_config
from sync.errors import ConfigError
from sync.records.source import decode_text
from sync.records.writeback import Edit, diff_edit, plan_edit, write_edit
from sync.report.selection import Choice, Chosen, choose
from sync.report.text import disarm, disarm_bytes, visible

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class AcceptRequest:
    """What to accept, why, and through which day; ``dry_run`` only shows what would be written."""

    report: Path
    config: Path
    choice: Choice
    reason: str
    until: date
    dry_run: bool = False


def run_accept(request: AcceptRequest) -> None:
    """Write the entries and print them.

    Raises:
        ConfigError: nothing is chosen, the reason is empty, the day is past, the report is of
            another configuration, or a file cannot be read.
        RecordError: the accepted file cannot be written.
    """
    _require_sense(request)
    chosen = choose(read_report(request.report), request.choice)
    _require_configured(chosen.items, request.config)
    items = dict.fromkeys(chosen.items)
    entries = [Waiver(item, request.reason.strip(), request.until) for item in items]
    root = request.config.parent
    known = read_accepted(root / ACCEPTED_NAME)
    outdated = find_outdated(known, chosen)
    edit = plan_entries(root, entries, outdated)
    if edit is None:
        typer.echo(f"{ACCEPTED_NAME} has this already")
    elif request.dry_run:
        sys.stdout.buffer.write(disarm_bytes(diff_edit(edit)))
    else:
        write_edit(root, edit)
        _tell(request, entries, known, len(outdated))
    if chosen.unknown:
        said = plural(chosen.unknown, "record")
        typer.echo(f"Left out: {said} that could not be checked")


def plan_entries(
    root: Path, entries: Sequence[Waiver], outdated: Collection[WaivedItem]
) -> Edit | None:
    """Plan to write entries into the accepted file below ``root``; None if it has them already.

    Raises:
        ConfigError, RecordError: the file cannot be read or changed.
    """

    def change(data: bytes) -> bytes:
        text = decode_text(data, ACCEPTED_NAME)
        return edit_accepted(text, str(root / ACCEPTED_NAME), entries, outdated).encode()

    return plan_edit(root, ACCEPTED_NAME, change)


def require_day_to_come(until: date) -> None:
    """Refuse a last day that is past.

    Raises:
        ConfigError: the day is past.
    """
    today = datetime.now(UTC).date()
    if until < today:
        raise ConfigError(f"--until {until}: this day is past; today is {today}")


def _require_sense(request: AcceptRequest) -> None:
    if request.choice == Choice():
        raise ConfigError("choose what to accept with --select, --kind, --gene or --property")
    if not request.reason.strip():
        raise ConfigError("--reason is empty: say why, for those who review it")
    require_day_to_come(request.until)


def _require_configured(items: Sequence[WaivedItem], config: Path) -> None:
    known = [collection.name for collection in read_config(config).collection]
    if unknown := sorted({item.collection for item in items} - {*known}):
        raise ConfigError(
            f"the report is of a collection that {config} does not have: {', '.join(unknown)};"
            f" it has {', '.join(known)}"
        )


def find_outdated(known: Sequence[Waiver], chosen: Chosen) -> set[WaivedItem]:
    """Return what was accepted for the same subjects and has changed in the report."""
    subjects = {item.subject for item in chosen.items}
    there = {*chosen.items, *chosen.others}
    return {
        entry.item for entry in known if entry.item.subject in subjects and entry.item not in there
    }


def _tell(
    request: AcceptRequest, entries: Sequence[Waiver], known: Sequence[Waiver], outdated: int
) -> None:
    """Print what was recorded, and how much of it replaced older entries."""
    typer.echo(f"Accepted until {request.until}: {plural(len(entries), 'item')}")
    for entry in entries[:_SHOWN]:
        typer.echo(disarm(f"  {visible(_describe(entry.item))}"))
    if rest := entries[_SHOWN:]:
        typer.echo(f"  … and {len(rest):,} more")
    renewed = len({entry.item for entry in known} & {entry.item for entry in entries})
    again = "accepted before: reason and date replaced"
    for count, what in ((renewed, again), (outdated, "outdated, replaced")):
        if count:
            typer.echo(f"  {count:,} {what}")
    typer.echo(f"Written to {request.config.parent / ACCEPTED_NAME}; commit it with the records")


def _describe(item: WaivedItem) -> str:
    sides = [
        " ".join(text for _, text in side) or "there"
        for side in (item.remote, item.local)
        if side is not None
    ]
    change = f": {' → '.join(sides)}" if len(sides) > 1 else ""
    parts = (item.collection, item.record or item.network, item.kind.value, item.gene, item.name)
    return " ".join(part for part in parts if part) + change
