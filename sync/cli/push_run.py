"""What plan, apply, push and restore share: show the plan, ask, apply, report."""

from __future__ import annotations

import asyncio
import logging
import os
import shlex
import sys
from collections.abc import Awaitable, Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TextIO

import typer
from msgspec import structs

from sync.accepted.waiver import Kind
from sync.apply.context import ApplyContext
from sync.apply.executor import INDEX_PENDING
from sync.apply.recover import HalfMade, Remains, Unrecovered, recover_runs
from sync.apply.run import Applied, apply_plan, find_progress, require_approved
from sync.cli.log import configure_logging
from sync.cli.options import OutputOptions
from sync.cli.progress import say_if_unchanged, show_progress
from sync.cli.question import confirm
from sync.cli.remains import describe_remains, find_remains
from sync.cli.stop import INTERRUPTED, Stop
from sync.collection.select import ALL, Selection
from sync.errors import ConfigError, GuardTripped
from sync.ndex.client import NdexClient
from sync.ndex.responses import User
from sync.plan.actions import Action, Plan
from sync.plan.file import require_same_target
from sync.push import (
    PushSettings,
    open_context,
    open_push_client,
    plan_collection,
    plan_restore_of,
)
from sync.report.applied import AppliedAction, AppliedReport, Ending
from sync.report.exit_status import ExitStatus
from sync.report.github_job import Job
from sync.report.publish import publish_applied
from sync.report.render.applied import print_applied
from sync.report.render.formats import TERMINAL, FormatRequest
from sync.report.render.plan import PLAN_FORMATS, print_plan
from sync.report.text import visible
from sync.report.write import require_writable, write_reports
from sync.state.backup import BackupStore
from sync.state.contents import Contents
from sync.state.journal import ActionOutcome, Outcome

logger = logging.getLogger(__name__)

_ENDINGS = {
    Outcome.DONE: Ending.DONE,
    Outcome.CONFLICT: Ending.CONFLICT,
    Outcome.FAILED: Ending.FAILED,
}


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What ``plan`` and ``push`` are asked for."""

    output: OutputOptions
    selection: Selection = ALL
    prune: bool = False
    formats: tuple[FormatRequest, ...] = ()
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How to apply a plan: ``approved`` is a digest, ``ask`` asks a person first.

    ``formats`` are those of the report on what was done.
    """

    output: OutputOptions
    approved: str | None = None
    ask: bool = True
    formats: tuple[FormatRequest, ...] = (TERMINAL,)

    @property
    def shows_plan_on(self) -> TextIO:
        """Where the plan is shown. A document on standard output must be alone there."""
        documents = {each.name for each in self.formats if each.path is None}
        return sys.stderr if documents & {"json", "markdown"} else sys.stdout


def run_plan(settings: PushSettings, options: PlanOptions) -> int:
    """Plan, write the plan, and return the exit status: 1 if there is something to do."""
    configure_logging(options.output)
    require_writable(options.formats)

    async def _run(_stop: Stop) -> int:
        async with open_push_client(settings) as (client, user):
            left_open = await _name_left_open(settings, client, user)
            plan = await _make_plan(settings, options, client, user.name)
        write_reports(PLAN_FORMATS, plan, options.formats, sys.stdout)
        return 1 if plan.actions else _status_without_actions(plan) or int(left_open)

    return _run_stoppably(_run)


def _status_without_actions(plan: Plan) -> int:
    """Return 3 if records could not be looked up, since there may be something to do for them."""
    if plan.leaves_unknown:
        return ExitStatus.INCOMPLETE
    return ExitStatus.DIFFERENCES if plan.leaves_open else ExitStatus.IN_SYNC


