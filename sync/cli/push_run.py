"""What plan, apply, push and restore share: show the plan, ask, apply, tell."""

from __future__ import annotations

import asyncio
import logging
import shlex
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import TextIO

import typer
from msgspec import structs

from sync.apply.context import ApplyPolicy
from sync.apply.executor import INDEX_PENDING
from sync.apply.recover import HalfMade, Remains, Unrecovered
from sync.apply.run import (
    Applied,
    apply_plan,
    find_progress,
    recover_runs,
    require_approved,
)
from sync.cli.log import configure_logging
from sync.cli.options import OutputOptions
from sync.cli.progress import show_progress
from sync.cli.question import confirm
from sync.cli.remains import describe_remains, find_remains
from sync.cli.run import INTERRUPTED, Stop
from sync.errors import ConfigError, GuardTripped
from sync.ndex.client import NdexClient
from sync.ndex.responses import User
from sync.plan.actions import Action, Plan
from sync.plan.file import require_same_target
from sync.push import (
    Setting,
    make_desk,
    open_push_client,
    plan_collection,
    plan_way_back,
)
from sync.report.exit_status import ExitStatus
from sync.report.render.formats import FormatRequest
from sync.report.render.plan import PLAN_FORMATS, print_plan
from sync.report.text import visible
from sync.report.write import require_writable, write_reports
from sync.session import (
    ALL,
    Selection,
)
from sync.state.backup import BackupStore
from sync.state.contents import Contents
from sync.state.journal import Journal, Outcome
from sync.state.lock import lock_state

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """What ``plan`` and ``push`` are asked for."""

    output: OutputOptions
    selection: Selection = ALL
    prune: bool = False
    formats: tuple[FormatRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplyOrder:
    """How a plan is to be applied: ``approved`` is a digest, ``ask`` asks a person first."""

    output: OutputOptions
    approved: str | None = None
    ask: bool = True


def run_plan(setting: Setting, order: PlanOrder) -> int:
    """Plan, write the plan, and return the exit status: 1 where there is something to do."""
    configure_logging(order.output)
    require_writable(order.formats)

    async def _run(_stop: Stop) -> int:
        async with open_push_client(setting) as (client, user):
            left_open = await _name_left_open(setting, client, user)
            plan = await _make_plan(setting, order, client, user)
        write_reports(PLAN_FORMATS, plan, order.formats, sys.stdout)
        return 1 if plan.actions else _status_without_actions(plan) or int(left_open)

    return _run_stoppably(_run)


def _status_without_actions(plan: Plan) -> int:
    """Return 3 where records could not be looked up, so that there may be something to do."""
    if plan.leaves_unknown:
        return ExitStatus.INCOMPLETE
    return ExitStatus.DIFFERENCES if plan.leaves_open else ExitStatus.IN_SYNC


def run_apply(setting: Setting, plan: Plan, order: ApplyOrder) -> int:
    """Apply a plan that was read from a file, and return the exit status.

    What earlier runs left is put right also where a guard stops the plan.
    """
    configure_logging(order.output)

    async def _run(stop: Stop) -> int:
        with lock_state(setting.state):
            async with open_push_client(setting) as (client, user):
                try:
                    require_approved(plan, order.approved)
                except GuardTripped:
                    await _recover(setting, client, user, stop)
                    raise
                return await _apply(setting, plan, order, client, user, stop)

    return _run_stoppably(_run)


def run_push(setting: Setting, order: PlanOrder, applying: ApplyOrder) -> int:
    """Plan, show, ask, apply, and return the exit status."""
    configure_logging(applying.output)
    require_writable(order.formats)

    async def _run(stop: Stop) -> int:
        with lock_state(setting.state):
            async with open_push_client(setting) as (client, user):
                broken = await _recover(setting, client, user, stop)
                contents = Contents()
                plan = await _make_plan(setting, order, client, user, contents)
                write_reports(PLAN_FORMATS, plan, order.formats, sys.stdout)
                status = await _apply_if_wanted(
                    setting, plan, applying, client, user, stop, contents
                )
                return status or int(broken)

    return _run_stoppably(_run)


def run_restore(setting: Setting, run: str, select: tuple[str, ...], applying: ApplyOrder) -> int:
    """Plan the way back, show, ask, apply, and return the exit status."""
    configure_logging(applying.output)

    async def _run(stop: Stop) -> int:
        with lock_state(setting.state):
            async with open_push_client(setting) as (client, user):
                broken = await _recover(setting, client, user, stop)
                plan = await plan_way_back(setting, run, select, client, user)
                print_plan(plan, sys.stdout)
                status = await _apply_if_wanted(setting, plan, applying, client, user, stop)
                # What is left may be just what the restore gives back.
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
    setting: Setting,
    order: PlanOrder,
    client: NdexClient,
    user: User,
    contents: Contents | None = None,
) -> Plan:
    collection = setting.open_collection(order.selection)
    with show_progress("Checking", len(collection.paths), quiet=order.output.quiet) as advance:
        return await plan_collection(
            setting,
            collection,
            client,
            user,
            prune=order.prune,
            contents=contents,
            advance=advance,
        )


