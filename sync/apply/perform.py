"""Perform one action of a plan: back the network up, then work on it until its goal is reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from sync.actions import (
    Action,
    Basis,
    CreateNetwork,
    DeleteNetwork,
    RestoreNetwork,
    UndeleteNetwork,
    UpdateNetwork,
)
from sync.apply.breaker import Breaker
from sync.apply.course import (
    Prepared,
    digest_of,
    form_of,
    prepare_create,
    prepare_putting_back,
    prepare_restore,
    prepare_undelete,
    prepare_update,
)
from sync.apply.creation import Made
from sync.apply.looking import Eyes, SetMembers, look_of
from sync.apply.making import AccountNetworks, Maker
from sync.apply.notes import Notes
from sync.apply.recording import record_network
from sync.apply.steps import Course, GiveUp, Next, Step, decide, decide_delete
from sync.apply.work import Work, WorkPolicy, outcome_of
from sync.errors import ConfigError, NetworkError, RecordError
from sync.model import NetworkId, Summary
from sync.ndex.client import NdexClient
from sync.ndex.clock import Clock
from sync.plan import why_untouchable
from sync.state.backup import Backup, BackupStore
from sync.state.journal import ActionOutcome, Journal, Moment, Outcome


@dataclass(frozen=True, slots=True)
class Performer:
    """Performs the actions of one run. ``root`` and ``map_path`` are where records are written."""

    client: NdexClient
    account: str
    journal: Journal
    backups: BackupStore
    run: str
    root: Path
    map_path: str | None
    networks: AccountNetworks
    members: SetMembers
    breaker: Breaker
    policy: WorkPolicy
    clock: Clock
    now_ms: Callable[[], int]

    async def perform(self, number: int, action: Action) -> ActionOutcome:
        """Perform action number ``number`` to its end and say how it ended.

        Raises:
            ServerError: the server could not be asked any more.
            ConfigError: a backup could not be written or read.
        """
        notes = Notes(self.journal, self.run, number, self.now_ms)
        try:
            match action:
                case UpdateNetwork():
                    return await self._update(notes, action)
                case CreateNetwork():
                    return await self._create(notes, action)
                case DeleteNetwork():
                    return await self._delete(notes, action)
                case RestoreNetwork():
                    return await self._restore(notes, action)
                case UndeleteNetwork():
                    return await self._undelete(notes, action)
                case _:
                    assert_never(action)
        except NetworkError as error:
            return ActionOutcome(Outcome.FAILED, str(error))

    async def _update(self, notes: Notes, action: UpdateNetwork) -> ActionOutcome:
        eyes = self._eyes(action.network, action.network_set)
        backup = await self._back_up(eyes, action.basis)
        if isinstance(backup, ActionOutcome):
            return backup
        summary, content = backup.summary, backup.content
        origin = form_of(summary, digest_of(content), backup.member)
        prepared = prepare_update(action, origin, summary.modified_ms, content)
        return await self._work(notes, eyes, prepared, content)

    async def _restore(self, notes: Notes, action: RestoreNetwork) -> ActionOutcome:
        before = self._read_backup(action.run, action.network)
        eyes = self._eyes(action.network, action.network_set)
        backup = await self._back_up(eyes, action.basis)
        if isinstance(backup, ActionOutcome):
            return backup
        summary, content = backup.summary, backup.content
        origin = form_of(summary, digest_of(content), backup.member)
        earlier = form_of(before.summary, None, before.member)
        prepared = prepare_restore(
            origin,
            summary.modified_ms,
            earlier,
            before.content,
            broken=look_of(summary, None, None).failure is not None,
        )
        return await self._work(notes, eyes, prepared, content)

    async def _undelete(self, notes: Notes, action: UndeleteNetwork) -> ActionOutcome:
        before = self._read_backup(action.run, action.network)
        earlier = form_of(before.summary, None, None)
        prepared = prepare_undelete(earlier, before.summary.modified_ms, before.content)
        eyes = self._eyes(action.network, None)
        return await self._work(notes, eyes, prepared, before.content)

    async def _delete(self, notes: Notes, action: DeleteNetwork) -> ActionOutcome:
        eyes = self._eyes(action.network, None)
        if Step.DELETE in notes.trail.begun:
            backup: Backup | ActionOutcome = self._read_backup(self.run, action.network)
        else:
            backup = await self._back_up(eyes, action.basis)
        if isinstance(backup, ActionOutcome):
            return backup
        summary = backup.summary
        form = form_of(summary, digest_of(backup.content), None)
        work = self._prepare_work(
            notes, eyes, Prepared(Course(form, summary.modified_ms, form), None)
        )
        return outcome_of(
            await work.carry_out(
                lambda trail, look, tries: decide_delete(
                    form, summary.modified_ms, trail, look, tries
                )
            )
        )

    async def _create(self, notes: Notes, action: CreateNetwork) -> ActionOutcome:
        token = f"{self.run}/{notes.action}"
        prepared = prepare_create(action, token, 0)
        maker = Maker(
            client=self.client,
            networks=self.networks,
            notes=notes,
            breaker=self.breaker,
            policy=self.policy,
            record=action.record,
            token=token,
            body=prepared.body or b"",
            clock=self.clock,
        )
        made = await maker.find_or_make()
        if not isinstance(made, Made):
            return outcome_of(made)
        prepared = replace(prepared, course=replace(prepared.course, origin_ms=made.modified_ms))
        eyes = self._eyes(made.network, action.network_set)
        outcome = await self._work(notes, eyes, prepared, None)
        if outcome.outcome is not Outcome.DONE:
            return outcome
        return self._record(notes, action, made.network)

    def _record(self, notes: Notes, action: CreateNetwork, network: NetworkId) -> ActionOutcome:
        notes.enter(Moment.BEGUN, Step.RECORD, network)
        try:
            record_network(self.root, action.path, self.map_path, action.record, network)
        except RecordError as error:
            notes.enter(Moment.REFUSED, Step.RECORD, network, note=str(error))
            return ActionOutcome(Outcome.FAILED, f"network {network} was made, but: {error}")
        notes.enter(Moment.DONE, Step.RECORD, network)
        return ActionOutcome(Outcome.DONE, f"made network {network}")

    async def _work(
        self, notes: Notes, eyes: Eyes, prepared: Prepared, content: object
    ) -> ActionOutcome:
        """Work on the network; where the server spoils its content, put the old one back."""
        ended = await self._carry_out(notes, eyes, prepared)
        if isinstance(ended, GiveUp) and ended.spoiled and content is not None:
            back = prepare_putting_back(prepared.course, content)
            returned = outcome_of(await self._carry_out(notes, eyes, back))
            fate = "the old content was put back"
            if returned.outcome is not Outcome.DONE:
                fate = f"the old content could not be put back: {returned.message}"
            return ActionOutcome(Outcome.FAILED, f"{ended.reason}; {fate}")
        return outcome_of(ended)

    async def _carry_out(self, notes: Notes, eyes: Eyes, prepared: Prepared) -> Next:
        work = self._prepare_work(notes, eyes, prepared)
        return await work.carry_out(
            lambda trail, look, tries: decide(prepared.course, trail, look, tries)
        )

    def _prepare_work(self, notes: Notes, eyes: Eyes, prepared: Prepared) -> Work:
        return Work(
            eyes=eyes,
            writer=self.client.writer,
            notes=notes,
            breaker=self.breaker,
            policy=self.policy,
            course=prepared.course,
            body=prepared.body,
            clock=self.clock,
        )

    def _eyes(self, network: NetworkId, network_set: str | None) -> Eyes:
        return Eyes(self.client, self.members, network, network_set)

    async def _back_up(self, eyes: Eyes, basis: Basis) -> Backup | ActionOutcome:
        """Return what the network was before this run; keep it now where that is not done yet."""
        if kept := self.backups.read(self.run, eyes.network):
            return kept
        summary = await eyes.fetch_summary()
        if summary is None:
            return ActionOutcome(Outcome.CONFLICT, "it is gone")
        content = await eyes.fetch_content()
        if reason := self._why_not(summary, digest_of(content), basis):
            return ActionOutcome(Outcome.CONFLICT, reason)
        backup = Backup(summary, content, await eyes.fetch_membership())
        self.backups.write(self.run, backup)
        return backup

    def _why_not(self, summary: Summary, digest: str | None, basis: Basis) -> str | None:
        if reason := why_untouchable(summary, self.account):
            return reason
        now = Basis(summary.modified_ms, digest, summary.visibility, summary.read_only)
        return None if now == basis else "it was changed since the plan was made"

    def _read_backup(self, run: str, network: NetworkId) -> Backup:
        if kept := self.backups.read(run, network):
            return kept
        raise ConfigError(f"run {run} has no backup of network {network}")
