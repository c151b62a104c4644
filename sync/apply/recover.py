"""Put right what a run that died or gave up has left: unlocked, hidden, unsearchable, half-made.

Every ``apply``, ``push`` and ``restore`` begins with it. What cannot be put right is named and
tried again the next time; it stops nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

from sync.apply.action_log import ActionLog, find_owed
from sync.apply.actions import ActionExecutor
from sync.apply.create import is_begun
from sync.apply.decide import Step, Target, find_closing
from sync.apply.executor import close
from sync.apply.observe import look_of
from sync.apply.target import form_of
from sync.errors import NotFound, ServerError, StateDamaged, Unreachable
from sync.model import NetworkId, Summary, Visibility
from sync.ndex.client import NdexClient
from sync.ndex.loading import LoadState, read_load_state
from sync.plan.actions import Basis, CreateNetwork, UndeleteNetwork
from sync.plan.decide import why_untouchable
from sync.state.journal import ActionOutcome, Journal, Outcome, RunRecord

_WORDS = {
    Step.LOCK: "locked again",
    Step.VISIBILITY: "shown again",
    Step.INDEX: "indexed again",
}


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A network that a run has left open, and the ``steps`` that put it right.

    No steps: its upload could not be loaded, so that it is hidden and has lost its content.
    ``visibility`` is that which it had before the run.
    """

    log: ActionLog
    summary: Summary
    visibility: Visibility
    steps: tuple[Step, ...]

    @property
    def network(self) -> NetworkId:
        """The network's id."""
        return self.summary.id

    @property
    def fixable(self) -> bool:
        """Whether a push puts it right."""
        return bool(self.steps)

    def __str__(self) -> str:
        run = self.log.run
        if not self.steps:
            return (
                f"network {self.network} is hidden and has lost its content through run "
                f"{run}; give it back with: ndex-sync restore {run}"
            )
        words = ", ".join(_WORDS[step] for step in self.steps)
        return f"network {self.network}, which run {run} had left open ({words})"


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
        """Whether a push puts it right."""
        return True

    def __str__(self) -> str:
        return f"the network of {self.action.record}, which run {self.run} began to make"


@dataclass(frozen=True, slots=True)
class Unrecovered:
    """What could not be put right now, or not be looked at, and why."""

    what: str
    reason: str

    @property
    def fixable(self) -> bool:
        """Whether a push puts it right."""
        return False

    def __str__(self) -> str:
        return f"Not put right: {self.what}: {self.reason}; the next push tries it again"


Remains = LeftOpen | HalfMade | Unrecovered
"""What a run has left. ``fixable``: a push puts it right. As text it says what and by which run."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """Finds and puts right what earlier runs of an account on a server have left."""

    client: NdexClient
    journal: Journal
    now_ms: Callable[[], int]

    async def recover(
        self,
        server: str,
        account: str,
        collection: str,
        open_performer: Callable[[str], ActionExecutor],
        except_run: str | None = None,
    ) -> tuple[Remains, ...]:
        """Put right what runs have left, but for one that is to go on; return all of it.

        ``open_performer`` returns what performs the actions of a run of ``collection``; networks
        of other collections that are half made wait for a push of theirs. A run that has left
        nothing more counts as finished.

        Raises:
            Unreachable: the server cannot be reached; run again.
        """
        recovered: list[Remains] = []
        for run in self._open_runs(server, account, except_run):
            found = [_wait_for(collection, each) for each in await self._find(run)]
            ended = [await self._put_right(each, open_performer) for each in found]
            if all(each is None or each.fixable for each in ended):
                self.journal.finish_run(run.id, self.now_ms())
            recovered += [each for each in ended if each is not None]
        return tuple(recovered)

    async def find(self, server: str, account: str | None) -> tuple[Remains, ...]:
        """Return what runs have left, as the server shows it now; nothing is changed.

        ``account`` None: runs of any account.

        Raises:
            Unreachable: the server cannot be reached; run again.
        """
        runs = self._open_runs(server, account, None)
        return tuple([each for run in runs for each in await self._find(run)])

    def _open_runs(
        self, server: str, account: str | None, except_run: str | None
    ) -> list[RunRecord]:
        return [
            run
            for run in self.journal.list_runs()
            if run.server == server
            and account in (None, run.account)
            and run.id != except_run
            and run.finished_ms is None
        ]

    async def _find(self, run: RunRecord) -> list[Remains]:
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
        log = ActionLog(self.journal, run.id, number, self.now_ms)
        entries = log.read()
        final = ended is not None and ended.outcome.final
        if isinstance(action, CreateNetwork):
            begun = not final and is_begun(entries)
            return HalfMade(run.id, run.collection, number, action) if begun else None
        network = next((entry.network for entry in entries if entry.network is not None), None)
        owed = find_owed(entries)
        if isinstance(action, UndeleteNetwork) or network is None or not owed:
            return None
        try:
            return await self._compare(log, network, action.basis, owed, run.account)
        except NotFound:
            return None
        except ServerError as error:
            _require_reachable(error)
            return Unrecovered(f"network {network}, which run {run.id} may have left", str(error))

    async def _put_right(
        self, found: Remains, open_performer: Callable[[str], ActionExecutor]
    ) -> Remains | None:
        """Put one thing right; return it, or why that is not possible now; None: it is nothing."""
        try:
            match found:
                case LeftOpen(log, summary, visibility, steps):
                    await close(self.client.writer, log, summary, visibility, steps)
                    return found
                case HalfMade():
                    return await self._finish(found, open_performer(found.run))
                case Unrecovered():
                    return found
                case _:
                    assert_never(found)
        except (StateDamaged, ServerError) as error:
            _require_reachable(error)
            return Unrecovered(str(found), str(error))

    async def _finish(self, found: HalfMade, performer: ActionExecutor) -> Remains | None:
        outcome = await performer.finish_create(found.number, found.action)
        if outcome is None:
            return None
        self.journal.settle(found.run, found.number, outcome, self.now_ms())
        if outcome.outcome is Outcome.DONE:
            return found
        return Unrecovered(str(found), outcome.message)

    async def _compare(
        self, log: ActionLog, network: NetworkId, basis: Basis, owed: frozenset[Step], account: str
    ) -> LeftOpen | Unrecovered | None:
        """Compare a network with what it was when the run's plan was made."""
        summary = await self.client.fetch_summary(network)
        visibility = basis.visibility
        if read_load_state(summary) is LoadState.FAILED:
            lost = Step.VISIBILITY in owed
            return LeftOpen(log, summary, visibility, ()) if lost else None
        now = form_of(summary, None, None)
        before = replace(now, visibility=basis.visibility, read_only=basis.read_only)
        target = Target(before, basis.modified_ms, before)
        # What is owed, whether or not the network may be touched.
        observed = replace(look_of(summary, None, None), protected=False)
        needed = find_closing(target, log.history, observed)
        steps = tuple(step for step in needed if step in owed)
        if not steps:
            return None
        found = LeftOpen(log, summary, visibility, steps)
        reason = why_untouchable(summary, account)
        return Unrecovered(str(found), reason) if reason else found


def _wait_for(collection: str, found: Remains) -> Remains:
    """Leave a half-made network of another collection, whose map file is not this one's."""
    if not isinstance(found, HalfMade) or found.collection == collection:
        return found
    return Unrecovered(
        str(found),
        f"it waits for a push of its collection, {found.collection}, not of {collection}",
    )


def _require_reachable(error: Exception) -> None:
    """Raise where there is no server; one network that it fails on stops nothing else."""
    if isinstance(error, Unreachable):
        raise error
