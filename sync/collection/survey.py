"""Ask the server about networks: short summaries if earlier runs knew them, else full ones.

If the short summary is unchanged, the network is known, with the record that it claims. All others
are asked for in full, with their properties.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from operator import attrgetter
from sys import intern
from typing import Self

import msgspec

from sync.at_once import do_each
from sync.collection.listing import Location, Members, Membership, find_account, list_members
from sync.errors import ServerError
from sync.match.claims import read_claim
from sync.model import NetworkId, RecordId, Summary
from sync.ndex.client import NdexClient
from sync.ndex.clock import SYSTEM_CLOCK
from sync.ndex.loading import LoadingPolicy, may_hide_claim, still_hides_claim
from sync.ndex.sightings import (
    BATCHES_AT_ONCE,
    Failed,
    Sighting,
    note_each,
    see_each,
    split_batches,
)
from sync.ndex.summaries import CompactSummary
from sync.state.cache import FORGETFUL, Cache, KnownNetwork, is_settled

logger = logging.getLogger(__name__)

# The network's id, and everything that both kinds of summary have and that does not change by
# itself.
_facts = attrgetter(
    *("id", "modified_ms", "created_ms", "visibility", "name", "description", "owner", "owner_id"),
    *("read_only", "certified", "completed", "error_message", "doi", "node_count", "edge_count"),
    "folder",
)
_pack = msgspec.msgpack.Encoder().encode


def facts_of(summary: Summary | CompactSummary) -> bytes:
    """Return a digest of a short summary: while it is the same, so is the network."""
    return blake2b(_pack(_facts(summary)), digest_size=16).digest()


class SeenNetwork(msgspec.Struct, frozen=True, gc=False):
    """A network in short.

    ``facts`` is None while a load is running or has failed: then nothing is concluded from what an
    earlier run saw. ``hides_claim``: its summary may lack what the network says about itself.
    ``in_full``: its full summary was stored.
    """

    facts: bytes | None
    claims: RecordId | None
    claims_by: str | None
    name: str
    created_ms: int
    hides_claim: bool = False
    in_full: bool = False

    def __post_init__(self) -> None:
        """Share the texts of the claim with other objects: there are many of each."""
        for name in ("claims", "claims_by"):
            if (text := getattr(self, name)) is not None:
                msgspec.structs.force_setattr(self, name, intern(text))

    @classmethod
    def of(cls, summary: Summary) -> Self:
        """Take from a full summary what is kept in memory for all networks."""
        claim = read_claim(summary)
        record, by = (None, None) if claim is None else (claim.record, claim.by)
        hides = may_hide_claim(summary)
        facts = None if hides or not is_settled(summary) else facts_of(summary)
        return cls(facts, record, by, summary.name, summary.created_ms, hides, in_full=True)


class Survey:
    """The collection's list and what was seen of networks; it grows while a run asks.

    ``run`` is open and takes full summaries. ``known`` has what earlier runs saw; without it every
    network is asked for in full.
    """

    def __init__(self, client: NdexClient, run: Cache, known: Cache = FORGETFUL) -> None:
        self.members = Members()
        self.seen: dict[NetworkId, SeenNetwork | Failed] = {}
        self._client = client
        self._run = run
        self._known = known
        self._owners: set[str] = set()

    def membership(self, network: NetworkId) -> Membership:
        """Return whether the collection's set or folder holds a network."""
        if self.members.holders is None:
            return Membership(doubt=self.members.doubt)
        return Membership(network in self.members.holders)

    def sighting(self, network: NetworkId) -> Sighting:
        """Return the result of asking for a network in full, which must have been done."""
        seen = self.seen.get(network)
        found = self._run.find_summary(network) if isinstance(seen, SeenNetwork) else seen
        if found is None:
            raise LookupError(f"network {network} was never asked for")
        return found

    async def list_members(self, place: Location) -> None:
        """List the collection's networks on the server."""
        members = await list_members(self._client, place)
        self._note({summary.id: summary for summary in members.summaries})
        self.members = replace(members, summaries=())

    async def ask(self, networks: Iterable[NetworkId]) -> None:
        """Look at networks that were not looked at yet."""
        new = sorted(set(networks) - self.seen.keys())
        if not new:
            return
        logger.info("asking for %d networks", len(new))
        full: list[NetworkId] = []

        async def _see(part: Sequence[NetworkId]) -> None:
            full.extend(await self._see_known(part))

        await do_each(split_batches(new), _see, at_once=BATCHES_AT_ONCE)
        await self._see_full(full)

    async def ask_full(self, networks: Iterable[NetworkId]) -> None:
        """Get the full summaries of networks of which only the short ones were needed so far."""
        await self._see_full(sorted(filter(self._is_short, set(networks))))

    def _is_short(self, network: NetworkId) -> bool:
        seen = self.seen.get(network)
        return seen is None or (isinstance(seen, SeenNetwork) and not seen.in_full)

    async def _see_known(self, part: Sequence[NetworkId]) -> list[NetworkId]:
        """Note the networks that are unchanged; return all others."""
        known = self._known.find_known(part)
        # If most must be asked for in full, one call for all is the cheapest.
        if 2 * len(known) < len(part):
            return list(part)
        try:
            found = await self._client.fetch_compact_batch([*known])
        except ServerError:
            return list(part)
        return [
            each for each in part if not self._is_as_known(each, found.get(each), known.get(each))
        ]

    def _is_as_known(
        self, network: NetworkId, found: CompactSummary | None, known: KnownNetwork | None
    ) -> bool:
        if found is None or known is None or facts_of(found) != known.facts:
            return False
        self._owners.add(found.owner.lower())
        self.seen[network] = SeenNetwork(*known, found.name, found.created_ms)
        return True

    async def _see_full(self, networks: Sequence[NetworkId]) -> None:
        await note_each(self._client, networks, self._note)

    def _note(self, found: Mapping[NetworkId, Sighting]) -> None:
        summaries = [each for each in found.values() if isinstance(each, Summary)]
        self._run.add_summaries(summaries)
        self.seen.update(
            (network, each) for network, each in found.items() if isinstance(each, Failed)
        )
        for summary in summaries:
            seen = self.seen[summary.id] = SeenNetwork.of(summary)
            self._owners.add(summary.owner.lower())
            if seen.facts is not None:
                known = KnownNetwork(seen.facts, seen.claims, seen.claims_by)
                self._known.keep_known(summary.id, known)

    async def check_account(self, place: Location) -> None:
        """Look up the account that is configured besides a set or folder, unless its networks were
        seen.
        """
        has_holder = place.network_set is not None or place.folder is not None
        if not has_holder or place.account is None or place.account.lower() in self._owners:
            return
        try:
            await find_account(self._client, place.account, place.key("account"))
        except ServerError as error:
            logger.warning("cannot say whether the account %s exists: %s", place.account, error)

    async def look_again(self, loading: LoadingPolicy) -> None:
        """Look a second time, some seconds later, at members whose claim may be hidden."""
        hiding = sorted(network for network, seen in self.seen_members() if seen.hides_claim)
        if not hiding:
            return
        first = {each: self.sighting(each) for each in hiding}
        logger.info("looking again at %d networks that NDEx may be loading", len(hiding))
        await SYSTEM_CLOCK.sleep(loading.confirm_s)
        for network, again in (await see_each(self._client, hiding)).items():
            before = first[network]
            if isinstance(again, Summary) and isinstance(before, Summary):
                self._note({network: again})
                hides = still_hides_claim(before.modified_ms, again)
                self.seen[network] = msgspec.structs.replace(
                    SeenNetwork.of(again), hides_claim=hides
                )

    def seen_members(self) -> Iterator[tuple[NetworkId, SeenNetwork]]:
        """Yield the members that exist."""
        for network in self.members.networks:
            seen = self.seen.get(network)
            if isinstance(seen, SeenNetwork):
                yield network, seen
