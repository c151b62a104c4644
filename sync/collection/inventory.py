"""Match records with networks once the files are read and the server was asked.

Pure, apart from the contents of records and summaries, which are on disk. Only a short row of each
record is in memory.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from types import MappingProxyType

from sync.collection.survey import SeenNetwork, Survey
from sync.match.claims import (
    Listed,
    Listing,
    ListingFailed,
    Mapped,
    NotListed,
    Resolution,
    Resolvable,
    accounts_for,
    find_rivals,
    resolve_record,
)
from sync.match.identifiers import was_made_later
from sync.model import (
    UNREAD_MEMBER,
    InvalidRecord,
    ListedBeside,
    MapEntry,
    NetworkId,
    RecordId,
    Refused,
    Summary,
    Unanswered,
    UnclaimedNetwork,
)
from sync.ndex.sightings import Failed, Sighting
from sync.state.encoded_record import RecordRow

Owners = Mapping[NetworkId, Sequence[str]]
"""Networks, each with the files and map file rows that name it as theirs."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A record, its number among those read, its resolution, and who else names its network."""

    number: int
    row: RecordRow
    resolution: Resolution
    rivals: tuple[str, ...]


class MapRows:
    """The rows of the map file, by record."""

    def __init__(self, entries: Sequence[MapEntry]) -> None:
        self.entries = tuple(entries)
        self._by_record: dict[RecordId, list[MapEntry]] = defaultdict(list)
        for entry in entries:
            self._by_record[entry.record].append(entry)

    def of(self, record: RecordId) -> Sequence[MapEntry]:
        """Return the rows for a record, in the order of the file."""
        return self._by_record.get(record, ())

    def target(self, row: RecordRow) -> NetworkId | None:
        """Return the network that the record or the map file names."""
        if row.network is not None:
            return row.network
        resolution = resolve_record(None, self.of(row.id), NotListed())
        return resolution.network if isinstance(resolution, Mapped) else None

    def accounts_for(self, row: RecordRow) -> tuple[NetworkId, ...]:
        """Return the networks that a record names, or that its map file rows offer."""
        if row.network is not None:
            return (row.network,)
        return accounts_for(resolve_record(None, self.of(row.id), NotListed()))


@dataclass(frozen=True, slots=True)
class LocalRecords:
    """What the files of a collection say.

    ``rows`` are the records that could be read, ``refused`` the others. ``elsewhere`` are the
    networks named by other files of the collection, which the run is not about or had to refuse;
    ``unread`` are the ids of those.
    """

    map_rows: MapRows
    rows: Sequence[RecordRow]
    refused: Sequence[InvalidRecord]
    elsewhere: Owners
    unread: frozenset[RecordId]


class Inventory:
    """The readable records of a collection and their networks on the server.

    ``taken`` are networks that the records of other shards account for, each with who names it.
    ``used`` are all that any record accounts for.
    """

    def __init__(
        self, local: LocalRecords, survey: Survey, taken: Owners = MappingProxyType({})
    ) -> None:
        self.local = local
        self.survey = survey
        self._owners, self._shared = _find_owners(local, taken)
        self._listing, self._claimants = _judge_listing(survey)
        self.used = {*self._owners, *local.elsewhere, *taken}
        for number, row in enumerate(local.rows):
            if row.network is None:
                self.used.update(accounts_for(self.resolve(number).resolution))
        if self.is_listed:
            self._listing = self._doubt_refused()

    @property
    def is_listed(self) -> bool:
        """Whether the collection's networks on the server are known in full."""
        return isinstance(self._listing, Listed)

    @property
    def failure(self) -> str | None:
        """Why they are not, None if they are or if no place to look in is configured."""
        return self._listing.reason if isinstance(self._listing, ListingFailed) else None

    def resolved(self) -> Iterator[Resolved]:
        """Yield every record that could be read, in the order of the paths."""
        return map(self.resolve, range(len(self.local.rows)))

    def resolve(self, number: int) -> Resolved:
        """Resolve one record."""
        row = self.local.rows[number]
        rows, listing = self.local.map_rows.of(row.id), self._listing
        if isinstance(listing, Listed) and row.network is None and not rows:
            claimants = dict(sorted(self._claimants.get(row.id, {}).items()))
            listing = replace(listing, claimants=claimants)
        resolution = resolve_record(row.network, rows, listing)
        rivals: tuple[str, ...] = ()
        if isinstance(resolution, Mapped):
            if resolution.network in self._shared:
                rivals = find_rivals(row.path, resolution, self._shared[resolution.network])
        elif isinstance(resolution, Resolvable):
            owners = self._owners_of(resolution.network)
            rivals = find_rivals(row.path, resolution, owners)
        return Resolved(number, row, resolution, rivals)

    def _owners_of(self, network: NetworkId) -> Sequence[str]:
        if network in self._shared:
            return self._shared[network]
        return (self._owners[network],) if network in self._owners else ()

    def unclaimed(self) -> Iterator[UnclaimedNetwork]:
        """Yield the collection's networks that no record names or could be resolved to.

        It yields nothing if the collection could not be listed in full: then it is not known. A
        network that claims a record which was not read is left out too.
        """
        if not self.is_listed:
            return
        left = [
            (network, seen)
            for network, seen in self.survey.seen_members()
            if network not in self.used and seen.claims not in self.local.unread
        ]
        for network, seen in sorted(left, key=itemgetter(0)):
            instead = None if seen.claims is None else self._targets.get(seen.claims)
            newer = instead is not None and self._is_newer(seen, instead)
            yield UnclaimedNetwork(network, seen.name, seen.claims, instead=instead, newer=newer)

    @cached_property
    def _targets(self) -> Mapping[RecordId, NetworkId]:
        """The networks that records are known to be; if two records have one id, the first's."""
        found: dict[RecordId, NetworkId] = {}
        for row in self.local.rows:
            if (target := self.local.map_rows.target(row)) is not None:
                found.setdefault(row.id, target)
        return found

    def _is_newer(self, seen: SeenNetwork, other: NetworkId) -> bool:
        known = self.survey.seen.get(other)
        return isinstance(known, SeenNetwork) and seen.created_ms > known.created_ms

    def count_beside(self) -> ListedBeside:
        """Count the records for which the map file lists other networks besides their own."""
        beside, newer = set(), set()
        for row in self.local.rows:
            listed = {entry.network for entry in self.local.map_rows.of(row.id)}
            if row.network in listed and len(listed) > 1:
                beside.add(row.id)
                if any(was_made_later(each, row.network) for each in listed - {row.network}):
                    newer.add(row.id)
        return ListedBeside(len(beside), len(newer))

    def _doubt_refused(self) -> Listing:
        """Return the listing, in doubt about what a member could claim that we may not read.

        It could claim every record that nothing else claims, unless a record names the member.
        """
        for network, reason in refused_members(self.survey):
            if network not in self._owners:
                doubt = f"{UNREAD_MEMBER}, and may claim this record: {network}: {reason}"
                return Listed(doubt=doubt)
        return self._listing


