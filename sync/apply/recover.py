"""Repair what a run that died or gave up left: unlocked, hidden, unsearchable, half-made.

Every ``apply``, ``push`` and ``restore`` begins with it. What cannot be repaired is named and tried
again the next time; it stops nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from sync.apply.action_log import find_owed, read_history
from sync.apply.actions import ActionExecutor
from sync.apply.context import ApplyContext
from sync.apply.create import is_begun
from sync.apply.decide import find_closing
from sync.apply.observe import observed_of
from sync.apply.send import close
from sync.apply.states import Step, Target
from sync.apply.target import state_of
from sync.errors import NotFound, ServerError, StateDamaged, Unreachable
from sync.model import NetworkId, Summary, Visibility
from sync.ndex.client import NdexClient
from sync.ndex.loading import LoadState, read_load_state
from sync.plan.actions import Basis, CreateNetwork, UndeleteNetwork
from sync.plan.decide_update import why_untouchable
from sync.state.journal import ActionOutcome, Entry, Journal, Outcome, RunRecord

_WORDS = {
    Step.LOCK: "locked again",
    Step.VISIBILITY: "shown again",
    Step.INDEX: "indexed again",
}


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A network that action ``number`` of a run left open, and the ``steps`` that repair it.

    No steps: its upload could not be loaded, so it is hidden and has lost its content.
    ``visibility`` is what it was before the run.
    """

    run: str
    number: int
    summary: Summary
    visibility: Visibility
    steps: tuple[Step, ...]

    @property
    def network(self) -> NetworkId:
        """The network's id."""
        return self.summary.id

    @property
    def fixable(self) -> bool:
        """Whether a push repairs it."""
        return bool(self.steps)

    def __str__(self) -> str:
        if not self.steps:
            return (
                f"network {self.network} is hidden and lost its content in run "
                f"{self.run}; restore it with: ndex-sync restore {self.run}"
            )
        words = ", ".join(_WORDS[step] for step in self.steps)
        return f"network {self.network}, which run {self.run} had left open ({words})"


@dataclass(frozen=True, slots=True)
class HalfMade:
    """A network that action ``number`` of run ``run`` began to make and did not finish.

    Its UUID goes into the records and the map file of ``collection``.
    """

    run: str
    collection: str
    number: int
    action: CreateNetwork

    @property
    def fixable(self) -> bool:
        """Whether a push repairs it."""
        return True

    def __str__(self) -> str:
        return f"the network of {self.action.record}, which run {self.run} began to make"


@dataclass(frozen=True, slots=True)
class Unrecovered:
    """What could not be repaired now, or could not be looked at, and why."""

    what: str
    reason: str

    @property
    def fixable(self) -> bool:
        """Whether a push repairs it."""
        return False

    def __str__(self) -> str:
        return f"Not repaired: {self.what}: {self.reason}; the next push tries again"


Remains = LeftOpen | HalfMade | Unrecovered
"""What a run has left. ``fixable``: a push repairs it. As text it says what and by which run."""


async def recover_runs(context: ApplyContext, except_run: str | None = None) -> tuple[Remains, ...]:
    """Repair what runs have left, except one that is to go on; return all of it.

    What cannot be repaired is returned too. Half-made networks of other collections wait for a push
    of theirs. A run that has left nothing more counts as finished.

    Raises:
        Unreachable: the server cannot be reached; run again.
    """
    journal, now_ms = context.journal, context.policy.now_ms
    search = _Search(context.client, journal)
    recovered: list[Remains] = []
    for run in search.list_open_runs(context.server, context.account, except_run):
        own = context.for_run(run.id)
        found = [_wait_for(context.collection, each) for each in await search.find(run)]
        ended = [await _repair(own, each) for each in found]
        if all(each is None or each.fixable for each in ended):
            journal.finish_run(run.id, now_ms())
        recovered += [each for each in ended if each is not None]
    return tuple(recovered)


async def find_remains(
    client: NdexClient, journal: Journal, server: str, account: str | None
) -> tuple[Remains, ...]:
    """Return what runs have left, as the server shows it now; nothing is changed.

    ``account`` None: runs of any account.

    Raises:
        Unreachable: the server cannot be reached; run again.
    """
    search = _Search(client, journal)
    runs = search.list_open_runs(server, account)
    return tuple([each for run in runs for each in await search.find(run)])


