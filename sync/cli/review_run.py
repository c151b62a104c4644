"""Run one ``review``: check, ask about each drifted record, write the decisions."""

from __future__ import annotations

import asyncio
import sys
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from glob import escape
from pathlib import Path

import typer
from msgspec import structs

from sync.accepted.file import ACCEPTED_NAME, read_accepted
from sync.accepted.waiver import Kind, Waiver
from sync.amounts import plural
from sync.build_report import ReportRequest, check_whole
from sync.cli.accept_run import find_outdated, plan_entries, require_day_to_come
from sync.cli.log import configure_logging
from sync.cli.options import OutputOptions
from sync.cli.progress import show_progress
from sync.cli.question import ask
from sync.cli.stop import INTERRUPTED, Stop
from sync.collection.select import Selection
from sync.errors import ConfigError
from sync.model import RecordId, Verdict
from sync.ndex.client import NdexClient
from sync.ndex.responses import User
from sync.plan.actions import Plan
from sync.plan.file import read_plan, require_same_target
from sync.push import PushSettings, open_push_client, plan_collection
from sync.records.writeback import write_edit
from sync.report.build import start_run
from sync.report.console import ConsolePage, console_on
from sync.report.document import Report, ReportedRecord
from sync.report.exit_status import ExitStatus
from sync.report.render.drift import print_record
from sync.report.render.formats import TERMINAL, FormatRequest
from sync.report.render.plan import PLAN_FORMATS
from sync.report.selection import Choice, choose
from sync.report.text import viewer_url
from sync.report.write import require_writable, write_reports
from sync.session import choose_cache, open_waivers

_HOLDS_DAYS = 90
_HELP = """\
p - push: bring the network up to the record
a - accept: leave both as they are, for a reason
l - leave: decide another time
o - open the network in the browser
q - quit: ask no more, keep what you decided
? - show this help"""


@dataclass(frozen=True, slots=True)
class ReviewOptions:
    """What to review, and where decisions go.

    ``out`` is the plan file; ``until`` is the last day of what is accepted, None: in 90 days.
    """

    output: OutputOptions
    selection: Selection
    kinds: tuple[Kind, ...]
    out: Path
    until: date | None


