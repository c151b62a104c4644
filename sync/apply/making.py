"""Make the network of a create action, or find the one that an earlier try made."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from sync.apply.breaker import Breaker
from sync.apply.creation import (
    Made,
    NotMade,
    Pending,
    find_claimant,
    is_nameless,
    is_unfinished,
    settle_create,
)
from sync.apply.notes import Notes
from sync.apply.steps import MAX_TRIES, Conflict, GiveUp, Step
from sync.apply.uploads import UploadGate
from sync.apply.work import WorkPolicy
from sync.errors import NetworkError, ServerError
from sync.model import NetworkId, RecordId, Summary, Visibility
from sync.ndex.client import NdexClient
from sync.ndex.clock import SYSTEM_CLOCK, Clock
from sync.ndex.writes import may_have_happened
from sync.state.journal import Entry, Moment


@dataclass(slots=True)
class AccountNetworks:
    """The account's networks: listed once for what was there, anew where a create is in doubt.

    ``turn`` lets one create at a time, so that a nameless network is told apart; ``made`` are
    those that this run has made.
    """

    client: NdexClient
    user: str
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    made: set[NetworkId] = field(default_factory=set)
    _listed: tuple[Summary, ...] | None = None

    async def known(self) -> tuple[Summary, ...]:
        """Return the networks as they were when first asked for."""
        if self._listed is None:
            self._listed = await self.fetch()
        return self._listed

    async def fetch(self) -> tuple[Summary, ...]:
        """List the networks anew."""
        return await self.client.fetch_account_networks(self.user)


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the network of one record; ``token`` is the marker in its ``body``."""

    client: NdexClient
    networks: AccountNetworks
    notes: Notes
    breaker: Breaker
    gate: UploadGate
    policy: WorkPolicy
    record: RecordId
    token: str
    body: bytes
    clock: Clock = SYSTEM_CLOCK

    async def find_or_make(self) -> Made | Conflict | GiveUp:
        """Return the network, made now or before; at most one ever exists.

        Raises:
            ServerError: the account's networks could not be listed.
        """
        async with self.networks.turn:
            made = await self._find(self.notes.read()) or await self._make()
            if isinstance(made, Made):
                self.networks.made.add(made.network)
            return made

    async def find(self) -> Made | GiveUp | None:
        """Return the network that an earlier try made, None where none did.

        Raises:
            ServerError: the account's networks could not be listed.
        """
        async with self.networks.turn:
            found = await self._find(self.notes.read())
            if found is None:
                self.notes.enter(Moment.REFUSED, Step.CREATE, note="it was not made")
            return found

    async def _find(self, entries: list[Entry]) -> Made | GiveUp | None:
        if made := _made_before(entries):
            return made
        if not _is_in_doubt(entries):
            return None
        settled = await self._settle(_nameless_before(entries))
        return None if isinstance(settled, NotMade) else self._note_found(settled)

    async def _make(self) -> Made | Conflict | GiveUp:
        if self.gate.closed is not None:
            return GiveUp(f"not begun: {self.gate.closed}")
        known = await self.networks.known()
        if claimant := find_claimant(known, self.record):
            return self._take_up(claimant)
        nameless = _nameless(known) | self.networks.made
        for _ in range(MAX_TRIES):
            made = await self._create(nameless)
            if made is not None:
                return made
        return GiveUp("the network could not be made")

    def _take_up(self, claimant: Summary) -> Made | Conflict:
        """Go on with what an earlier run left unfinished; what anybody else made is a conflict."""
        if not is_unfinished(claimant):
            return Conflict(f"network {claimant.id} claims the record by now")
        network, modified_ms = claimant.id, claimant.modified_ms
        self.notes.enter(Moment.DONE, Step.CREATE, network, modified_ms, _TAKEN_UP)
        return Made(network, modified_ms, taken_up=True)

    async def _create(self, nameless: frozenset[NetworkId]) -> Made | GiveUp | None:
        """Send the create once; None: it was not made and may be tried again."""
        self.notes.enter(Moment.BEGUN, Step.CREATE, note=" ".join(sorted(nameless)))
        try:
            accepted = await self.client.writer.create_network(self.body, Visibility.PRIVATE)
        except NetworkError as error:
            self.notes.enter(Moment.REFUSED, Step.CREATE, note=str(error))
            return GiveUp(str(error))
        except ServerError as error:
            return await self._note_failure(error, nameless)
        self.breaker.writes.note_answer()
        self.notes.enter(Moment.DONE, Step.CREATE, accepted.network, accepted.modified_ms)
        return Made(accepted.network, accepted.modified_ms)

    async def _note_failure(
        self, error: ServerError, nameless: frozenset[NetworkId]
    ) -> Made | GiveUp | None:
        self.breaker.writes.note_error(error)
        self.gate.note_refusal(error)
        if not may_have_happened(error):
            self.notes.enter(Moment.REFUSED, Step.CREATE, note=str(error))
            return GiveUp(str(error))
        self.notes.enter(Moment.LOST, Step.CREATE, note=str(error))
        if self.breaker.is_open:
            return GiveUp(f"the server keeps failing: {error}")
        await self.clock.sleep(self.policy.retry_wait_s)
        settled = await self._settle(nameless)
        return None if isinstance(settled, NotMade) else self._note_found(settled)

    async def _settle(self, nameless: frozenset[NetworkId]) -> Made | Pending | NotMade:
        """Look for the network until every one that may be it has been loaded."""
        loading = self.policy.loading
        # Each look lists the whole account.
        waited_s, wait_s = 0.0, self.policy.retry_wait_s
        while True:
            settled = settle_create(await self.networks.fetch(), self.token, nameless)
            if not isinstance(settled, Pending) or waited_s + wait_s > loading.deadline_s:
                return settled
            await self.clock.sleep(wait_s)
            waited_s += wait_s
            wait_s = min(wait_s * 1.5, loading.longest_wait_s)

    def _note_found(self, found: Made | Pending | NotMade) -> Made | GiveUp:
        if isinstance(found, Made):
            self.notes.enter(Moment.DONE, Step.CREATE, found.network, found.modified_ms, "found")
            return found
        return GiveUp("a create is in doubt while an upload is being loaded; apply again later")


_TAKEN_UP = "taken up"
"""The note of a network that an earlier run had left unfinished."""


def is_begun(entries: list[Entry]) -> bool:
    """Tell whether an earlier try made a network, or may have."""
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


def _nameless_before(entries: list[Entry]) -> frozenset[NetworkId]:
    """Return the nameless networks that stood there before the first create that was begun."""
    begun = (e for e in entries if e.step == Step.CREATE and e.moment is Moment.BEGUN)
    first = next(begun, None)
    return frozenset(NetworkId(text) for text in first.note.split()) if first else frozenset()


def _nameless(listed: tuple[Summary, ...]) -> frozenset[NetworkId]:
    return frozenset(summary.id for summary in listed if is_nameless(summary))
