"""From a collection's files to its networks: read the records, ask the server, resolve.

The first half of every run, whatever is done with the networks afterwards.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sync.collection.inventory import Inventory
from sync.collection.inventory_database import InventoryDatabase, Sighting
from sync.collection.listing import Location, find_account, list_members
from sync.collection.other_shards import OtherShards, find_takers
from sync.collection.shards import Shard
from sync.errors import ServerError
from sync.match.claims import (
    Mapped,
    NotListed,
    accounts_for,
    read_claim,
    resolve_record,
)
from sync.match.compare import DesiredState
from sync.match.whole import Compared
from sync.model import (
    InvalidRecord,
    Layout,
    MapEntry,
    NetworkId,
    Record,
    RecordId,
    Summary,
)
from sync.ndex.client import MAX_BATCH, NdexClient
from sync.ndex.clock import SYSTEM_CLOCK
from sync.ndex.loading import LoadingPolicy, still_hides_claim
from sync.records.cached import RecordSource
from sync.records.cached import read_records as read_from
from sync.records.mapfile import read_map
from sync.records.organisms import Organisms
from sync.records.parallel import ReadingPolicy, stream_records
from sync.records.uuid_scan import find_named
from sync.state.cache import FORGETFUL, Cache
from sync.state.encoded_record import EncodedRecord

logger = logging.getLogger(__name__)

_SCANNED_AT_ONCE = 1_000
_ENTERED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Collection:
    """What to look at: the record files below ``root``, and where their networks are kept.

    ``others`` are the collection's record files that the run is not about: only which networks
    they name is looked at. ``layout`` None detects it file by file. ``complete`` is False for a
    selection of a collection's records: then not every network can be accounted for.
    ``unmapped_only`` leaves out the records that name a network themselves. With a ``shard``,
    ``paths`` are the records in it; ``siblings`` are those of the other shards. ``reading`` says
    how many processes may read records; None: one a core. ``compared`` None compares what is usual
    for each network.
    """

    root: Path
    paths: Sequence[str]
    others: Sequence[str]
    complete: bool
    unmapped_only: bool
    layout: Layout | None
    map_path: str | None
    organisms: Organisms
    place: Location
    desired: DesiredState
    compared: frozenset[Compared] | None = None
    shard: Shard | None = None
    siblings: Sequence[str] = ()
    reading: ReadingPolicy | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Who is told while records and networks come in.

    ``refuse`` takes each record that cannot be read. ``ready`` takes the number of each record
    that is known to be a network, once the network was seen.
    """

    refuse: Callable[[InvalidRecord], None]
    ready: Callable[[int], None] = lambda _number: None


async def open_inventory(collection: Collection, database: InventoryDatabase) -> Inventory:
    """Begin with the map file, which decides for every record that names no network.

    Raises ConfigError where it cannot be read at all.
    """
    database.add_rows(await asyncio.to_thread(read_entries, collection))
    return Inventory(database)


async def locate_networks(
    collection: Collection,
    client: NdexClient,
    database: InventoryDatabase,
    inventory: Inventory,
    arrivals: Arrivals,
    loading: LoadingPolicy,
    cache: Cache = FORGETFUL,
) -> None:
    """Read and resolve every record, and look at every network, both at once."""
    locating = _Locating(collection, client, database, inventory, arrivals, loading, cache)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(locating.see_networks())
        tasks.create_task(locating.read_records())
    inventory.settle()
    if collection.shard is not None:
        await _account_for_siblings(collection, collection.shard, database, inventory, cache)
    inventory.doubt_refused()


async def _account_for_siblings(
    collection: Collection,
    shard: Shard,
    database: InventoryDatabase,
    inventory: Inventory,
    cache: Cache,
) -> None:
    """Take in which networks the records of the other shards take from those of this one."""
    claims = database.claims() if inventory.is_listed else {}
    siblings = OtherShards(_source_of(collection), collection.siblings, database.rows())
    named = database.used_networks().union(database.unnamed_refused_members())
    takers = await asyncio.to_thread(find_takers, shard, siblings, named, claims, cache)
    database.add_owners(
        [(network, place) for network, places in takers.items() for place in places]
    )
    database.use(takers)


