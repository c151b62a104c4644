"""Make the network of a create action, or find the one that an earlier try made."""

from __future__ import annotations

from dataclasses import dataclass

from sync.apply.action_log import ActionLog
from sync.apply.context import ApplyContext
from sync.apply.decide import MAX_TRIES, Conflict, GiveUp
from sync.apply.lost_create import Claimant, Made, NotMade, Pending
from sync.apply.states import Step
from sync.errors import NetworkError, ServerError
from sync.model import RecordId, Visibility
from sync.ndex.writer import may_have_happened
from sync.state.journal import Entry, Moment


@dataclass(frozen=True, slots=True)
class NetworkCreator:
    """Finds or makes the network of one record; ``token`` is the marker in its content."""

    context: ApplyContext
    log: ActionLog
    record: RecordId
    token: str

    async def find_or_make(self, body: bytes) -> Made | Conflict | GiveUp | None:
        """Return the network, made from ``body`` now or found; at most one ever exists.

        None: no more uploads may begin, so it was not made.

        Raises:
            ServerError: the account's networks could not be listed.
        """
        return await self._find(self.log.read()) or await self._make(body)

    async def find(self) -> Made | GiveUp | None:
        """Return the network that an earlier try made, None if none did.

        Raises:
            ServerError: the account's networks could not be listed.
        """
        found = await self._find(self.log.read())
        if found is None:
            self.log.enter(Moment.REFUSED, Step.CREATE, note="it was not made")
        return found

    async def _find(self, entries: list[Entry]) -> Made | GiveUp | None:
        if made := _made_before(entries):
            return made
        return await self._find_lost(entries) if _is_in_doubt(entries) else None

    async def _make(self, body: bytes) -> Made | Conflict | GiveUp | None:
        claimant = await self.context.account_networks.find_claimant(self.record)
        for _ in range(MAX_TRIES):
            if self.context.gate.closed is not None:
                return None
            if claimant is not None:
                return self._take_up(claimant)
            made = await self._create(body)
            if made is not None:
                return made
        return GiveUp("the network could not be made")

    def _take_up(self, claimant: Claimant) -> Made | Conflict:
        """Continue what an earlier run left unfinished; a network that anybody else made is a
        conflict.
        """
        if not claimant.unfinished:
            return Conflict(f"network {claimant.network} claims the record now")
        return self._note_made(
            Made(claimant.network, claimant.modified_ms, taken_up=True), _TAKEN_UP
        )

    async def _create(self, body: bytes) -> Made | GiveUp | None:
        """Send the create once; None: it was not made and may be tried again."""
        async with self.context.account_networks.sending() as noted:
            await self.log.begin(Step.CREATE, note=noted)
            try:
                writer = self.context.client.writer
                accepted = await writer.create_network(body, Visibility.PRIVATE)
            except NetworkError as error:
                self.log.enter(Moment.REFUSED, Step.CREATE, note=str(error))
                return GiveUp(str(error))
            except ServerError as error:
                failure = error
            else:
                self.context.breaker.writes.note_answer()
                self.context.members.note_made(accepted.network)
                return self._note_made(Made(accepted.network, accepted.modified_ms))
        return await self._note_failure(failure)

    async def _note_failure(self, error: ServerError) -> Made | GiveUp | None:
        self.context.breaker.writes.note_error(error)
        self.context.gate.note_refusal(error)
        if not may_have_happened(error):
            self.log.enter(Moment.REFUSED, Step.CREATE, note=str(error))
            return GiveUp(str(error))
        self.log.enter(Moment.LOST, Step.CREATE, note=str(error))
        if self.context.breaker.is_open:
            return GiveUp(f"the server keeps failing: {error}")
        await self.context.sleep(self.context.policy.retry_wait_s)
        return await self._find_lost(self.log.read())

    async def _find_lost(self, entries: list[Entry]) -> Made | GiveUp | None:
        """Find out whether a create whose answer was lost was carried out; None: it was not."""
        match await self._look_for(_noted_before(entries)):
            case Made() as found:
                return self._note_made(found, "found")
            case Pending():
                return GiveUp(
                    "the create may have succeeded, but its network may still be loading; "
                    "apply again later"
                )
            case NotMade():
                return None

    async def _look_for(self, noted: str) -> Made | Pending | NotMade:
        """Look for the network until every network that may be it has been loaded."""
        policy = self.context.policy
        # Each look lists the whole account.
        waited_s, wait_s = 0.0, policy.retry_wait_s
        while True:
            found = await self.context.account_networks.find_create(self.token, noted)
            if not isinstance(found, Pending) or waited_s + wait_s > policy.loading.deadline_s:
                return found
            await self.context.sleep(wait_s)
            waited_s += wait_s
            wait_s = min(wait_s * 1.5, policy.loading.longest_wait_s)

    def _note_made(self, made: Made, note: str = "") -> Made:
        self.log.enter(Moment.DONE, Step.CREATE, made.network, made.modified_ms, note)
        self.context.account_networks.note_made(made.network)
        return made


_TAKEN_UP = "taken up"
"""The note of a network that an earlier run left unfinished."""


def is_begun(entries: list[Entry]) -> bool:
    """Return whether an earlier try made a network, or may have."""
    return _made_before(entries) is not None or _is_in_doubt(entries)


def _made_before(entries: list[Entry]) -> Made | None:
    for entry in entries:
        made = entry.moment is Moment.DONE and entry.step == Step.CREATE
        if made and entry.network is not None:
            taken_up = entry.note == _TAKEN_UP
            return Made(entry.network, entry.modified_ms or 0, taken_up=taken_up)
    return None


def _is_in_doubt(entries: list[Entry]) -> bool:
    creates = [entry.moment for entry in entries if entry.step == Step.CREATE]
    return bool(creates) and creates[-1] in (Moment.BEGUN, Moment.LOST)


def _noted_before(entries: list[Entry]) -> str:
    """Return what the first create that was begun notes about the networks before it."""
    return next(e.note for e in entries if e.step == Step.CREATE and e.moment is Moment.BEGUN)
