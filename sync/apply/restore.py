"""Plan a restore of what a run overwrote, from its backups, as a plan like any other.

A network that somebody changed after the run is left alone: it is newer than the backup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import assert_never

from msgspec.structs import replace

from sync.apply.action_log import read_history
from sync.apply.context import ApplyContext
from sync.apply.decide import GONE
from sync.apply.observe import Observer, explain_absence
from sync.apply.states import ActionHistory, NetworkState, Step
from sync.apply.target import digest_of, restored_digests, state_of
from sync.cx.property_list import same_list
from sync.cx.repair import describe_repair, repair
from sync.errors import ServerError, StateDamaged
from sync.model import Summary
from sync.ndex.loading import load_failure
from sync.plan.actions import (
    Action,
    Basis,
    CreateNetwork,
    DeleteNetwork,
    Plan,
    RestoreNetwork,
    Skipped,
    UndeleteNetwork,
    UpdateNetwork,
)
from sync.plan.decide_update import why_untouchable
from sync.plan.file import make_plan_id
from sync.plan.guards import GuardLimits, find_tripped
from sync.state.backup import Backup
from sync.state.journal import RunRecord

CONTENT = "content"
"""The only change of a restore that needs an upload."""

_Changed = UpdateNetwork | RestoreNetwork


@dataclass(frozen=True, slots=True)
class RestoreRequest:
    """Which run to undo; ``select`` are ids or globs of records or networks, empty for all."""

    run: RunRecord
    select: tuple[str, ...] = ()
    limits: GuardLimits = field(default_factory=GuardLimits)


async def plan_restore(request: RestoreRequest, context: ApplyContext) -> Plan:
    """Return the plan that restores what the run overwrote."""
    run, journal = request.run, context.journal
    planner = _Planner(context, run)
    made = [
        await planner.decide(number, action)
        for number in sorted(journal.list_begun(run.id))
        if _is_selected(action := journal.read_action(run.id, number), request.select)
    ]
    plan = Plan(
        server=run.server,
        account=run.account,
        collection=run.collection,
        records=run.records,
        complete=False,
        actions=tuple(e for e in made if e is not None and not isinstance(e, Skipped)),
        skipped=tuple(e for e in made if isinstance(e, Skipped)),
        id=make_plan_id(),
    )
    return replace(plan, tripped=find_tripped(plan, request.limits, None))


def _describe_changes(before: NetworkState, now: NetworkState) -> Iterator[str]:
    """Say in which points a network differs from its earlier state."""
    if before.digest is not None and before.digest != now.digest:
        yield CONTENT
    if before.stated.profile != now.stated.profile:
        yield "name, description or version"
    if not same_list(before.stated.properties, now.stated.properties):
        yield "properties"
    if before.visibility is not now.visibility:
        yield "visibility"
    if before.read_only != now.read_only:
        yield "read-only"
    if before.folder != now.folder:
        yield "folder"
    if before.member is not None and before.member is not now.member:
        yield "membership in the set"


def _is_selected(action: Action, select: tuple[str, ...]) -> bool:
    names = [getattr(action, key, None) for key in ("record", "network")]
    return not select or any(
        name is not None and fnmatchcase(name, pattern) for name in names for pattern in select
    )


def _broken_by_run(summary: Summary, history: ActionHistory) -> bool:
    """Return whether the run's upload failed to load. Then others have nothing to lose."""
    return Step.REPLACE in history.begun and load_failure(summary) is not None


@dataclass(frozen=True, slots=True)
class _Planner:
    context: ApplyContext
    run: RunRecord

    async def decide(self, number: int, action: Action) -> Action | Skipped | None:
        history = read_history(self.context.journal.read_entries(self.run.id, number))
        if not history.begun:
            return None
        match action:
            case CreateNetwork():
                return Skipped(action.record, "the run made its network; that stays")
            case UndeleteNetwork():
                return Skipped(action.network, "the run took it out of the trash; that stays")
            case UpdateNetwork() | RestoreNetwork() | DeleteNetwork():
                return await self._decide_reversible(action, history)
            case _:
                assert_never(action)

    async def _decide_reversible(
        self, action: _Changed | DeleteNetwork, history: ActionHistory
    ) -> Action | Skipped | None:
        try:
            if isinstance(action, DeleteNetwork):
                return await self._decide_deleted(action, history)
            return await self._decide_changed(action, history)
        except ServerError as error:
            return Skipped(action.network, f"its network could not be read: {error}")
        except StateDamaged as error:
            return Skipped(action.network, str(error))

    async def _decide_deleted(
        self, action: DeleteNetwork, history: ActionHistory
    ) -> UndeleteNetwork | Skipped | None:
        if Step.DELETE not in history.begun:
            return None
        if await Observer(self.context, action.network).fetch_summary() is not None:
            return Skipped(action.network, "it is still there")
        return UndeleteNetwork(action.network, self.run.id, "the run put it into the trash")

    async def _decide_changed(
        self, action: _Changed, history: ActionHistory
    ) -> RestoreNetwork | Skipped | None:
        name = action.record or action.network
        observer = Observer(self.context, action.network, action.network_set)
        backup = self.context.backups.read(self.run.id, action.network)
        if backup is None:
            return Skipped(name, "there is no backup of its network")
        return await self._compare(action, name, observer, backup, history)

    async def _compare(
        self,
        action: _Changed,
        name: str,
        observer: Observer,
        backup: Backup,
        history: ActionHistory,
    ) -> RestoreNetwork | Skipped | None:
        """Compare a network with its backup; leave it alone if others changed it since."""
        summary = await observer.fetch_summary()
        if summary is None:
            absence = await explain_absence(self.context, action.network)
            return Skipped(name, "its network is gone" if absence == GONE else absence)
        if reason := why_untouchable(summary, self.run.account):
            return Skipped(name, reason)
        left_ms = history.confirmed_ms or backup.summary.modified_ms
        is_theirs = summary.modified_ms != left_ms and not _broken_by_run(summary, history)
        digest = digest_of(await observer.fetch_content())
        kept = backup.content is None or digest in restored_digests(backup.content)
        old_digest = digest if kept else digest_of(backup.content)
        before = state_of(backup.summary, old_digest, backup.member)
        now = state_of(summary, digest, await observer.fetch_membership())
        changes = tuple(_describe_changes(before, now))
        if not changes:
            return None
        if is_theirs:
            return Skipped(name, "its network was changed since the run")
        if before.digest != now.digest:
            changes += tuple(map(describe_repair, repair(backup.content).done))
        return RestoreNetwork(
            network=action.network,
            record=action.record,
            run=self.run.id,
            reason="the run changed it",
            basis=Basis(summary.modified_ms, now.digest, now.visibility, now.read_only),
            changes=changes,
            network_set=action.network_set,
        )