@dataclass(slots=True)
class _Decisions:
    """The records to push, and the reason for each that is accepted; the others are left."""

    pushed: list[RecordId] = field(default_factory=list)
    accepted: dict[RecordId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reviewed:
    """What was decided, and the plan for it, which is not written yet.

    ``left`` counts the records that were left; ``waiting``: the plan file has records already.
    """

    report: Report
    plan: Plan | None
    left: int
    waiting: bool


def run_review(settings: PushSettings, options: ReviewOptions) -> int:
    """Ask about each drifted record, write plan and accepted file, return the exit status."""
    configure_logging(options.output)
    if not sys.stdin.isatty():
        raise ConfigError(
            "review asks questions, and this is not a terminal; use plan --select and accept"
        )
    if options.until is not None:
        require_day_to_come(options.until)
    plan_file = FormatRequest("json", str(options.out))
    require_writable([plan_file])

    async def _run() -> _Reviewed | None:
        Stop.on_signals()
        try:
            async with open_push_client(settings) as (client, user):
                return await _review(settings, options, client, user)
        except (asyncio.CancelledError, typer.Abort):
            return None

    reviewed = asyncio.run(_run())
    if reviewed is None:
        typer.echo("\nStopped; no plan was written.")
        return INTERRUPTED
    return _write(options, reviewed)


async def _review(
    settings: PushSettings, options: ReviewOptions, client: NdexClient, user: User
) -> _Reviewed:
    planned = _read_planned(settings, options, user)
    if planned and not options.selection.is_all:
        settings.open_collection(Selection(tuple(map(escape, planned))))
    report = await _check(settings, options, client)
    chosen = [record for record in report.records if record.id in planned]
    todo = [record for record in report.records if record.id not in planned]
    if chosen:
        typer.echo(f"{plural(len(chosen), 'record')} in {options.out} already, not asked about.")
    decisions = await _ask_about(todo, settings.server)
    left = len(todo) - len(decisions.pushed) - len(decisions.accepted)
    # Before planning, which can fail.
    if decisions.accepted:
        _accept(settings, options, report, decisions.accepted)
    # The file is replaced. Keep what this selection leaves out.
    if options.selection.is_all:
        decisions.pushed += [record.id for record in chosen]
    elif decisions.pushed:
        decisions.pushed += sorted(map(RecordId, planned))
    plan = None
    if decisions.pushed:
        collection = settings.open_collection(Selection(tuple(map(escape, decisions.pushed))))
        plan = await plan_collection(settings, collection, client, user.name, kinds=options.kinds)
    return _Reviewed(report, plan, left, waiting=bool(chosen))


def _write(options: ReviewOptions, reviewed: _Reviewed) -> int:
    """Write the plan, and return the exit status."""
    if reviewed.plan is not None:
        formats = (TERMINAL, FormatRequest("json", str(options.out)))
        write_reports(PLAN_FORMATS, reviewed.plan, formats, sys.stdout)
    if reviewed.plan is not None and reviewed.plan.actions:
        typer.echo(f"Nothing was sent. To do it: ndex-sync apply {options.out}")
    if not reviewed.report.records:
        typer.echo("No drifted records to review.")
    elif reviewed.left:
        typer.echo(f"{plural(reviewed.left, 'drifted record')} left.")
    waits = reviewed.waiting or reviewed.plan is not None
    return ExitStatus.DIFFERENCES if reviewed.left or waits else ExitStatus.IN_SYNC


def _read_planned(settings: PushSettings, options: ReviewOptions, user: User) -> frozenset[str]:
    """Return the records of the plan file, which an earlier review wrote."""
    if not options.out.exists() or not options.out.stat().st_size:
        return frozenset()
    plan = read_plan(options.out)
    require_same_target(plan, settings.server, user.name, settings.collection.name)
    if plan.kinds != tuple(sorted(options.kinds)):
        given = " ".join(f"--kind {each}" for each in plan.kinds) or "no --kind"
        raise ConfigError(
            f"{options.out} was planned with {given}: go on with the same, apply that plan first, "
            "or write another file with --out"
        )
    updated = (getattr(action, "record", None) for action in plan.actions)
    return frozenset(record for record in updated if record is not None)


async def _check(settings: PushSettings, options: ReviewOptions, client: NdexClient) -> Report:
    """Return the report with only the drifted records and the wanted kinds of differences."""
    collection, name = settings.open_collection(options.selection), settings.collection.name
    cache = choose_cache(settings.state, settings.server, refresh=False)
    waivers = open_waivers(settings.config, settings.root)
    quiet = options.output.quiet
    with show_progress("Checking", len(collection.paths), quiet=quiet) as advance:
        report = await check_whole(
            ReportRequest([(name, collection)], cache, waivers),
            client,
            start_run("review", settings.server),
            advance,
        )
    drifted = (
        structs.replace(
            record,
            differences=tuple(
                each
                for each in record.differences
                if not options.kinds or each.kind in options.kinds
            ),
        )
        for record in report.records
        if record.verdict is Verdict.DRIFTED
    )
    return structs.replace(report, records=[each for each in drifted if each.differences])


async def _ask_about(records: Sequence[ReportedRecord], server: str) -> _Decisions:
    decisions = _Decisions()
    page = ConsolePage(console_on(sys.stdout))
    for number, record in enumerate(records, 1):
        print_record(record, server, page)
        typer.echo()
        question = f"({number}/{len(records)}) Push this record [p,a,l,o,q,?]? "
        match await _ask(question, record, server):
            case "p":
                decisions.pushed.append(record.id)
            case "a":
                decisions.accepted[record.id] = await _ask_reason()
            case "q":
                break
    return decisions


async def _ask(question: str, record: ReportedRecord, server: str) -> str:
    """Ask until the answer is a decision."""
    while True:
        match (await ask(question)).lower():
            case "p" | "a" | "l" | "q" as answer:
                return answer
            case "o":
                await _open(record, server)
            case _:
                typer.echo(_HELP)


async def _ask_reason() -> str:
    while True:
        if reason := await ask("Reason, for those who review it: "):
            return reason


async def _open(record: ReportedRecord, server: str) -> None:
    url = viewer_url(server, record.network or "")
    if url is None:
        typer.echo("This server has no page for the network.")
        return
    typer.echo(url)
    await asyncio.to_thread(webbrowser.open, url)


def _accept(
    settings: PushSettings, options: ReviewOptions, report: Report, reasons: dict[RecordId, str]
) -> None:
    until = options.until or datetime.now(UTC).date() + timedelta(days=_HOLDS_DAYS)
    chosen = choose(report, Choice(records=tuple(map(escape, reasons))))
    entries = [Waiver(item, reasons[RecordId(item.record)], until) for item in chosen.items]
    outdated = find_outdated(read_accepted(settings.root / ACCEPTED_NAME), chosen)
    if (edit := plan_entries(settings.root, entries, outdated)) is not None:
        write_edit(settings.root, edit)
    typer.echo(
        f"Accepted until {until}: {plural(len(entries), 'difference')} of "
        f"{plural(len(reasons), 'record')}; commit {settings.root / ACCEPTED_NAME} with the "
        "records."
    )