def run_apply(settings: PushSettings, plan: Plan, options: ApplyOptions) -> int:
    """Apply a plan that was read from a file, and return the exit status.

    What earlier runs left is repaired even if a guard stops the plan.
    """
    configure_logging(options.output)
    require_writable(options.formats)

    async def _run(stop: Stop) -> int:
        async with open_context(settings, stop.requested) as context:
            try:
                require_approved(plan, options.approved)
            except GuardTripped:
                await _recover(context, stop)
                raise
            return await _apply(settings, plan, options, context, stop)

    return _run_stoppably(_run)


def run_push(settings: PushSettings, options: PlanOptions, applying: ApplyOptions) -> int:
    """Plan, show, ask, apply, and return the exit status."""
    configure_logging(applying.output)
    require_writable(applying.formats)

    async def _run(stop: Stop) -> int:
        with closing(Contents()) as contents:
            async with open_context(settings, stop.requested, contents) as context:
                broken = await _recover(context, stop)
                plan = await _make_plan(
                    settings, options, context.client, context.account, contents
                )
                print_plan(plan, applying.shows_plan_on)
                status = await _apply_if_wanted(settings, plan, applying, context, stop)
                return status or int(broken)

    return _run_stoppably(_run)


def run_restore(
    settings: PushSettings, run: str, select: tuple[str, ...], applying: ApplyOptions
) -> int:
    """Plan the restore, show, ask, apply, and return the exit status."""
    configure_logging(applying.output)

    async def _run(stop: Stop) -> int:
        async with open_context(settings, stop.requested) as context:
            broken = await _recover(context, stop)
            plan = await plan_restore_of(settings, run, select, context)
            print_plan(plan, sys.stdout)
            status = await _apply_if_wanted(settings, plan, applying, context, stop)
            # What is left may be what the restore brings back.
            return status or int(broken and not plan.actions)

    return _run_stoppably(_run)


def _run_stoppably(work: Callable[[Stop], Awaitable[int]]) -> int:
    """Run to the end, or until a signal; what is being written is finished first."""

    async def _run() -> int:
        stop = Stop.on_signals()
        try:
            return await work(stop)
        except asyncio.CancelledError:
            logger.warning("stopped before the end; apply the same plan again to go on")
            return INTERRUPTED

    return asyncio.run(_run())


async def _make_plan(
    settings: PushSettings,
    options: PlanOptions,
    client: NdexClient,
    account: str,
    contents: Contents | None = None,
) -> Plan:
    collection = settings.open_collection(options.selection)
    say_if_unchanged(len(collection.paths), options.selection.changed_since)
    with show_progress("Checking", len(collection.paths), quiet=options.output.quiet) as advance:
        return await plan_collection(
            settings,
            collection,
            client,
            account,
            prune=options.prune,
            kinds=options.kinds,
            contents=contents,
            advance=advance,
        )


async def _apply_if_wanted(
    settings: PushSettings, plan: Plan, options: ApplyOptions, context: ApplyContext, stop: Stop
) -> int:
    if not plan.actions:
        status = _status_without_actions(plan)
        formats = tuple(each for each in options.formats if each != TERMINAL)
        nothing = _report(settings, plan, Applied(plan.id, {}), status)
        _publish(nothing, replace(options, formats=formats), settings)
        return status
    require_approved(plan, options.approved)
    refused = await _refuse() if options.ask else None
    if refused is not None:
        return refused
    return await _apply(settings, plan, options, context, stop)


def _publish(report: AppliedReport, options: ApplyOptions, settings: PushSettings) -> None:
    job = Job.from_environment(os.environ, settings.root)
    publish_applied(report, options.formats, job, sys.stdout)


async def _refuse() -> int | None:
    """Ask whether to apply; return None if the answer is yes, else the exit status."""
    if not sys.stdin.isatty():
        raise ConfigError("not a terminal; use --yes to apply without confirmation")
    try:
        wanted = await confirm("Apply this plan?")
    except (typer.Abort, asyncio.CancelledError):
        typer.echo("\nNothing was changed.")
        return INTERRUPTED
    if wanted:
        return None
    typer.echo("Nothing was changed.")
    return 1


