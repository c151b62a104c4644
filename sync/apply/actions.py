"""Perform one action of a plan: back the network up, then work on it until its goal is reached."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import assert_never

from sync.apply.action_log import ActionLog
from sync.apply.context import ApplyContext
from sync.apply.create import NetworkCreator
from sync.apply.decide import CHANGED, GONE, Conflict, GiveUp, Next, decide, decide_delete
from sync.apply.executor import NetworkExecutor, outcome_of
from sync.apply.lost_create import Made
from sync.apply.observe import Observer, explain_absence, observed_of
from sync.apply.restore import CONTENT
from sync.apply.states import NetworkState, Observed, Target
from sync.apply.target import (
    Prepared,
    digest_of,
    prepare_create,
    prepare_restore,
    prepare_rollback,
    prepare_undelete,
    prepare_update,
    state_of,
)
from sync.convert.pathway import convert_drawing, digest_network
from sync.errors import ConfigError, NetworkError, NotFound, RecordError
from sync.model import NetworkId, Summary
from sync.ndex.loading import load_failure, read_load_state, wait_until_loaded
from sync.plan.actions import (
    Action,
    Basis,
    CreateNetwork,
    DeleteNetwork,
    PlannedDrawing,
    RestoreNetwork,
    UndeleteNetwork,
    UpdateNetwork,
)
from sync.plan.decide_update import why_untouchable
from sync.state.backup import Backup
from sync.state.journal import ActionOutcome, Outcome


@dataclass(frozen=True, slots=True)
class ActionExecutor:
    """Performs one action of a run; ``log`` has its lines of the journal."""

    context: ApplyContext
    log: ActionLog

    async def perform(self, action: Action) -> ActionOutcome | None:
        """Perform the action to its end and return its outcome.

        None: no more actions may begin, so it was not begun.

        Raises:
            ServerError: the server could no longer be asked.
            ConfigError: a backup could not be written or read.
        """
        turn = self.context.gate.turn(self.log.action) if is_upload(action) else nullcontext()
        # A run that is stopped has time to lock only a few networks again.
        unlocks = isinstance(action, _Based) and action.basis.read_only
        async with turn, self.context.unlocking if unlocks else nullcontext():
            if self.context.is_halted():
                return None
            return await self._perform(action)

    async def _perform(self, action: Action) -> ActionOutcome | None:
        outcome = await self._perform_by_kind(action)
        if outcome is None or outcome.message != GONE or isinstance(action, CreateNetwork):
            return outcome
        return replace(outcome, message=await explain_absence(self.context, action.network))

    async def _perform_by_kind(self, action: Action) -> ActionOutcome | None:
        try:
            match action:
                case UpdateNetwork():
                    return await self._update(action)
                case CreateNetwork():
                    return await self._create(action)
                case DeleteNetwork():
                    return await self._delete(action)
                case RestoreNetwork():
                    return await self._restore(action)
                case UndeleteNetwork():
                    return await self._undelete(action)
                case _:
                    assert_never(action)
        except (NetworkError, RecordError) as error:
            return ActionOutcome(Outcome.FAILED, str(error))

    async def _read_drawing(self, planned: PlannedDrawing | None, record: str) -> bytes | None:
        """Return the network of the drawing that the action was planned with.

        Raises:
            RecordError, NetworkError: the drawing cannot be read, or has changed since.
        """
        if planned is None:
            return None
        body = await asyncio.to_thread(convert_drawing, self.context.root, planned.path, record)
        if digest_network(body) != planned.digest:
            raise NetworkError(f"{planned.path} was changed since the plan was made; plan again")
        return body

    async def _update(self, action: UpdateNetwork) -> ActionOutcome:
        observer = Observer(self.context, action.network, action.network_set)
        before = await self._back_up(observer, action)
        if isinstance(before, ActionOutcome):
            return before
        drawing = await self._read_drawing(action.drawing, action.path)
        prepared = prepare_update(action, before.state, before.modified_ms, before.content, drawing)
        return await self._work(observer, prepared, before.content, before.seen)

    async def _restore(self, action: RestoreNetwork) -> ActionOutcome:
        earlier = self._read_backup(action.run, action.network)
        observer = Observer(self.context, action.network, action.network_set)
        before = await self._back_up(observer, action)
        if isinstance(before, ActionOutcome):
            return before
        prepared = prepare_restore(
            before.state,
            before.modified_ms,
            state_of(earlier.summary, None, earlier.member),
            earlier.content,
            broken=before.broken,
        )
        return await self._work(observer, prepared, before.content, before.seen)

    async def _undelete(self, action: UndeleteNetwork) -> ActionOutcome:
        earlier = self._read_backup(action.run, action.network)
        state = state_of(earlier.summary, None, None)
        prepared = prepare_undelete(state, earlier.summary.modified_ms, earlier.content)
        observer = Observer(self.context, action.network)
        return await self._work(observer, prepared, earlier.content)

    async def _delete(self, action: DeleteNetwork) -> ActionOutcome:
        observer = Observer(self.context, action.network)
        before = await self._back_up(observer, action)
        if isinstance(before, ActionOutcome):
            return before
        state, modified_ms = before.state, before.modified_ms
        prepared = Prepared(Target(state, modified_ms, state), None)
        executor = self._make_executor(observer, prepared, before.seen)
        return outcome_of(
            await executor.carry_out(
                lambda history, observed, tries: decide_delete(
                    state, modified_ms, history, observed, tries
                )
            )
        )

    async def finish_create(self, action: CreateNetwork) -> ActionOutcome | None:
        """Finish the network that an earlier try at the action began to make.

        None: that try made no network, so there is nothing to finish.

        Raises:
            ServerError: the server could no longer be asked.
            ConfigError: a backup could not be written or read.
        """
        # Look for it before its drawing is read: a create in doubt must not be repeated.
        async with self.context.gate.turn(self.log.action):
            made = await self._make_creator(action).find()
            if made is None:
                return None
            try:
                prepared = await self._prepare_create(action)
            except (NetworkError, RecordError) as error:
                return await self._leave_made(made, str(error))
            return await self._bring_up(action, prepared, made)

    async def _leave_made(self, made: Made | GiveUp, reason: str) -> ActionOutcome:
        """Leave a network that cannot be finished to the create of another plan, which continues
        it.

        Until it is loaded it does not say which record it is for, so another one would be made.
        """
        if isinstance(made, GiveUp):
            return ActionOutcome(Outcome.FAILED, reason)
        policy = self.context.policy
        try:
            summary = await wait_until_loaded(
                self.context.client, made.network, policy.loading, policy.clock
            )
        except NotFound:
            return ActionOutcome(Outcome.CONFLICT, GONE)
        ended = read_load_state(summary).ended
        return ActionOutcome(Outcome.CONFLICT if ended else Outcome.FAILED, reason)

    async def _create(self, action: CreateNetwork) -> ActionOutcome | None:
        if action in self.context.finished:
            return ActionOutcome(Outcome.DONE, "begun by an earlier run, and finished now")
        prepared = await self._prepare_create(action)
        made = await self._make_creator(action).find_or_make(prepared.body or b"")
        return None if made is None else await self._bring_up(action, prepared, made)

    def _make_creator(self, action: CreateNetwork) -> NetworkCreator:
        return NetworkCreator(self.context, self.log, action.record, self._token)

    @property
    def _token(self) -> str:
        return f"{self.log.run}/{self.log.action}"

    async def _prepare_create(self, action: CreateNetwork) -> Prepared:
        drawing = await self._read_drawing(action.drawing, action.path)
        return prepare_create(action, self._token, drawing)

    async def _bring_up(
        self, action: CreateNetwork, prepared: Prepared, made: Made | Conflict | GiveUp
    ) -> ActionOutcome:
        """Bring a network that was made to its goal, and write it into its record."""
        if not isinstance(made, Made):
            return outcome_of(made)
        observer = Observer(self.context, made.network, action.network_set)
        origin = await self._find_origin(observer, made, prepared.target)
        if origin is None:
            return ActionOutcome(Outcome.CONFLICT, GONE)
        target = replace(prepared.target, origin=origin, origin_ms=made.modified_ms)
        outcome = await self._work(observer, replace(prepared, target=target), None)
        if outcome.outcome is not Outcome.DONE:
            return outcome
        return await self._record(action, made.network, outcome.message)

    async def _find_origin(
        self, observer: Observer, made: Made, target: Target
    ) -> NetworkState | None:
        """Return the state from which a new network starts; None if it is gone.

        An unfinished one may hold other content than what is sent now.
        """
        if not made.taken_up:
            return target.origin
        kept = self.context.backups.read(self.context.run, made.network)
        if kept is None:
            summary = await observer.fetch_summary()
            if summary is None:
                return None
            kept = Backup(
                summary, await observer.fetch_content(), await observer.fetch_membership()
            )
            await self._keep(kept)
        return state_of(kept.summary, digest_of(kept.content), kept.member)

    async def _record(self, action: CreateNetwork, network: NetworkId, note: str) -> ActionOutcome:
        try:
            await self.context.uuids.write(action.path, action.record, network)
        except RecordError as error:
            return ActionOutcome(Outcome.FAILED, f"network {network} was made, but: {error}")
        made = f"made network {network}"
        return ActionOutcome(Outcome.DONE, f"{made}; {note}" if note else made)

    async def _work(
        self,
        observer: Observer,
        prepared: Prepared,
        content: object,
        seen: Observed | None = None,
    ) -> ActionOutcome:
        """Work on the network; if the server spoils its content, restore the old one."""
        ended = await self._carry_out(observer, prepared, seen)
        if isinstance(ended, GiveUp) and ended.spoiled and content is not None:
            rollback = await self._roll_back(observer, prepared, content)
            fate = "the old content was restored"
            if rollback.outcome is not Outcome.DONE:
                fate = f"the old content could not be restored: {rollback.message}"
            return ActionOutcome(Outcome.FAILED, f"{ended.reason}; {fate}")
        outcome = outcome_of(ended)
        if outcome.outcome is Outcome.DONE and prepared.repairs:
            repairs = f"repaired before the upload: {'; '.join(prepared.repairs)}"
            message = f"{outcome.message}; {repairs}" if outcome.message else repairs
            outcome = replace(outcome, message=message)
        return outcome

    async def _roll_back(
        self, observer: Observer, prepared: Prepared, content: object
    ) -> ActionOutcome:
        try:
            prepared = prepare_rollback(prepared.target, content)
        except NetworkError as error:
            return ActionOutcome(Outcome.FAILED, str(error))
        return outcome_of(await self._carry_out(observer, prepared))

    async def _carry_out(
        self, observer: Observer, prepared: Prepared, seen: Observed | None = None
    ) -> Next:
        executor = self._make_executor(observer, prepared, seen)
        return await executor.carry_out(
            lambda history, observed, tries: decide(prepared.target, history, observed, tries)
        )

    def _make_executor(
        self, observer: Observer, prepared: Prepared, seen: Observed | None
    ) -> NetworkExecutor:
        return NetworkExecutor(
            observer=observer,
            log=self.log,
            target=prepared.target,
            body=prepared.body,
            seen=seen,
            content_read=seen is not None,
        )

    async def _back_up(self, observer: Observer, action: _Based) -> _Before | ActionOutcome:
        """Return the network as it was before this run; keep it now if that was not done yet.

        Its content is not read if the action cannot change it.
        """
        if kept := self.context.backups.read(self.context.run, observer.network):
            return _Before(kept, state_of(kept.summary, digest_of(kept.content), kept.member))
        summary = await observer.fetch_summary()
        if summary is None:
            return ActionOutcome(Outcome.CONFLICT, GONE)
        content, digest = await self._read_content(observer, action, summary)
        if reason := self._find_conflict(summary, digest, action.basis):
            return ActionOutcome(Outcome.CONFLICT, reason)
        backup = Backup(summary, content, await observer.fetch_membership())
        await self._keep(backup)
        seen = observed_of(summary, None if content is None else digest, backup.member)
        return _Before(backup, seen.state, seen)

    async def _read_content(
        self, observer: Observer, action: _Based, summary: Summary
    ) -> tuple[object, str | None]:
        """Return the content before the action, None if it is not about content, and its digest."""
        basis = action.basis
        if isinstance(action, UpdateNetwork) and not action.edits_content:
            return None, basis.digest
        contents = self.context.contents
        if contents is not None and summary.modified_ms == basis.modified_ms:
            found = contents.find(summary)
            if found is not None:
                return found, basis.digest
        content = await observer.fetch_content()
        return content, digest_of(content)

    async def _keep(self, backup: Backup) -> None:
        """Write a backup; others can work while the disk writes it."""
        await asyncio.to_thread(self.context.backups.write, self.context.run, backup)

    def _find_conflict(self, summary: Summary, digest: str | None, basis: Basis) -> str | None:
        if reason := why_untouchable(summary, self.context.account):
            return reason
        now = Basis(summary.modified_ms, digest, summary.visibility, summary.read_only)
        if summary.id in self.context.repaired:
            now = Basis(now.modified_ms, digest, basis.visibility, basis.read_only)
        return None if now == basis else CHANGED

    def _read_backup(self, run: str, network: NetworkId) -> Backup:
        if kept := self.context.backups.read(run, network):
            return kept
        raise ConfigError(f"run {run} has no backup of network {network}")


_Based = UpdateNetwork | RestoreNetwork | DeleteNetwork


@dataclass(frozen=True, slots=True)
class _Before:
    """A network before this run; ``seen`` is what was seen of it if that was just now."""

    backup: Backup
    state: NetworkState
    seen: Observed | None = None

    @property
    def content(self) -> object:
        return self.backup.content

    @property
    def modified_ms(self) -> int:
        return self.backup.summary.modified_ms

    @property
    def broken(self) -> bool:
        return load_failure(self.backup.summary) is not None


def is_upload(action: Action) -> bool:
    """Return whether an action replaces or makes content."""
    match action:
        case CreateNetwork():
            return True
        case UpdateNetwork():
            return action.edits_content
        case RestoreNetwork():
            return CONTENT in action.changes
        case _:
            return False
