"""The work on one network: look, decide, journal, do one step, look again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from sync.apply.breaker import Breaker
from sync.apply.looking import Eyes
from sync.apply.notes import Notes
from sync.apply.steps import (
    Conflict,
    Course,
    Do,
    GiveUp,
    Look,
    Next,
    Reached,
    Step,
    Trail,
    Wait,
    find_closing,
)
from sync.errors import Locked, NetworkError, NotValidated, ReadOnly, ServerError, Throttled
from sync.model import Summary, Visibility
from sync.ndex.clock import SYSTEM_CLOCK, Clock
from sync.ndex.loading import LoadingPolicy
from sync.ndex.writer import NdexWriter
from sync.ndex.writes import may_have_happened
from sync.state.journal import ActionOutcome, Moment, Outcome

Decide = Callable[[Trail, Look | None, Counter[Step]], Next]
"""Says what to do next, by the journal's trail, what was seen, and the tries of this run."""

_CONTENT_STEPS = frozenset(
    {Step.CREATE, Step.UNDELETE, Step.REPLACE, Step.PROFILE, Step.PROPERTIES}
)
"""The steps after which the content is read again."""


@dataclass(frozen=True, slots=True)
class WorkPolicy:
    """How patient the work is: ``retry_wait_s`` before looking again after a failure, grown by
    each failure in a row; ``loading`` for uploads.
    """

    retry_wait_s: float = 1.0
    loading: LoadingPolicy = field(default_factory=lambda: LoadingPolicy(deadline_s=600.0))