def refused_members(survey: Survey) -> list[tuple[NetworkId, str]]:
    """Return the members that we may not read, each with the reason."""
    seen = ((network, survey.seen.get(network)) for network in survey.members.networks)
    return sorted((network, each.reason) for network, each in seen if isinstance(each, Refused))


def _find_owners(
    local: LocalRecords, taken: Owners
) -> tuple[dict[NetworkId, str], dict[NetworkId, list[str]]]:
    """Return who names each network first, and for networks that several name, all of them in
    order.
    """
    first: dict[NetworkId, str] = {}
    shared: dict[NetworkId, list[str]] = {}
    for network, place in _named(local, taken):
        if network not in first:
            first[network] = place
        else:
            shared.setdefault(network, [first[network]]).append(place)
    for places in shared.values():
        places.sort(key=os.fsencode)
    return first, shared


def _named(local: LocalRecords, taken: Owners) -> Iterator[tuple[NetworkId, str]]:
    for row in local.rows:
        if (target := local.map_rows.target(row)) is not None:
            yield target, row.path
    for owners in (local.elsewhere, taken):
        for network, places in owners.items():
            for place in places:
                yield network, place


def _judge_listing(survey: Survey) -> tuple[Listing, Mapping[RecordId, Mapping[NetworkId, str]]]:
    """Return what the list allows to conclude, and which members claim which record.

    One member that gave no answer, or is being loaded, puts the whole list in doubt: it may claim
    any record, and so may others meanwhile.
    """
    members = survey.members
    if members.failure is not None:
        return ListingFailed(members.failure), {}
    if not members.searched:
        return NotListed(), {}
    if (doubt := _find_doubt(survey)) is not None:
        return ListingFailed(doubt), {}
    claimants: dict[RecordId, dict[NetworkId, str]] = defaultdict(dict)
    for network, seen in survey.seen_members():
        if seen.claims is not None and seen.claims_by is not None:
            claimants[seen.claims][network] = seen.claims_by
    return Listed(), claimants


def _find_doubt(survey: Survey) -> str | None:
    members = survey.members.networks
    network = min((each for each in members if _is_in_doubt(survey.seen.get(each))), default=None)
    return None if network is None else _describe_doubt(network, survey.sighting(network))


def _is_in_doubt(seen: SeenNetwork | Failed | None) -> bool:
    return seen.hides_claim if isinstance(seen, SeenNetwork) else isinstance(seen, Unanswered)


def _describe_doubt(network: NetworkId, sighting: Sighting) -> str:
    match sighting:
        case Unanswered(reason):
            return f"network {network} gave no answer: {reason}"
        case Summary(completed=False):
            return (
                f"NDEx is still loading network {network}, which may claim any record;"
                " check again later"
            )
        case Summary(error_message=error):
            failed = "" if error is None else f" since NDEx could not load it ({error})"
            return f"network {network} has neither name nor nodes{failed}: restore or delete it"
        case _:
            return f"network {network} does not exist: {sighting}"
