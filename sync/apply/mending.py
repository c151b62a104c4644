"""Lock again what a run that died has left unlocked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sync.apply.looking import look_of
from sync.apply.notes import Notes, was_left_unlocked
from sync.apply.steps import Step
from sync.errors import NotFound
from sync.model import NetworkId
from sync.ndex.client import NdexClient
from sync.planfile import parse_plan
from sync.state.backup import BackupStore
from sync.state.journal import Journal, Moment, Outcome, RunRecord

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mender:
    """Mends what earlier runs on this server left behind."""

    client: NdexClient
    journal: Journal
    backups: BackupStore
    now_ms: Callable[[], int]

    async def mend(self, run: RunRecord) -> tuple[NetworkId, ...]:
        """Set read-only again where other runs of the same account lifted it; return where.

        Raises:
            ServerError: a network could not be asked for or locked; run again.
        """
        mended = []
        for other in self.journal.list_runs():
            same = (other.server, other.account) == (run.server, run.account)
            if not same or other.id == run.id or other.finished_ms is not None:
                continue
            for notes in self._unsettled(other):
                mended += await self._lock_again(notes)
        return tuple(mended)

    def _unsettled(self, run: RunRecord) -> list[Notes]:
        plan = parse_plan(run.plan, f"the journal's plan of run {run.id}")
        outcomes = self.journal.read_outcomes(run.id)
        return [
            Notes(self.journal, run.id, number, self.now_ms)
            for number in range(len(plan.actions))
            if number not in outcomes or outcomes[number].outcome is not Outcome.DONE
        ]

    async def _lock_again(self, notes: Notes) -> list[NetworkId]:
        entries = notes.read()
        network = next((entry.network for entry in entries if entry.network is not None), None)
        if network is None or not was_left_unlocked(entries):
            return []
        backup = self.backups.read(notes.run, network)
        if backup is None or not backup.summary.read_only:
            return []
        try:
            state = await self.client.fetch_state(network)
        except NotFound:
            return []
        # What could not be loaded is empty, and has to stay open to be given its content back.
        if state.read_only or look_of(state, None, None).failure is not None:
            return []
        notes.enter(Moment.BEGUN, Step.LOCK, network)
        await self.client.writer.set_read_only(network, read_only=True)
        notes.enter(Moment.DONE, Step.LOCK, network)
        logger.warning("network %s was left unlocked by run %s; locked again", network, notes.run)
        return [network]