async def _apply(
    settings: PushSettings, plan: Plan, options: ApplyOptions, context: ApplyContext, stop: Stop
) -> int:
    require_same_target(plan, context.server, context.account, context.collection)
    quiet = options.output.quiet

    def _tell_progress() -> None:
        if progress := find_progress(plan, context.journal):
            print_applied(_report(settings, plan, progress, INTERRUPTED), sys.stdout)

    with stop.writing(_tell_progress):
        try:
            with show_progress("Applying", len(plan.actions), quiet=quiet) as advance:
                applied = await apply_plan(plan, context, advance)
        except asyncio.CancelledError:
            _tell_progress()
            raise
    interrupted = stop.requested.is_set() and len(applied.outcomes) < len(plan.actions)
    status = INTERRUPTED if interrupted else _status(plan, applied)
    _publish(_report(settings, plan, applied, status), options, settings)
    return status


async def _recover(context: ApplyContext, stop: Stop) -> bool:
    """Repair what earlier runs left, and say so; return whether any of it remains."""
    with stop.writing(lambda: None):
        recovered = await recover_runs(context)
    _tell_recovered(recovered, sys.stderr)
    stop.require_going()
    return any(not each.fixable for each in recovered)


async def _name_left_open(settings: PushSettings, client: NdexClient, user: User) -> bool:
    """Say what earlier runs left, which a plan does not change; return whether there is any."""
    found = await find_remains(settings.state, client, settings.server, user.name)
    for each in found:
        typer.echo(describe_remains(each), sys.stderr)
    return bool(found)


def _tell_recovered(found: Iterable[Remains], stream: TextIO) -> None:
    for each in found:
        typer.echo(visible(_describe_recovered(each)), stream)


def _describe_recovered(found: Remains) -> str:
    return f"Repaired {found}" if found.fixable else str(found)


def _report(settings: PushSettings, plan: Plan, applied: Applied, status: int) -> AppliedReport:
    private = BackupStore(settings.state).find_private(applied.run)
    command = ["ndex-sync", "restore", applied.run, *settings.options]
    return AppliedReport(
        run=applied.run,
        server=settings.server,
        account=plan.account,
        collection=plan.collection,
        exit_status=status,
        actions=tuple(
            _report_action(
                action,
                applied.outcomes.get(number),
                Ending.NOT_FINISHED if number in applied.in_hand else Ending.NOT_BEGUN,
            )
            for number, action in enumerate(plan.actions)
        ),
        left=plan.skipped,
        recovered=tuple(map(_describe_recovered, applied.recovered)),
        stopped=applied.stopped,
        repeated=applied.repeated,
        private_backups=None if private is None else str(private),
        undo=shlex.join(command) if applied.count(Outcome.DONE) else None,
    )


def _report_action(action: Action, ended: ActionOutcome | None, otherwise: Ending) -> AppliedAction:
    return AppliedAction(
        kind=action.kind,
        ending=otherwise if ended is None else _ENDINGS[ended.outcome],
        record=getattr(action, "record", None),
        path=getattr(action, "path", None),
        network=getattr(action, "network", None),
        message="" if ended is None else ended.message,
        notable=ended is not None and INDEX_PENDING in ended.message,
    )


def _status(plan: Plan, applied: Applied) -> int:
    """Return the exit status; a record whose network was finished first does not count as left."""
    unfinished = applied.count(Outcome.FAILED) or len(applied.outcomes) < len(plan.actions)
    if applied.stopped or unfinished:
        return ExitStatus.INCOMPLETE
    finished = {each.action.record for each in applied.recovered if isinstance(each, HalfMade)}
    left = tuple(each for each in plan.skipped if each.record not in finished)
    if status := _status_without_actions(structs.replace(plan, skipped=left)):
        return status
    remains = any(isinstance(each, Unrecovered) for each in applied.recovered)
    return int(applied.count(Outcome.CONFLICT) > 0 or remains)
