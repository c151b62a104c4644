"""What an account has, as far as creates of networks must know of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from sync.apply.action_log import ActionLog
from sync.apply.lost_create import (
    Claimant,
    Made,
    NotMade,
    Pending,
    claim_key,
    find_create,
    index_claims,
)
from sync.apply.states import Step
from sync.model import NetworkId, RecordId
from sync.ndex.client import NdexClient
from sync.ndex.summaries import ListedNetwork
from sync.state.journal import Moment


class AccountNetworks:
    """Lets creates go on side by side, each of which must be found again if its answer is lost.

    The account is listed once, before the first create: who claims which record, and which
    networks say nothing of themselves. The journal gets those as one line of the whole run, which
    the line of each create refers to. A create in doubt is looked for while no other
    is being sent, so that a new network without a name is its own, or that of another one in
    doubt.
    """

    def __init__(self, client: NdexClient, user: str, log: ActionLog) -> None:
        """``log`` are the journal's lines of the whole run."""
        self._client = client
        self._user = user
        self._log = log
        self._claims: dict[str, Claimant] | None = None
        self._made: set[NetworkId] | None = None
        self._listing = 0
        self._turn = asyncio.Lock()
        self._sending = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def find_claimant(self, record: RecordId) -> Claimant | None:
        """Return the network that claimed a record before the first create, None if none did.

        Raises:
            ServerError: the account could not be listed.
        """
        async with self._turn:
            if self._claims is None:
                self._claims, nameless = index_claims(await self._list())
                self._listing = len(self._log.read())
                self._log.enter(Moment.SEEN, Step.CREATE, note=" ".join(sorted(nameless)))
        return self._claims.get(claim_key(record))

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[str]:
        """Send a create, beside others; yields what its line in the journal has to note."""
        async with self._turn:
            self._sending += 1
            self._idle.clear()
        try:
            yield str(self._listing)
        finally:
            self._sending -= 1
            if not self._sending:
                self._idle.set()

    async def find_create(self, token: str, noted: str) -> Made | Pending | NotMade:
        """Look once for the network of a create in doubt, while no create is being sent.

        ``noted`` is what its line in the journal notes. Creates may be sent between two looks: when
        the second one is made the networks of all that were answered are known.

        Raises:
            ServerError: the account could not be listed.
        """
        async with self._turn:
            await self._idle.wait()
            before = map(NetworkId, self._log.read()[int(noted)].note.split())
            others = frozenset({*before, *self._known_as_made()})
            found = find_create(await self._list(), token, others)
            if isinstance(found, Made):
                self.note_made(found.network)
        return found

    async def _list(self) -> Iterator[ListedNetwork]:
        return await self._client.list_account_networks(self._user)

    def note_made(self, network: NetworkId) -> None:
        """Note that a network is that of a create."""
        self._known_as_made().add(network)

    def _known_as_made(self) -> set[NetworkId]:
        """Return the networks of all creates of the run, those of an earlier process included."""
        if self._made is None:
            log = self._log
            self._made = set(log.journal.list_networks(log.run, Step.CREATE, Moment.DONE))
        return self._made