@dataclass(slots=True)
class Work:
    """One action's work on one network, as it goes on.

    ``course`` is where it goes, ``body`` the content to upload. ``digest`` is that of the content
    as last read, None to read it at the next look.
    """

    eyes: Eyes
    writer: NdexWriter
    notes: Notes
    breaker: Breaker
    policy: WorkPolicy
    course: Course
    body: bytes | None = None
    clock: Clock = SYSTEM_CLOCK
    digest: str | None = None
    trail: Trail = field(default_factory=Trail)
    tries: Counter[Step] = field(default_factory=Counter)
    _seen: Look | None = None
    _failures: int = 0
    _waited_s: float = 0.0

    async def carry_out(self, decide: Decide) -> Next:
        """Go on until the goal is reached or something forbids it; never leave it unlocked.

        Raises:
            ServerError: the network could not be looked at any more.
        """
        self.trail = self.notes.trail
        try:
            return await self._carry_out(decide)
        except asyncio.CancelledError:
            await asyncio.shield(self._close())
            raise

    async def _carry_out(self, decide: Decide) -> Next:
        while True:
            look = await self._look()
            following = decide(self.trail, look, self.tries)
            match following:
                case Do(step):
                    self._confirm(look)
                    refusal = await self._finish(step)
                    if refusal is not None:
                        await self._close()
                        return refusal
                case Wait():
                    if not await self._wait():
                        await self._close()
                        return GiveUp("it is still being loaded; apply the plan again later")
                case Reached():
                    self._confirm(look)
                    return following
                case Conflict() | GiveUp():
                    if not (isinstance(following, GiveUp) and following.spoiled):
                        await self._close()
                    return following
                case _:
                    assert_never(following)

    async def _look(self) -> Look | None:
        """Look, again where the server fails, until the breaker or our patience ends it."""
        while True:
            try:
                look = await self.eyes.look(self.digest)
            except ServerError as error:
                self.breaker.reads.note_error(error)
                self._failures += 1
                if self.breaker.is_open or self._failures > _FAILED_LOOKS:
                    raise
                await self._pause()
            else:
                self.breaker.reads.note_answer()
                self._failures = 0
                self._seen = look
                self.digest = None if look is None else look.form.digest
                return look

    def _confirm(self, look: Look | None) -> None:
        """Note that the network is as it should be after the steps so far."""
        if look is None or (not self.trail.doubtful and self.trail.confirmed_ms is not None):
            return
        self.notes.enter(Moment.SEEN, None, self.eyes.network, look.modified_ms)
        self.trail = self.trail.after_seen(look.modified_ms)

    async def _finish(self, step: Step) -> GiveUp | None:
        """Do one step to its end, even where the run is told to stop in the middle of it."""
        doing = asyncio.ensure_future(self._do(step))
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            await doing
            raise

    async def _do(self, step: Step) -> GiveUp | None:
        """Do one step between two lines of the journal; what is refused for good ends it."""
        network = self.eyes.network
        self.tries[step] += 1
        self.notes.enter(Moment.BEGUN, step, network)
        self.trail = self.trail.after_begin(step)
        if step in _CONTENT_STEPS:
            self.digest = None
        try:
            modified_ms = await self._send(step)
        except ServerError as error:
            return await self._note_failure(step, error)
        except NetworkError as error:
            self._refused(step, str(error))
            return GiveUp(str(error))
        self.breaker.writes.note_answer()
        self.notes.enter(Moment.DONE, step, network, modified_ms)
        self.trail = self.trail.after_done(step)
        return None

    async def _note_failure(self, step: Step, error: ServerError) -> GiveUp | None:
        self.breaker.writes.note_error(error)
        if may_have_happened(error):
            self.notes.enter(Moment.LOST, step, self.eyes.network, note=str(error))
        else:
            self._refused(step, str(error))
            if not isinstance(error, Locked | ReadOnly | NotValidated | Throttled):
                return GiveUp(str(error))
        if self.breaker.is_open:
            return GiveUp(f"the server keeps failing: {error}")
        self._failures += 1
        await self._pause()
        return None

    def _refused(self, step: Step, reason: str) -> None:
        self.notes.enter(Moment.REFUSED, step, self.eyes.network, note=reason)
        self.trail = self.trail.after_refused(step)

    async def _send(self, step: Step) -> int | None:
        """Send one write; return the modification time where the server tells it."""
        network, goal, writer = self.eyes.network, self.course.goal, self.writer
        match step:
            case Step.REPLACE:
                return (await writer.replace_content(self._shown(), self.body or b"")).modified_ms
            case Step.PROFILE:
                await writer.set_profile(network, **self._profile_changes())
            case Step.PROPERTIES:
                await writer.set_properties(network, goal.stated.properties)
            case Step.LIFT:
                await writer.set_read_only(network, read_only=False)
            case Step.LOCK:
                await writer.set_read_only(network, read_only=goal.read_only)
            case _:
                await self._send_elsewhere(step)
        return None

    def _shown(self) -> Summary:
        """Return the summary of the last look; without one no content may be sent."""
        if self._seen is None or self._seen.summary is None:
            raise AssertionError("the network was not seen in a summary")
        return self._seen.summary

    def _profile_changes(self) -> dict[str, str]:
        """Return the texts to send: those that differ, since a null cannot be sent back.

        Where none does, a write that was not answered well is sent again by the name alone.
        """
        wanted = dict(zip(_PROFILE, self.course.goal.stated.profile, strict=True))
        seen = ("", "", "") if self._seen is None else self._seen.form.stated.profile
        differing = {
            key: wanted[key]
            for key, text in zip(_PROFILE, seen, strict=True)
            if wanted[key] != text
        }
        return differing or {"name": wanted["name"]}

    async def _send_elsewhere(self, step: Step) -> None:
        """Send a write that is not to the network itself but about it."""
        network, goal, writer = self.eyes.network, self.course.goal, self.writer
        match step:
            case Step.VISIBILITY:
                await writer.set_visibility([network], goal.visibility)
            case Step.JOIN | Step.LEAVE:
                await self._send_membership(step)
            case Step.MOVE:
                await writer.move_to_folder(goal.folder, [network])
            case Step.DELETE:
                await writer.delete_network(network)
            case Step.UNDELETE:
                await writer.restore_from_trash([network])
            case _:
                raise AssertionError(f"{step} is no step on a network that is there")

    async def _send_membership(self, step: Step) -> None:
        network_set = self.eyes.network_set
        if network_set is None:
            raise AssertionError("no network set is in question")
        self.eyes.members.forget(network_set)
        if step is Step.JOIN:
            await self.writer.add_to_set(network_set, [self.eyes.network])
        else:
            await self.writer.remove_from_set(network_set, [self.eyes.network])

    async def _wait(self) -> bool:
        """Wait a while for an upload to be loaded; False where it took too long."""
        policy = self.policy.loading
        wait_s = min(policy.first_wait_s + self._waited_s / 2, policy.longest_wait_s)
        if self._waited_s + wait_s > policy.deadline_s:
            return False
        await self.clock.sleep(wait_s)
        self._waited_s += wait_s
        return True

    async def _pause(self) -> None:
        await self.clock.sleep(self.policy.retry_wait_s * 2.0 ** min(self._failures, 5))

    async def _close(self) -> None:
        """Lock what was unlocked and show what was hidden, as far as the server lets us.

        What cannot be done now is done by the next run, which reads the journal.
        """
        try:
            look = await self.eyes.look(self.digest)
            if look is None:
                return
            for step in find_closing(self.course, self.trail, look):
                await self._close_by(step)
        except ServerError as error:
            self.breaker.writes.note_error(error)

    async def _close_by(self, step: Step) -> None:
        network, origin = self.eyes.network, self.course.origin
        self.notes.enter(Moment.BEGUN, step, network)
        if step is Step.LOCK:
            await self.writer.set_read_only(network, read_only=True)
        else:
            await self.writer.set_visibility([network], Visibility(origin.visibility))
        self.notes.enter(Moment.DONE, step, network)


_FAILED_LOOKS = 3
_PROFILE = ("name", "description", "version")


def outcome_of(ended: Next) -> ActionOutcome:
    """Say for the journal and for people how the work ended."""
    match ended:
        case Reached():
            return ActionOutcome(Outcome.DONE, "")
        case Conflict(reason):
            return ActionOutcome(Outcome.CONFLICT, reason)
        case GiveUp(reason):
            return ActionOutcome(Outcome.FAILED, reason)
        case _:
            raise AssertionError(f"the work cannot end with {ended}")
