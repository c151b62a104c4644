"""Put right what a run that died or gave up has left unlocked, hidden or out of the search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sync.apply.course import digest_of, form_of
from sync.apply.notes import Notes, find_owed
from sync.apply.steps import Course, Step
from sync.apply.work import close
from sync.errors import NotFound
from sync.model import NetworkId, Summary
from sync.ndex.client import NdexClient
from sync.ndex.loading import LoadState, read_load_state
from sync.planfile import parse_plan
from sync.state.backup import BackupStore
from sync.state.journal import Journal, Outcome, RunRecord

_WORDS = {
    Step.LOCK: "locked again",
    Step.VISIBILITY: "shown again",
    Step.INDEX: "indexed again",
}


@dataclass(frozen=True, slots=True)
class Recovered:
    """A network that run ``run`` had left open, and what was done about it.

    No steps: its upload could not be loaded, so that it is hidden and has lost its content.
    """

    network: NetworkId
    run: str
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        if not self.steps:
            return (
                f"network {self.network} is hidden and has lost its content through run "
                f"{self.run}; give it back with: ndex-sync restore {self.run}"
            )
        done = " and ".join(_WORDS[step] for step in self.steps)
        return f"network {self.network} was left open by run {self.run}: {done}"


@dataclass(frozen=True, slots=True)
class Recovery:
    """Puts right what earlier runs of an account on a server have left."""

    client: NdexClient
    journal: Journal
    backups: BackupStore
    now_ms: Callable[[], int]

    async def recover(
        self, server: str, account: str, except_run: str | None = None
    ) -> tuple[Recovered, ...]:
        """Lock, show and index again what runs have left, but for one that is to go on.

        Raises:
            ServerError: a network could not be asked for or changed; run again.
        """
        found = []
        for run in self.journal.list_runs():
            same = (run.server, run.account) == (server, account)
            if not same or run.id == except_run or run.finished_ms is not None:
                continue
            found += [
                recovered
                for notes in self._unsettled(run)
                if (recovered := await self._recover(notes)) is not None
            ]
        return tuple(found)

    def _unsettled(self, run: RunRecord) -> list[Notes]:
        plan = parse_plan(run.plan, f"the journal's plan of run {run.id}")
        outcomes = self.journal.read_outcomes(run.id)
        return [
            Notes(self.journal, run.id, number, self.now_ms)
            for number in range(len(plan.actions))
            if number not in outcomes or outcomes[number].outcome is not Outcome.DONE
        ]

    async def _recover(self, notes: Notes) -> Recovered | None:
        entries = notes.read()
        network = next((entry.network for entry in entries if entry.network is not None), None)
        owed = find_owed(entries)
        if network is None or not owed:
            return None
        backup = self.backups.read(notes.run, network)
        if backup is None or (summary := await self._fetch_summary(network)) is None:
            return None
        state = read_load_state(summary)
        if state is LoadState.LOADING:
            return None
        if state is LoadState.FAILED:
            return Recovered(network, notes.run, ()) if Step.VISIBILITY in owed else None
        form = form_of(backup.summary, digest_of(backup.content), None)
        course = Course(form, backup.summary.modified_ms, form)
        steps = await close(self.client.writer, notes, course, notes.trail, summary, owed)
        if not steps:
            return None
        return Recovered(network, notes.run, steps)

    async def _fetch_summary(self, network: NetworkId) -> Summary | None:
        try:
            return await self.client.fetch_summary(network)
        except NotFound:
            return None
