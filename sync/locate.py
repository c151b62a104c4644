"""From a collection's files to its networks: read the records, ask the server, resolve.

The first half of every run, whatever is done with the networks afterwards.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sync.compare import DesiredState
from sync.members import Members, Place, list_members
from sync.model import (
    Absent,
    InvalidRecord,
    Layout,
    MapEntry,
    NetworkId,
    Record,
    RecordId,
    Refused,
    Summary,
    Unanswered,
    UnclaimedNetwork,
)
from sync.ndex.client import NdexClient
from sync.reading import RecordSource
from sync.reading import read_records as read_from
from sync.record_stream import stream_records
from sync.records.mapfile import read_map
from sync.records.organisms import Organisms
from sync.records.scan import find_named
from sync.resolve import (
    Ambiguous,
    Claim,
    Listed,
    Listing,
    ListingFailed,
    Mapped,
    NotListed,
    Resolution,
    find_unclaimed_networks,
    read_claim,
    resolve_records,
)
from sync.shards import Shard
from sync.siblings import Siblings, Takers, find_takers, join_takers
from sync.state.cache import FORGETFUL, Cache

logger = logging.getLogger(__name__)

Sightings = Mapping[NetworkId, Summary | Absent | Refused | Unanswered]
"""What asking for each network's summary has brought."""


@dataclass(frozen=True, slots=True)
class Collection:
    """What to look at: the record files below ``root``, and where their networks are kept.

    ``others`` are the collection's record files that the run is not about: only which networks
    they name is looked at. ``layout`` None detects it file by file. ``complete`` is False for a
    selection of a collection's records: then not every network can be accounted for.
    ``unmapped_only`` leaves out the records that name a network themselves. With a ``shard``,
    ``paths`` are the records in it; ``siblings`` are those of the other shards.
    """

    root: Path
    paths: tuple[str, ...]
    others: tuple[str, ...]
    complete: bool
    unmapped_only: bool
    layout: Layout | None
    map_path: str | None
    organisms: Organisms
    place: Place
    desired: DesiredState
    shard: Shard | None = None
    siblings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Located:
    """The readable records of a collection, each with its resolution, and the server's side.

    ``entries`` are the map file's rows that they were resolved with. ``elsewhere`` are the
    networks that files name which are not among ``records`` (not selected, refused, or of another
    shard), each with those files, and those that another shard accounts for; ``unread`` the ids
    of records that were refused.
    """

    records: tuple[Record, ...]
    resolutions: tuple[Resolution, ...]
    entries: tuple[MapEntry, ...]
    elsewhere: Takers
    unread: frozenset[RecordId]
    members: Members
    listing: Listing
    sightings: Sightings


async def locate_networks(
    collection: Collection,
    client: NdexClient,
    refuse: Callable[[InvalidRecord], None],
    cache: Cache = FORGETFUL,
) -> Located:
    """Read and resolve every record; a record that cannot be read goes to ``refuse``.

    Raises ConfigError where the map file cannot be read at all.
    """
    entries = await asyncio.to_thread(read_entries, collection)
    unread: set[RecordId] = set()

    def note_unread(invalid: InvalidRecord) -> None:
        unread.add(invalid.id)
        refuse(invalid)

    async with asyncio.TaskGroup() as tasks:
        seeing = tasks.create_task(_see_members(client, collection.place))
        records = await _read_all(collection, note_unread, cache)
        elsewhere = await asyncio.to_thread(find_elsewhere, collection, records, entries)
    members, seen = seeing.result()
    named = _named_networks(resolve_records(records, entries, NotListed()))
    sightings = await _fetch_summaries(client, named, seen)
    listing = _read_listing(members, sightings)
    resolutions = resolve_records(records, entries, listing)
    takers: Takers = elsewhere
    if collection.shard is not None:
        siblings = Siblings(_source_of(collection), collection.siblings, entries)
        beyond = await asyncio.to_thread(
            find_takers, collection.shard, siblings, named, listing, cache
        )
        takers = join_takers(elsewhere, beyond)
    return Located(
        tuple(records),
        tuple(resolutions),
        entries,
        takers,
        frozenset(unread),
        members,
        listing,
        sightings,
    )


