"""Apply a whole plan: guards, journal, actions, outcomes; continue where an earlier run stopped."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sync.apply.actions import ActionExecutor, is_upload
from sync.apply.context import ApplyContext
from sync.apply.gate import UploadGate
from sync.apply.recover import HalfMade, LeftOpen, Remains, recover_runs
from sync.errors import GuardTripped, PlanMismatch, ServerError
from sync.plan.actions import Action, DeleteNetwork, Plan
from sync.plan.file import require_same_target
from sync.state.backup import BackupStore, KeepPolicy
from sync.state.journal import ActionOutcome, Journal, Outcome, RunRecord

logger = logging.getLogger(__name__)

_DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Applied:
    """How an apply ended: the outcomes of the actions that were reached, by number.

    ``stopped`` says why the run ended early, None if it did not. ``recovered`` is what earlier runs
    had left. ``in_hand`` are the actions that were begun and have not ended. ``repeated``: the plan
    had been applied to its end before, so nothing was done.
    """

    run: str
    outcomes: dict[int, ActionOutcome]
    recovered: tuple[Remains, ...] = ()
    stopped: str | None = None
    repeated: bool = False
    in_hand: frozenset[int] = frozenset()

    def count(self, outcome: Outcome) -> int:
        """Return how many actions ended this way."""
        return sum(each.outcome is outcome for each in self.outcomes.values())


def require_approved(plan: Plan, approved: str | None) -> None:
    """Refuse a plan that a guard stops, unless this very plan is approved.

    Raises:
        GuardTripped: names each guard and what to do.
    """
    digest = plan.digest
    if plan.tripped and approved != digest:
        raise GuardTripped(tuple(each.message for each in plan.tripped), digest)


async def apply_plan(
    plan: Plan, context: ApplyContext, advance: Callable[[], None] = lambda: None
) -> Applied:
    """Do what the plan says and has not been done yet; nothing else.

    Once the context's ``stop`` is set no more actions begin, and running ones go on to their end.

    Raises:
        PlanMismatch: the plan is for another server, account or collection, or its run belongs to
            another plan.
        Unreachable: what an earlier run left cannot be repaired now.
    """
    journal, policy = context.journal, context.policy
    require_same_target(plan, context.server, context.account, context.collection)
    run = journal.begin_run(_new_run(plan, policy.now_ms()), plan.actions)
    if run.digest != plan.digest:
        raise PlanMismatch(f"the plan's id was changed: {run.id} is another plan; plan again")
    recovered = await recover_runs(context, except_run=run.id)
    outcomes = journal.read_outcomes(run.id)
    todo = [
        (number, action)
        for number, action in enumerate(plan.actions)
        if number not in outcomes or not outcomes[number].outcome.final
    ]
    if todo and run.finished_ms is not None:
        journal.finish_run(run.id, None)
    repaired = frozenset(each.network for each in recovered if isinstance(each, LeftOpen))
    finished = tuple(each.action for each in recovered if isinstance(each, HalfMade))
    stopped = await _perform_all(todo, context.for_run(run.id, repaired, finished), advance)
    outcomes = journal.read_outcomes(run.id)
    if context.stop.is_set() and len(outcomes) == len(plan.actions):
        stopped = None
    # The next recovery looks at what a conflict may have left, and then finishes the run.
    done = [each for each in outcomes.values() if each.outcome is Outcome.DONE]
    if len(done) == len(plan.actions):
        journal.finish_run(run.id, policy.now_ms())
    forget_old_runs(journal, context.backups, policy.keep, policy.now_ms())
    repeated = bool(plan.actions) and not todo
    return Applied(run.id, outcomes, recovered, stopped, repeated)


def find_progress(plan: Plan, journal: Journal) -> Applied | None:
    """Return the progress of a plan's run, None if it was not begun."""
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
        digest=plan.digest,
        server=plan.server,
        account=plan.account,
        collection=plan.collection,
        records=plan.records,
        complete=plan.complete,
        started_ms=started_ms,
        finished_ms=None,
    )


async def _perform_all(
    todo: list[tuple[int, Action]], context: ApplyContext, advance: Callable[[], None]
) -> str | None:
    """Perform actions, some at once; return why the rest was left, None if none was.

    Networks are put into the trash when everything else is done.
    """

    async def _worker(left: _Left) -> None:
        while (each := left.take()) is not None:
            number, action = each
            outcome = await _perform(context, number, action)
            if outcome is None:
                return
            context.journal.end_action(context.run, number, outcome, context.policy.now_ms())
            advance()

    async def _close_when_told() -> None:
        await context.stop.wait()
        context.gate.close(_TOLD)

    watching = asyncio.ensure_future(_close_when_told())
    try:
        for last in (False, True):
            now = [each for each in todo if isinstance(each[1], DeleteNetwork) is last]
            left = _Left(now, context.gate)
            async with asyncio.TaskGroup() as tasks:
                for _ in range(min(context.at_once, len(now))):
                    tasks.create_task(_worker(left))
    finally:
        watching.cancel()
    return _explain_end(context)


class _Left:
    """Actions that were not begun, in order; while uploads wait for each other, others go on.

    ``gate`` says whether an upload must wait.
    """

    def __init__(self, todo: list[tuple[int, Action]], gate: UploadGate) -> None:
        self._uploads = deque(each for each in todo if is_upload(each[1]))
        self._others = deque(each for each in todo if not is_upload(each[1]))
        self._gate = gate

    def take(self) -> tuple[int, Action] | None:
        """Take the next action that may begin, or else the next upload; None if all are taken."""
        if not self._uploads or not self._others:
            left = self._uploads or self._others
            return left.popleft() if left else None
        first = self._uploads[0][0] < self._others[0][0] and self._gate.is_free
        return self._uploads.popleft() if first else self._others.popleft()


_TOLD = "told to stop"


def _explain_end(context: ApplyContext) -> str | None:
    if context.stop.is_set():
        return f"{_TOLD}; apply the same plan again to go on"
    if context.breaker.is_open:
        return "the server kept failing; apply the plan again when it works"
    if context.gate.closed is not None:
        return f"{context.gate.closed}; apply the plan again when that is fixed"
    return None


async def _perform(context: ApplyContext, number: int, action: Action) -> ActionOutcome | None:
    try:
        return await ActionExecutor(context, context.log(number)).perform(action)
    except ServerError as error:
        context.breaker.reads.note_error(error)
        return ActionOutcome(Outcome.FAILED, str(error))
