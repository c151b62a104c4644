"""What creates must know about the networks of an account."""

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
    find_create,
    index_claims,
)
from sync.apply.states import Step
from sync.match.properties import strip_image_extension
from sync.model import NetworkId, RecordId
from sync.ndex.client import NdexClient
from sync.ndex.summaries import ListedNetwork
from sync.state.journal import Moment


class AccountNetworks:
    """Lets several creates run at once; each network can be found again if the answer is lost.

    The account is listed once, before the first create: which network claims which record, and
    which networks have no name. The journal stores the latter as one line for the whole run, and
    the line of each create refers to it. A create in doubt is looked for while no other create is
    being sent, so that a new network without a name belongs to it, or to another create in doubt.
    """

    def __init__(self, client: NdexClient, user: str, log: ActionLog) -> None:
        """Take the journal's lines for the whole run as ``log``."""
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
        return self._claims.get(strip_image_extension(record))

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[str]:
        """Send a create, with others at the same time; yields what its journal line must note."""
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

        ``noted`` is what its journal line notes. Creates may be sent between two looks; by the
        second one, the networks of all answered creates are known.

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
        """Note that a create made this network."""
        self._known_as_made().add(network)

    def _known_as_made(self) -> set[NetworkId]:
        """Return the networks of all creates of the run, including those of an earlier process."""
        if self._made is None:
            log = self._log
            self._made = set(log.journal.list_networks(log.run, Step.CREATE, Moment.DONE))
        return self._made