def find_unclaimed(located: Located) -> tuple[UnclaimedNetwork, ...]:
    """Return the collection's networks that no record names or could be resolved to.

    Empty where the collection could not be listed in full: then nobody knows.
    """
    if not isinstance(located.listing, Listed):
        return ()
    found = []
    for network in find_unclaimed_networks(located.listing, located.resolutions):
        summary, claim = located.sightings[network], located.listing.claims[network]
        if network in located.elsewhere or (claim is not None and claim.record in located.unread):
            continue
        name = summary.name if isinstance(summary, Summary) else ""
        found.append(UnclaimedNetwork(network, name, None if claim is None else claim.record))
    return tuple(found)


def read_records(
    collection: Collection, paths: Iterable[str], cache: Cache = FORGETFUL
) -> list[Record | InvalidRecord]:
    """Read records of the collection; a bad one is a value, never an exception."""
    return read_from(_source_of(collection), paths, cache)


def read_entries(collection: Collection) -> tuple[MapEntry, ...]:
    """Read the map file, if the collection has one; a bad row is logged and left out.

    Raises ConfigError where the file cannot be read at all.
    """
    if collection.map_path is None:
        return ()
    found = read_map(collection.root, collection.map_path)
    for problem in found.problems:
        logger.warning("%s", problem)
    return found.entries


def find_elsewhere(
    collection: Collection, records: Sequence[Record], entries: Sequence[MapEntry]
) -> dict[NetworkId, list[str]]:
    """Return the networks that files, and map rows for them, name which are not in ``records``."""
    read = {record.path for record in records}
    unread = [path for path in (*collection.paths, *collection.others) if path not in read]
    return find_named(collection.root, unread, entries)


def _source_of(collection: Collection) -> RecordSource:
    return RecordSource(collection.root, collection.layout, collection.organisms)


def _named_networks(resolutions: Iterable[Resolution]) -> frozenset[NetworkId]:
    """Return every network that a record or a map file names, the competing ones too."""
    named: set[NetworkId] = set()
    for resolution in resolutions:
        match resolution:
            case Mapped(network):
                named.add(network)
            case Ambiguous(said_by):
                named.update(said_by)
            case _:
                pass
    return frozenset(named)


async def _read_all(
    collection: Collection, refuse: Callable[[InvalidRecord], None], cache: Cache
) -> list[Record]:
    records = []
    async for outcome in stream_records(_source_of(collection), collection.paths, cache):
        if isinstance(outcome, InvalidRecord):
            refuse(outcome)
        elif outcome.network is None or not collection.unmapped_only:
            records.append(outcome)
    return records


async def _see_members(client: NdexClient, place: Place) -> tuple[Members, Sightings]:
    """List the collection's networks and look at them, while the records are read."""
    members = await list_members(client, place)
    listed = {summary.id: summary for summary in members.summaries}
    return members, await _fetch_summaries(client, members.networks, listed)


async def _fetch_summaries(
    client: NdexClient, wanted: frozenset[NetworkId], seen: Sightings
) -> Sightings:
    """Ask for every summary that was not seen yet, in batches; return them all."""
    unseen = wanted - seen.keys()
    logger.info("asking for %d networks", len(unseen))
    return {**seen, **await client.fetch_summaries(unseen)}


def _read_listing(members: Members, sightings: Sightings) -> Listing:
    """Say which record each member claims; one that is not known leaves all of it in doubt."""
    if members.failure is not None:
        return ListingFailed(members.failure)
    if not members.searched:
        return NotListed()
    claims: dict[NetworkId, Claim | None] = {}
    for network in members.networks:
        match sightings[network]:
            case Unanswered(reason):
                return ListingFailed(f"network {network} gave no answer: {reason}")
            case Refused(reason):
                return ListingFailed(f"network {network} may not be read: {reason}")
            case Summary() as summary:
                claims[network] = read_claim(summary)
            case Absent():
                pass
    return Listed(claims)
