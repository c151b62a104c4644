"""Put right what a run that died or gave up has left unlocked, hidden or out of the search."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sync.apply.course import form_of
from sync.apply.looking import look_of
from sync.apply.notes import Notes, find_owed
from sync.apply.steps import Course, Step, find_closing
from sync.apply.work import close
from sync.errors import (
    NotFound,
    ServerBroken,
    ServerError,
    StateDamaged,
    Throttled,
    Unreachable,
)
from sync.model import NetworkId, Summary, Visibility
from sync.ndex.client import NdexClient
from sync.ndex.loading import LoadState, read_load_state
from sync.planfile import parse_plan
from sync.state.backup import BackupStore
from sync.state.journal import Journal, Outcome, RunRecord

logger = logging.getLogger(__name__)

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

    notes: Notes
    summary: Summary
    visibility: Visibility
    steps: tuple[Step, ...]

    @property
    def network(self) -> NetworkId:
        """The network's id."""
        return self.summary.id

    def __str__(self) -> str:
        run = self.notes.run
        if not self.steps:
            return (
                f"network {self.network} is hidden and has lost its content through run "
                f"{run}; give it back with: ndex-sync restore {run}"
            )
        words = ", ".join(_WORDS[step] for step in self.steps)
        return f"network {self.network}, which run {run} had left open ({words})"


@dataclass(frozen=True, slots=True)
class Recovery:
    """Finds and puts right what earlier runs of an account on a server have left."""

    client: NdexClient
    journal: Journal
    backups: BackupStore
    now_ms: Callable[[], int]

    async def recover(
        self, server: str, account: str, except_run: str | None = None
    ) -> tuple[LeftOpen, ...]:
        """Lock, show and index again what runs have left, but for one that is to go on.

        Raises:
            ServerError: the server failed; run again.
        """
        found = await self.find(server, account, except_run)
        for left in found:
            try:
                await close(
                    self.client.writer, left.notes, left.summary, left.visibility, left.steps
                )
            except ServerError as error:
                _require_answer(error)
                logger.warning("the server did not let us put right %s: %s", left, error)
        return found

    async def find(
        self, server: str, account: str, except_run: str | None = None
    ) -> tuple[LeftOpen, ...]:
        """Return what runs have left open, as the server shows it now.

        Raises:
            ServerError: the server failed; run again.
        """
        found = []
        for run in self.journal.list_runs():
            same = (run.server, run.account) == (server, account)
            if not same or run.id == except_run or run.finished_ms is not None:
                continue
            looked = [await self._look(notes) for notes in self._unsettled(run)]
            found += [left for left in looked if left is not None]
        return tuple(found)

    def _unsettled(self, run: RunRecord) -> list[Notes]:
        plan = parse_plan(run.plan, f"the journal's plan of run {run.id}")
        outcomes = self.journal.read_outcomes(run.id)
        return [
            Notes(self.journal, run.id, number, self.now_ms)
            for number in range(len(plan.actions))
            if number not in outcomes or outcomes[number].outcome is not Outcome.DONE
        ]

    async def _look(self, notes: Notes) -> LeftOpen | None:
        entries = notes.read()
        network = next((entry.network for entry in entries if entry.network is not None), None)
        owed = find_owed(entries)
        if network is None or not owed:
            return None
        try:
            return await self._compare(notes, network, owed)
        except NotFound:
            return None
        except (StateDamaged, ServerError) as error:
            _require_answer(error)
            logger.warning("what run %s left of network %s: %s", notes.run, network, error)
            return None

    async def _compare(
        self, notes: Notes, network: NetworkId, owed: frozenset[Step]
    ) -> LeftOpen | None:
        """Compare a network with what it was before the run."""
        backup = self.backups.read(notes.run, network)
        if backup is None:
            return None
        summary = await self.client.fetch_summary(network)
        visibility = backup.summary.visibility
        if read_load_state(summary) is LoadState.FAILED:
            lost = Step.VISIBILITY in owed
            return LeftOpen(notes, summary, visibility, ()) if lost else None
        form = form_of(backup.summary, None, None)
        course = Course(form, backup.summary.modified_ms, form)
        needed = find_closing(course, notes.trail, look_of(summary, None, None))
        steps = tuple(step for step in needed if step in owed)
        return LeftOpen(notes, summary, visibility, steps) if steps else None


def _require_answer(error: Exception) -> None:
    """Raise an error of a server that fails; one network that is refused is no such thing."""
    if isinstance(error, Unreachable | ServerBroken | Throttled):
        raise error