async def _repair(context: ApplyContext, found: Remains) -> Remains | None:
    """Repair one thing; return it, or why that is not possible now; None if nothing was wrong."""
    try:
        match found:
            case LeftOpen(_, number, summary, visibility, steps):
                log = context.log(number)
                await close(context.client.writer, log, summary, visibility, steps)
                return found
            case HalfMade():
                return await _finish(context, found)
            case Unrecovered():
                return found
            case _:
                assert_never(found)
    except (StateDamaged, ServerError) as error:
        _require_reachable(error)
        return Unrecovered(str(found), str(error))


async def _finish(context: ApplyContext, found: HalfMade) -> Remains | None:
    executor = ActionExecutor(context, context.log(found.number))
    outcome = await executor.finish_create(found.action)
    if outcome is None:
        return None
    context.journal.end_action(context.run, found.number, outcome, context.policy.now_ms())
    if outcome.outcome is Outcome.DONE:
        return found
    return Unrecovered(str(found), outcome.message)


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for what runs have left."""

    client: NdexClient
    journal: Journal

    def list_open_runs(
        self, server: str, account: str | None, except_run: str | None = None
    ) -> list[RunRecord]:
        """Return the runs that may have left something."""
        return [
            run
            for run in self.journal.list_runs()
            if run.server == server
            and account in (None, run.account)
            and run.id != except_run
            and run.finished_ms is None
        ]

    async def find(self, run: RunRecord) -> list[Remains]:
        """Return what a run has left."""
        outcomes = self.journal.read_outcomes(run.id)
        done = {number for number, each in outcomes.items() if each.outcome is Outcome.DONE}
        begun = self.journal.list_begun(run.id) - done
        looked = [await self._look(run, number, outcomes.get(number)) for number in sorted(begun)]
        return [each for each in looked if each is not None]

    async def _look(
        self, run: RunRecord, number: int, ended: ActionOutcome | None
    ) -> Remains | None:
        """Look at what one action that was begun has left."""
        try:
            action = self.journal.read_action(run.id, number)
        except StateDamaged as error:
            return Unrecovered(f"what action {number} of run {run.id} left", str(error))
        entries = self.journal.read_entries(run.id, number)
        final = ended is not None and ended.outcome.final
        if isinstance(action, CreateNetwork):
            begun = not final and is_begun(entries)
            return HalfMade(run.id, run.collection, number, action) if begun else None
        network = next((entry.network for entry in entries if entry.network is not None), None)
        if isinstance(action, UndeleteNetwork) or network is None or not find_owed(entries):
            return None
        try:
            summary = await self.client.fetch_summary(network)
        except NotFound:
            return None
        except ServerError as error:
            _require_reachable(error)
            return Unrecovered(f"network {network}, which run {run.id} may have left", str(error))
        return _compare(run, number, action.basis, entries, summary)


def _compare(
    run: RunRecord, number: int, basis: Basis, entries: Sequence[Entry], summary: Summary
) -> LeftOpen | Unrecovered | None:
    """Compare a network with its state when the run's plan was made."""
    steps = _find_steps(entries, summary, basis)
    if steps is None:
        return None
    found = LeftOpen(run.id, number, summary, basis.visibility, steps)
    reason = why_untouchable(summary, run.account) if steps else None
    return Unrecovered(str(found), reason) if reason else found


def _find_steps(
    entries: Sequence[Entry], summary: Summary, basis: Basis
) -> tuple[Step, ...] | None:
    """Return what an action owes its network, compared with when the plan was made.

    None: nothing. No steps: the network has lost its content.
    """
    owed = find_owed(entries)
    if read_load_state(summary) is LoadState.FAILED:
        return () if Step.VISIBILITY in owed else None
    now = state_of(summary, None, None)
    before = replace(now, visibility=basis.visibility, read_only=basis.read_only)
    target = Target(before, basis.modified_ms, before)
    # What is owed, whether or not the network may be touched.
    observed = replace(observed_of(summary, None, None), protected=False)
    needed = find_closing(target, read_history(entries), observed)
    return tuple(step for step in needed if step in owed) or None


def _wait_for(collection: str, found: Remains) -> Remains:
    """Leave a half-made network of another collection, whose map file is not this one's."""
    if not isinstance(found, HalfMade) or found.collection == collection:
        return found
    return Unrecovered(
        str(found),
        f"it waits for a push of its collection, {found.collection}, not of {collection}",
    )


def _require_reachable(error: Exception) -> None:
    """Raise if the server cannot be reached; a failure for one network stops nothing else."""
    if isinstance(error, Unreachable):
        raise error