class _Locating:
    """The two sides of locating: what the files say and what the server says."""

    def __init__(
        self,
        collection: Collection,
        client: NdexClient,
        database: InventoryDatabase,
        inventory: Inventory,
        arrivals: Arrivals,
        loading: LoadingPolicy,
        cache: Cache,
    ) -> None:
        self._collection = collection
        self._client = client
        self._ledger = database
        self._located = inventory
        self._arrivals = arrivals
        self._loading = loading
        self._cache = cache
        self._more_read = asyncio.Event()
        self._all_read = False
        self._owners: set[str] = set()

    async def read_records(self) -> None:
        """Enter every record that can be read, and what the other files name."""
        collection = self._collection
        left = list(collection.others)
        paths = iter(collection.paths)
        batch: list[EncodedRecord] = []
        stream = stream_records(
            _source_of(collection), collection.paths, self._cache, collection.reading
        )
        async for outcome in stream:
            path = next(paths)
            if isinstance(outcome, InvalidRecord):
                self._arrivals.refuse(outcome)
                left.append(path)
            elif collection.unmapped_only and outcome.network is not None:
                left.append(path)
            else:
                batch.append(outcome)
            if len(batch) == _ENTERED_AT_ONCE:
                self._enter(batch)
                batch.clear()
        self._enter(batch)
        await self._scan(left)
        self._all_read = True
        self._more_read.set()

    async def see_networks(self) -> None:
        """List the collection and look at its networks, then at those that only records name."""
        members = await list_members(self._client, self._collection.place)
        self._located.note_members(members)
        self._note({summary.id: summary for summary in members.summaries})
        del members
        await self._client.see_summaries(self._take_batches(), self._note)
        await self._check_account()
        await self._look_again()

    async def _check_account(self) -> None:
        """Look the account up that stands beside a set or folder, unless its networks were seen."""
        place = self._collection.place
        has_holder = place.network_set is not None or place.folder is not None
        if not has_holder or place.account is None or place.account.lower() in self._owners:
            return
        try:
            await find_account(self._client, place.account, place.key("account"))
        except ServerError as error:
            logger.warning("whether the account %s exists is not known: %s", place.account, error)

    async def _look_again(self) -> None:
        """Look a second time, some seconds later, at members that may hide what they claim."""
        first = self._ledger.loading_members()
        if not first:
            return
        logger.info("looking again at %d networks that NDEx may be loading", len(first))
        await SYSTEM_CLOCK.sleep(self._loading.confirm_s)
        for network, again in (await self._client.fetch_summaries(first)).items():
            if isinstance(again, Summary):
                self._ledger.add_sighting(network, again, read_claim(again))
                if not still_hides_claim(first[network], again):
                    self._ledger.believe(network)

    async def _take_batches(self) -> AsyncIterator[Sequence[NetworkId]]:
        async for batch in self._find_batches():
            logger.info("asking for %d networks", len(batch))
            yield batch

    async def _find_batches(self) -> AsyncIterator[Sequence[NetworkId]]:
        """Yield what to ask for: full batches while records still come in, then the rest."""
        while batch := self._ledger.take_unasked_members(MAX_BATCH):
            yield batch
        while not self._all_read:
            self._more_read.clear()
            if self._ledger.count_unasked() >= MAX_BATCH:
                yield self._ledger.take_unasked(MAX_BATCH)
            else:
                await self._more_read.wait()
        while batch := self._ledger.take_unasked(MAX_BATCH):
            yield batch

    def _enter(self, records: Sequence[EncodedRecord]) -> None:
        targets: list[NetworkId | None] = []
        used: list[NetworkId] = []
        for record in records:
            rows = self._ledger.rows_for(record.id)
            resolution = resolve_record(record.network, rows, NotListed())
            targets.append(resolution.network if isinstance(resolution, Mapped) else None)
            used += accounts_for(resolution)
        entered = list(zip(records, targets, strict=True))
        numbers = self._ledger.add_records(entered)
        self._ledger.add_owners([(target, record.path) for record, target in entered if target])
        self._ledger.use(used)
        for number in self._ledger.find_seen(numbers):
            self._arrivals.ready(number)
        self._more_read.set()

    def _note(self, found: Mapping[NetworkId, Sighting]) -> None:
        for network, sighting in found.items():
            claim = None
            if isinstance(sighting, Summary):
                claim = read_claim(sighting)
                self._owners.add(sighting.owner.lower())
            self._ledger.add_sighting(network, sighting, claim)
            for number in self._ledger.records_of(network):
                self._arrivals.ready(number)

    async def _scan(self, paths: Sequence[str]) -> None:
        """Note which networks files name that are not among the records, and map rows for them."""
        for start in range(0, len(paths), _SCANNED_AT_ONCE):
            part = paths[start : start + _SCANNED_AT_ONCE]
            ids = dict.fromkeys(RecordId(PurePosixPath(path).stem) for path in part)
            rows = [row for record in ids for row in self._ledger.rows_for(record)]
            found = await asyncio.to_thread(find_named, self._collection.root, part, rows)
            self._ledger.add_owners(
                [(network, place) for network, places in found.items() for place in places]
            )
            for record in ids:
                self._ledger.add_unread(record)


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
