"""What is known of a collection while a run goes on: its records and networks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from sync.collection.inventory_database import Entered, InventoryDatabase, Sighting
from sync.collection.listing import Members, Membership
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
    ListedBeside,
    MapEntry,
    NetworkId,
    Record,
    Summary,
    Unanswered,
    UnclaimedNetwork,
)
from sync.ndex.client import NdexClient


@dataclass(frozen=True, slots=True)
class Resolved:
    """A record's number in the database, its resolution, and who else names its network."""

    number: int
    resolution: Resolution
    rivals: tuple[str, ...]


class Inventory:
    """The readable records of a collection and the server's side, as far as they are known by now.

    All is known once ``locate_networks`` has returned. What a record or its map file names can be
    looked at as soon as it is ready.
    """

    def __init__(self, database: InventoryDatabase) -> None:
        self._ledger = database
        self._listing: Listing = NotListed()
        self._known = False
        self._unknown = Membership()

    @property
    def is_listed(self) -> bool:
        """Whether the collection's networks on the server are known in full."""
        return isinstance(self._listing, Listed)

    @property
    def failure(self) -> str | None:
        """Why they are not, None where they are or where no place is configured to look in."""
        return self._listing.reason if isinstance(self._listing, ListingFailed) else None

    def rows(self) -> tuple[MapEntry, ...]:
        """Return the map file's rows that records were resolved with."""
        return self._ledger.rows()

    def record(self, number: int) -> Record:
        """Return a record that was read."""
        return self._ledger.find_record(number)

    def resolved(self) -> Iterator[Resolved]:
        """Yield every record, in the order of the paths."""
        return map(self._resolve, self._ledger.records())

    def resolved_without_own(self) -> Iterator[Resolved]:
        """Yield the records that are not known to be a network which no other names."""
        entered = chain(self._ledger.unnamed_records(), self._ledger.sharing_records())
        return map(self._resolve, entered)

    def resolve(self, number: int) -> Resolved:
        """Resolve one record by what is known now."""
        return self._resolve(self._ledger.find_entered(number))

    def is_shared(self, network: NetworkId) -> bool:
        """Whether more than one file, or map row for one, is known by now to name a network."""
        return len(self._ledger.owners_of(network)) > 1

    def sighting(self, network: NetworkId) -> Sighting:
        """Return what asking for a network has brought; it must have been asked for."""
        found = self._ledger.sighting_of(network)
        if found is None:
            raise LookupError(f"network {network} was never asked for")
        return found

    def membership(self, network: NetworkId) -> Membership:
        """Tell whether the collection's set or folder holds a network."""
        return Membership(self._ledger.is_held(network)) if self._known else self._unknown

    def unclaimed(self) -> Iterator[UnclaimedNetwork]:
        """Yield the collection's networks that no record names or could be resolved to.

        None where the collection could not be listed in full: then nobody knows.
        """
        if self.is_listed:
            for summary, claims, instead in self._ledger.unused_members():
                newer = instead is not None and self._is_newer(summary, instead)
                yield UnclaimedNetwork(
                    summary.id, summary.name, claims, instead=instead, newer=newer
                )

    def _is_newer(self, summary: Summary, other: NetworkId) -> bool:
        known = self._ledger.sighting_of(other)
        return isinstance(known, Summary) and summary.created_ms > known.created_ms

    def count_beside(self) -> ListedBeside:
        """Count the records for which the map file lists other networks beside their own."""
        beside = list(self._ledger.rows_beside())
        newer = {record for record, own, other in beside if was_made_later(other, own)}
        return ListedBeside(len({record for record, *_ in beside}), len(newer))

    async def look_up(self, client: NdexClient, networks: Iterable[NetworkId]) -> None:
        """Ask for networks beside those that records are, where that was not done yet."""
        unseen = {each for each in networks if not self._ledger.is_seen(each)}
        for network, sighting in (await client.fetch_summaries(unseen)).items():
            self._ledger.add_sighting(network, sighting, None)

    def note_members(self, members: Members) -> None:
        """Take in the collection's list, before any of its networks is looked at."""
        self._ledger.add_members(members.networks)
        self._known = members.holders is not None
        self._ledger.add_held(members.holders or ())
        self._unknown = Membership(doubt=members.doubt)
        if members.failure is not None:
            self._listing = ListingFailed(members.failure)
        elif members.searched:
            self._listing = Listed()

    def settle(self) -> None:
        """Decide what hangs on all of the list, once every record and network is known.

        One member that gave no answer, or is being loaded, leaves the whole list in doubt: it
        may claim any record, and others meanwhile.
        """
        if self.is_listed and (found := self._ledger.find_doubtful_member()) is not None:
            self._listing = ListingFailed(_describe_doubt(*found))
        for entered in self._ledger.unnamed_records():
            self._ledger.use(accounts_for(self._resolve(entered).resolution))

    def doubt_refused(self) -> None:
        """Leave in doubt what a member that may not be read could claim, once all names are known.

        That is every record that nothing else claims, unless a record names the member.
        """
        refused = self._ledger.unnamed_refused_members() if self.is_listed else {}
        if refused:
            network, reason = next(iter(refused.items()))
            doubt = f"{UNREAD_MEMBER}, and may claim this record: {network}: {reason}"
            self._listing = Listed(doubt=doubt)

    def _resolve(self, entered: Entered) -> Resolved:
        rows = self._ledger.rows_for(entered.id)
        listing = self._listing
        if isinstance(listing, Listed) and entered.named is None and not rows:
            listing = replace(listing, claimants=self._ledger.claimants_of(entered.id))
        resolution = resolve_record(entered.named, rows, listing)
        owners: tuple[str, ...] = ()
        if isinstance(resolution, Mapped | Resolvable):
            owners = self._ledger.owners_of(resolution.network)
        rivals = find_rivals(entered.path, resolution, owners)
        return Resolved(entered.number, resolution, rivals)


def _describe_doubt(network: NetworkId, sighting: Summary | Unanswered) -> str:
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