async def _apply_if_wanted(
    setting: Setting,
    plan: Plan,
    order: ApplyOrder,
    client: NdexClient,
    user: User,
    stop: Stop,
    contents: Contents | None = None,
) -> int:
    if not plan.actions:
        return _status_without_actions(plan)
    require_approved(plan, order.approved)
    refused = await _refuse() if order.ask else None
    if refused is not None:
        return refused
    return await _apply(setting, plan, order, client, user, stop, contents)


async def _refuse() -> int | None:
    """Ask whether to apply; return the exit status where that is not wanted, None where it is."""
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
    setting: Setting,
    plan: Plan,
    order: ApplyOrder,
    client: NdexClient,
    user: User,
    stop: Stop,
    contents: Contents | None = None,
) -> int:
    require_same_target(plan, setting.server, user.name, setting.collection.name)
    quiet = order.output.quiet
    with Journal.open(setting.state) as journal:
        desk = replace(make_desk(setting, journal, client, user), contents=contents)

        def _tell_progress() -> None:
            if progress := find_progress(plan, journal):
                _tell(setting, plan, progress)

        with stop.writing(_tell_progress):
            try:
                with show_progress("Applying", len(plan.actions), quiet=quiet) as advance:
                    applied = await apply_plan(plan, desk, ApplyPolicy(), advance, stop.requested)
            except asyncio.CancelledError:
                _tell_progress()
                raise
    _tell(setting, plan, applied)
    if stop.requested.is_set() and len(applied.outcomes) < len(plan.actions):
        return INTERRUPTED
    return _status(plan, applied)


async def _recover(setting: Setting, client: NdexClient, user: User, stop: Stop) -> bool:
    """Put right what earlier runs left, and say so; tell whether anything of it remains."""
    with Journal.open(setting.state) as journal, stop.writing(lambda: None):
        recovered = await recover_runs(make_desk(setting, journal, client, user), ApplyPolicy())
    _tell_recovered(recovered, sys.stderr)
    stop.require_going()
    return any(not each.fixable for each in recovered)


async def _name_left_open(setting: Setting, client: NdexClient, user: User) -> bool:
    """Say what earlier runs left, which a plan does not change; tell whether there is any."""
    found = await find_remains(setting.state, client, setting.server, user.name)
    for each in found:
        typer.echo(describe_remains(each), sys.stderr)
    return bool(found)


def _tell_recovered(found: Iterable[Remains], stream: TextIO) -> None:
    for each in found:
        typer.echo(visible(f"Put right {each}" if each.fixable else str(each)), stream)


def _tell(setting: Setting, plan: Plan, applied: Applied) -> None:
    counts = (
        (applied.count(Outcome.DONE), "done"),
        (applied.count(Outcome.CONFLICT), "in conflict"),
        (applied.count(Outcome.FAILED), "failed"),
        (len(applied.in_hand), "not finished"),
        (len(plan.actions) - len(applied.outcomes) - len(applied.in_hand), "not begun"),
    )
    told = ", ".join(f"{count:,} {what}" for count, what in counts if count)
    typer.echo(f"Run {applied.run}: {told or 'nothing to do'}")
    for number, ended in sorted(applied.outcomes.items()):
        if ended.outcome is not Outcome.DONE or INDEX_PENDING in ended.message:
            action = _name(plan.actions[number])
            typer.echo(visible(f"  {ended.outcome}: {action}: {ended.message}"))
    for number in sorted(applied.in_hand):
        action = _name(plan.actions[number])
        typer.echo(visible(f"  not finished: {action}: the next apply or push looks at it first"))
    _tell_recovered(applied.recovered, sys.stdout)
    if applied.repeated:
        typer.echo(
            "This plan had been applied before, and nothing was done now; make a new plan to "
            "look at the networks again."
        )
    elif applied.count(Outcome.CONFLICT):
        typer.echo("A conflict is final for this plan; make a new plan to try again.")
    if applied.stopped:
        typer.echo(f"Stopped: {applied.stopped}")
    if private := BackupStore(setting.state).find_private(applied.run):
        typer.echo(f"Backups of networks that are not public: {visible(str(private))}")
    if applied.count(Outcome.DONE):
        typer.echo(f"Undo with: ndex-sync restore {shlex.join([applied.run, *setting.options])}")


def _name(action: Action) -> str:
    name = getattr(action, "record", None) or getattr(action, "network", "")
    return f"{action.kind} {name}"


def _status(plan: Plan, applied: Applied) -> int:
    """Return the exit status; a record whose network was finished first is not left open."""
    unfinished = applied.count(Outcome.FAILED) or len(applied.outcomes) < len(plan.actions)
    if applied.stopped or unfinished:
        return ExitStatus.INCOMPLETE
    finished = {each.action.record for each in applied.recovered if isinstance(each, HalfMade)}
    left = tuple(each for each in plan.skipped if each.record not in finished)
    if status := _status_without_actions(structs.replace(plan, skipped=left)):
        return status
    remains = any(isinstance(each, Unrecovered) for each in applied.recovered)
    return int(applied.count(Outcome.CONFLICT) > 0 or remains)
