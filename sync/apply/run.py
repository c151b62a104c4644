"""Apply a whole plan: guards, journal, actions, outcomes; go on where an earlier run stopped."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sync.actions import Action, Plan
from sync.apply.breaker import Breaker
from sync.apply.looking import SetMembers
from sync.apply.making import AccountNetworks
from sync.apply.perform import Performer
from sync.apply.recover import LeftOpen, Recovery, Remains
from sync.apply.summaries import SharedSummaries
from sync.apply.uploads import UPLOADS_AT_ONCE, UploadGate
from sync.apply.work import WorkPolicy
from sync.errors import GuardTripped, PlanMismatch, ServerError
from sync.model import NetworkId
from sync.ndex.client import NdexClient
from sync.ndex.clock import SYSTEM_CLOCK, Clock
from sync.planfile import digest_plan, require_same_target
from sync.state.backup import BackupStore, KeepPolicy
from sync.state.journal import ActionOutcome, Journal, Outcome, RunRecord

logger = logging.getLogger(__name__)

_DAY_MS = 24 * 3600 * 1000


def now_ms() -> int:
    """Return our own clock's time; the journal's, never compared with NDEx's."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What an apply works with: the client, who is logged in, and the open state.

    ``server`` and ``collection`` are what the plan has to name. ``user`` is the account's id.
    ``root`` is the folder of the records, ``map_path`` the collection's map file below it.
    """

    client: NdexClient
    server: str
    account: str
    collection: str
    user: str
    journal: Journal
    backups: BackupStore
    root: Path
    map_path: str | None = None


@dataclass(frozen=True, slots=True)
class ApplyPolicy:
    """How an apply goes about it: so many actions at once, and how patient each is."""

    at_once: int = UPLOADS_AT_ONCE
    work: WorkPolicy = field(default_factory=WorkPolicy)
    keep: KeepPolicy = field(default_factory=KeepPolicy)
    clock: Clock = SYSTEM_CLOCK
    now_ms: Callable[[], int] = now_ms


@dataclass(frozen=True, slots=True)
class Applied:
    """How an apply ended: outcomes by the action's number, those that were come to.

    ``stopped`` says why the run ended early, None where it did not. ``recovered`` is what earlier
    runs had left. ``in_hand`` are the actions that were begun and have not ended. ``repeated``: the
    plan had been applied to its end before, so nothing was done.
    """

    run: str
    outcomes: dict[int, ActionOutcome]
    recovered: tuple[Remains, ...] = ()
    stopped: str | None = None
    repeated: bool = False
    in_hand: frozenset[int] = frozenset()

    def count(self, outcome: Outcome) -> int:
        """Return how many actions ended so."""
        return sum(each.outcome is outcome for each in self.outcomes.values())


def require_approved(plan: Plan, approved: str | None) -> None:
    """Refuse a plan that a guard stops, unless this very plan is approved.

    Raises:
        GuardTripped: names each guard and the way out.
    """
    digest = digest_plan(plan)
    if plan.tripped and approved != digest:
        raise GuardTripped(tuple(each.message for each in plan.tripped), digest)


async def apply_plan(
    plan: Plan,
    desk: Desk,
    policy: ApplyPolicy,
    advance: Callable[[], None] = lambda: None,
    stop: asyncio.Event | None = None,
) -> Applied:
    """Do what the plan says and has not been done yet; nothing else.

    Once ``stop`` is set no action begins any more, and those in hand go on to their end.

    Raises:
        PlanMismatch: the plan is for another server, account or collection, or its run is
            another plan's.
        Unreachable: what an earlier run left cannot be put right now.
    """
    require_same_target(plan, desk.server, desk.account, desk.collection)
    run = desk.journal.begin_run(_new_run(plan, policy.now_ms()), plan.actions)
    if run.digest != digest_plan(plan):
        raise PlanMismatch(f"the plan's id was changed: {run.id} is another plan; plan again")
    recovered = await recover_runs(desk, policy, except_run=run.id)
    outcomes = desk.journal.read_outcomes(run.id)
    todo = [
        (number, action)
        for number, action in enumerate(plan.actions)
        if number not in outcomes or not outcomes[number].outcome.final
    ]
    if todo and run.finished_ms is not None:
        desk.journal.finish_run(run.id, None)
    put_right = frozenset(each.network for each in recovered if isinstance(each, LeftOpen))
    performer = _performer(desk, run.id, policy, put_right)
    stopped = await _perform_all(todo, performer, policy, advance, stop or asyncio.Event())
    outcomes = desk.journal.read_outcomes(run.id)
    if stop is not None and stop.is_set() and len(outcomes) == len(plan.actions):
        stopped = None
    # What a conflict may have left is looked at by the next recovery, which then finishes the run.
    done = [each for each in outcomes.values() if each.outcome is Outcome.DONE]
    if len(done) == len(plan.actions):
        desk.journal.finish_run(run.id, policy.now_ms())
    forget_old_runs(desk.journal, desk.backups, policy.keep, policy.now_ms())
    repeated = bool(plan.actions) and not todo
    return Applied(run.id, outcomes, recovered, stopped, repeated)


async def recover_runs(
    desk: Desk, policy: ApplyPolicy, except_run: str | None = None
) -> tuple[Remains, ...]:
    """Put right what earlier runs have left, and return it with what could not be put right.

    Raises:
        Unreachable: the server cannot be reached; run again.
    """
    recovery = Recovery(desk.client, desk.journal, policy.now_ms)
    return await recovery.recover(
        desk.server,
        desk.account,
        desk.collection,
        lambda run: _performer(desk, run, policy),
        except_run,
    )


def find_progress(plan: Plan, journal: Journal) -> Applied | None:
    """Return how far the run of a plan is, None where it was not begun."""
    run = journal.find_run(plan.id)
    if run is None:
        return None
    outcomes = journal.read_outcomes(run.id)
    return Applied(run.id, outcomes, in_hand=journal.list_begun(run.id) - outcomes.keys())


def forget_old_runs(journal: Journal, backups: BackupStore, keep: KeepPolicy, at_ms: int) -> None:
    """Delete finished runs, with their backups, that are too old or too many."""
    finished = [run for run in journal.list_runs() if run.finished_ms is not None]
    surplus = len(finished) - keep.max_runs
    for index, run in enumerate(finished):
        too_old = at_ms - run.started_ms > keep.max_age_days * _DAY_MS
        if too_old or index < surplus:
            backups.forget(run.id)
            journal.forget_run(run.id)


def _new_run(plan: Plan, started_ms: int) -> RunRecord:
    return RunRecord(
        id=plan.id,
        digest=digest_plan(plan),
        server=plan.server,
        account=plan.account,
        collection=plan.collection,
        records=plan.records,
        complete=plan.complete,
        started_ms=started_ms,
        finished_ms=None,
    )


def _performer(
    desk: Desk, run: str, policy: ApplyPolicy, put_right: frozenset[NetworkId] = frozenset()
) -> Performer:
    return Performer(
        client=desk.client,
        account=desk.account,
        journal=desk.journal,
        backups=desk.backups,
        run=run,
        root=desk.root,
        map_path=desk.map_path,
        networks=AccountNetworks(desk.client, desk.user),
        summaries=SharedSummaries(desk.client, policy.clock),
        members=SetMembers(desk.client),
        breaker=Breaker(),
        gate=UploadGate(policy.at_once),
        policy=policy.work,
        clock=policy.clock,
        now_ms=policy.now_ms,
        put_right=put_right,
    )


async def _perform_all(
    todo: list[tuple[int, Action]],
    performer: Performer,
    policy: ApplyPolicy,
    advance: Callable[[], None],
    stop: asyncio.Event,
) -> str | None:
    """Perform actions, some at once; return why the rest was left, None where none was."""
    left = iter(todo)
    breaker, gate = performer.breaker, performer.gate

    async def _worker() -> None:
        for number, action in left:
            if breaker.is_open or gate.closed is not None or stop.is_set():
                return
            outcome = await _perform(performer, number, action)
            if outcome is not None:
                performer.journal.settle(performer.run, number, outcome, policy.now_ms())
                advance()

    async def _close_when_told() -> None:
        await stop.wait()
        gate.close(_TOLD)

    watching = asyncio.ensure_future(_close_when_told())
    try:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(policy.at_once, len(todo))):
                tasks.create_task(_worker())
    finally:
        watching.cancel()
    return _explain_end(breaker, gate, stop)


_TOLD = "told to stop"


def _explain_end(breaker: Breaker, gate: UploadGate, stop: asyncio.Event) -> str | None:
    if stop.is_set():
        return f"{_TOLD}; apply the same plan again to go on"
    if breaker.is_open:
        return "the server kept failing; apply the plan again when it is well"
    if gate.closed is not None:
        return f"{gate.closed}; apply the plan again when that is put right"
    return None


async def _perform(performer: Performer, number: int, action: Action) -> ActionOutcome | None:
    try:
        return await performer.perform(number, action)
    except ServerError as error:
        performer.breaker.reads.note_error(error)
        return ActionOutcome(Outcome.FAILED, str(error))
