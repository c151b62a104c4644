"""Work on one network: look, decide, write the journal, do one step, look again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import assert_never

from sync.apply.action_log import SHOWN, ActionLog
from sync.apply.context import ApplyContext
from sync.apply.decide import (
    Conflict,
    Do,
    GiveUp,
    Next,
    Reached,
    Wait,
    awaits_load,
    find_closing,
    foresee,
    is_uploading,
    upload_arrived,
)
from sync.apply.observe import Observer, observed_of
from sync.apply.send import close, send_step
from sync.apply.states import BUMPING, METADATA, ActionHistory, Observed, Step, Target
from sync.apply.target import digest_of
from sync.errors import (
    Locked,
    NdexSyncError,
    NetworkError,
    NotValidated,
    ReadOnly,
    ServerError,
    Throttled,
)
from sync.model import Summary
from sync.ndex.loading import (
    LoadingPolicy,
    LoadingWait,
    LoadState,
    load_failure,
    read_load_state,
)
from sync.ndex.writer import may_have_happened
from sync.state.journal import ActionOutcome, Moment, Outcome

Decide = Callable[[ActionHistory, Observed | None, Counter[Step]], Next]
"""Decides what to do next, by the action's history, what was seen, and the tries of this run."""


@dataclass(slots=True)
class NetworkExecutor:
    """Works on one network for one action.

    ``target`` is the goal, ``body`` the content to upload. ``seen`` is what was last seen of the
    network, None before the first look and if it does not exist. ``content_read`` says whether the
    digest in it is that of the content as it is now.
    """

    observer: Observer
    log: ActionLog
    target: Target
    body: bytes | None = None
    seen: Observed | None = None
    content_read: bool = False
    history: ActionHistory = field(default_factory=ActionHistory)
    tries: Counter[Step] = field(default_factory=Counter)
    _foreseen: bool = False
    _failures: int = 0
    _refusal: ServerError | None = None
    _locked_out: bool = False
    _sent_s: float = 0.0
    _wait: LoadingWait = field(default_factory=LoadingWait)

    @property
    def context(self) -> ApplyContext:
        """The context of the apply."""
        return self.observer.context

    async def carry_out(self, decide: Decide) -> Next:
        """Go on until the goal is reached or something prevents it; never leave it unlocked.

        Raises:
            ServerError: the network could no longer be looked at.
            NdexSyncError: the journal could not be written.
        """
        self.history = self.log.history
        try:
            return await self._carry_out(decide)
        except (asyncio.CancelledError, NdexSyncError):
            await asyncio.shield(self._close())
            raise

    async def _carry_out(self, decide: Decide) -> Next:
        if self.seen is None:
            self._sent_s = self.context.policy.clock.monotonic_s()
            await self._look_after(Step.CREATE if is_uploading(self.history) else None)
        while True:
            following = decide(self.history, self.seen, self.tries)
            match following:
                case Do(step):
                    ended = await self._advance(step)
                    if ended is not None:
                        await self._close()
                        return ended
                case Wait():
                    ended = await self._look_later()
                    if ended is not None:
                        await self._close()
                        return ended
                case Reached():
                    if not self._foreseen:
                        self._confirm()
                        return Reached(_describe_index(self.seen))
                    await self._look_after()
                case Conflict() | GiveUp():
                    return await self._end_short(following)
                case _:
                    assert_never(following)

    async def _advance(self, step: Step) -> GiveUp | None:
        """Do one step and look at its effect, or derive the effect if it is certain."""
        if step is Step.REPLACE and self._locked_out:
            self.context.gate.note_failure(self.body or b"", _LOCKED)
            return GiveUp(_LOCKED)
        self._confirm()
        refusal = await self._finish(step)
        if refusal is not None:
            return refusal
        if self._refusal is not None:
            await self._pause()
        answered = step in self.history.doubtful and step not in self.history.unanswered
        foreseen = None
        if answered and self.seen is not None:
            foreseen = foresee(step, self.seen, self.target.goal, self.history)
        if foreseen is not None:
            self.seen, self._foreseen = foreseen, True
        else:
            await self._look_after(step)
        return None

    async def _look_after(self, step: Step | None = None) -> None:
        """Look when a step may have had its effect, or together with other networks that wait.

        One call asks for all of them.
        """
        loading = self._loading
        shared = loading is not self.context.policy.loading
        await self._look(loading.first_wait_s if shared or step in _LOADED_LATER else 0.0)

    @property
    def _loading(self) -> LoadingPolicy:
        """How to wait for a load, alone or with others."""
        loading, gate = self.context.policy.loading, self.context.gate
        alone = self.context.stop.is_set() or not gate.is_shared
        return loading if alone else loading.beside_others(gate.took_s)

    async def _look_later(self) -> GiveUp | None:
        """Look again when it is time; report it if an upload takes too long to load."""
        self._locked_out = False
        wait_s = self._wait.next_wait_s(self._loading, self.context.policy.clock.monotonic_s())
        if wait_s is None:
            self.context.gate.note_failure(self.body or b"", "still being loaded")
            return GiveUp("it is still being loaded; apply the plan again later")
        await self._look(wait_s)
        return None

    async def _end_short(self, ended: Conflict | GiveUp) -> Next:
        if isinstance(ended, Conflict):
            await self._close()
            return ended
        if not ended.spoiled:
            await self._close()
        if self._refusal is None:
            return ended
        return replace(ended, reason=f"{ended.reason}: {_explain(self._refusal)}")

    async def _look(self, wait_s: float = 0.0) -> None:
        """Look, and try again if the server fails, until the breaker or our patience ends it."""
        while True:
            try:
                observed = await self._look_once(wait_s)
            except ServerError as error:
                self.context.breaker.reads.note_error(error)
                self._failures += 1
                if self.context.breaker.is_open or self._failures > _FAILED_LOOKS:
                    raise
                await self._pause()
            else:
                self.context.breaker.reads.note_answer()
                self._failures = 0
                self.seen, self._foreseen = observed, False
                return

    async def _look_once(self, wait_s: float) -> Observed | None:
        """Read the summary, and the content if it is not known and may exist."""
        summary = await self.observer.fetch_summary(wait_s)
        if summary is not None and load_failure(summary) is not None:
            summary = await self._read_failure_again(summary)
        if summary is None:
            self.content_read = False
            return None
        load = self._wait.judge(
            read_load_state(summary),
            self.context.policy.loading,
            self.context.policy.clock.monotonic_s(),
        )
        digest = None if self.seen is None or not self.content_read else self.seen.state.digest
        if not self.content_read and self._has_content(load, summary.modified_ms):
            digest = await self._read_digest(summary)
            self.content_read = digest is not None
        await self._note_load(load, summary, digest)
        observed = observed_of(summary, digest, await self.observer.fetch_membership())
        return replace(observed, load=load)

    async def _read_digest(self, summary: Summary) -> str | None:
        """Return the digest of the content, which does not change without the time (contract 3.9).

        The time of a network that we made is that of its upload.
        """
        if summary.modified_ms == self.target.origin_ms:
            return self.target.origin.digest
        return digest_of(await self.observer.fetch_content())

    async def _read_failure_again(self, summary: Summary) -> Summary | None:
        """Read a failed load a second time, some seconds later, before believing it."""
        if self._wait.failure_read:
            return summary
        self._wait.failure_read = True
        await self.context.sleep(self.context.policy.loading.confirm_s)
        return await self.observer.fetch_summary()

    def _has_content(self, load: LoadState, modified_ms: int) -> bool:
        """Return whether there is content to read and the action is about it."""
        if load is LoadState.FAILED or self.target.goal.digest is None:
            return False
        return not awaits_load(self.target, self.history, load, modified_ms)

    async def _note_load(self, load: LoadState, summary: Summary, digest: str | None) -> None:
        """Tell the gate how an upload of this action has ended, once it has."""
        if not load.ended or not upload_arrived(self.target, self.history, summary.modified_ms):
            return
        if summary.error_message is None:
            self.context.gate.note_loaded(self.context.policy.clock.monotonic_s() - self._sent_s)
            if digest == self.target.goal.digest:
                await self.context.gate.release(self.log.action)
        else:
            self.context.gate.note_failure(self.body or b"", summary.error_message)

    def _confirm(self) -> None:
        """Note that the network was seen to be correct after the steps so far."""
        if self.seen is None or self._foreseen:
            return
        if not self.history.doubtful:
            return
        modified_ms = self.seen.modified_ms
        shown = self.seen.state.visibility is self.target.origin.visibility
        note = SHOWN if shown and self.seen.load is LoadState.LOADED else ""
        self.log.enter(Moment.SEEN, None, self.observer.network, modified_ms, note)
        self.history = self.history.after_seen(modified_ms)

    async def _finish(self, step: Step) -> GiveUp | None:
        """Do one step to its end, even if the run is told to stop in the middle of it."""
        doing = asyncio.ensure_future(self._do(step))
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            await doing
            raise

    async def _do(self, step: Step) -> GiveUp | None:
        """Do one step between two lines of the journal; a permanent refusal ends the action."""
        network = self.observer.network
        self.tries[step] += 1
        await self.log.begin(step, network)
        self.history = self.history.after_begin(step)
        self._wait, self._sent_s = LoadingWait(), self.context.policy.clock.monotonic_s()
        if step in BUMPING and not (self.target.ours and step in METADATA):
            # Somebody else may replace the content just then, and the time would not show it. A
            # network that we have just made is private until it is finished, so nobody knows it.
            self.content_read = False
        try:
            modified_ms = await send_step(step, self.observer, self.target, self.seen, self.body)
        except ServerError as error:
            return await self._note_failure(step, error)
        except NetworkError as error:
            self._refused(step, str(error))
            return GiveUp(str(error))
        self.context.breaker.writes.note_answer()
        self._refusal = None
        self.log.enter(Moment.DONE, step, network, modified_ms)
        self.history = self.history.after_done(step)
        return None

    async def _note_failure(self, step: Step, error: ServerError) -> GiveUp | None:
        self.context.breaker.writes.note_error(error)
        self._refusal = error
        if step is Step.REPLACE:
            self.context.gate.note_refusal(error)
            self._locked_out = isinstance(error, Locked)
        if may_have_happened(error):
            self.log.enter(Moment.LOST, step, self.observer.network, note=str(error))
        else:
            self._refused(step, str(error))
            if not isinstance(error, Locked | ReadOnly | NotValidated | Throttled):
                return GiveUp(str(error))
        if self.context.breaker.is_open:
            return GiveUp(f"the server keeps failing: {error}")
        self._failures += 1
        return None

    def _refused(self, step: Step, reason: str) -> None:
        self.log.enter(Moment.REFUSED, step, self.observer.network, note=reason)
        self.history = self.history.after_refused(step)

    async def _pause(self) -> None:
        await self.context.sleep(self.context.policy.retry_wait_s * 2.0 ** min(self._failures, 5))

    async def _close(self) -> None:
        """Lock what was unlocked and show what was hidden, as far as the server allows.

        What cannot be done now is done by the next run, which reads the journal.
        """
        try:
            summary = await self.observer.fetch_summary()
            if summary is not None:
                steps = find_closing(self.target, self.history, observed_of(summary, None, None))
                visibility = self.target.origin.visibility
                await close(self.context.client.writer, self.log, summary, visibility, steps)
        except ServerError as error:
            self.context.breaker.writes.note_error(error)


INDEX_PENDING = "its search index is pending"
"""The text for a network whose content is right but that the search does not find yet."""

_LOCKED = "locked by the server; only its administrators can unlock it"
_LOADED_LATER = frozenset({Step.CREATE, Step.REPLACE, Step.INDEX})
_FAILED_LOOKS = 3


def _explain(error: ServerError) -> str:
    return _LOCKED if isinstance(error, Locked) else str(error)


def _describe_index(observed: Observed | None) -> str:
    return "" if observed is None or observed.load is not LoadState.UNINDEXED else INDEX_PENDING


def outcome_of(ended: Next) -> ActionOutcome:
    """Return the outcome of the work, for the journal and for people."""
    match ended:
        case Reached(note):
            return ActionOutcome(Outcome.DONE, note)
        case Conflict(reason):
            return ActionOutcome(Outcome.CONFLICT, reason)
        case GiveUp(reason):
            return ActionOutcome(Outcome.FAILED, reason)
        case _:
            raise AssertionError(f"the work cannot end with {ended}")
