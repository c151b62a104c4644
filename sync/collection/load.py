"""Load a collection: read the records, ask the server, link both.

These are the first three phases of every run, whatever it does with the networks afterwards.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sync.collection.inventory import (
    Inventory,
    LocalRecords,
    MapRows,
    Owners,
    refused_members,
)
from sync.collection.listing import Location
from sync.collection.other_shards import OtherShards, find_takers
from sync.collection.shards import Shard
from sync.collection.survey import Survey
from sync.match.compare import DesiredState
from sync.match.whole import Compared
from sync.model import InvalidRecord, Layout, MapEntry, Record, RecordId
from sync.ndex.client import NdexClient
from sync.ndex.loading import LoadingPolicy
from sync.records.cached import RecordSource, open_row
from sync.records.mapfile import read_map
from sync.records.organisms import Organisms
from sync.records.parallel import ReadingPolicy, RecordOutcome, stream_records
from sync.records.uuid_scan import find_named
from sync.state.cache import FORGETFUL, Cache
from sync.state.encoded_record import EncodedRecord, FreshRecord, RecordRow

logger = logging.getLogger(__name__)

_RECORD_BYTES = 1_400
_GENE_BYTES = 400


@dataclass(frozen=True, slots=True)
class Collection:
    """What to look at: the record files below ``root``, and where their networks are kept.

    ``others`` are the collection's record files that the run is not about: only the networks that
    they name are read. ``layout`` None detects it file by file. ``complete`` is False for a
    selection of a collection's records: then not every network can be accounted for.
    ``unmapped_only`` leaves out the records that name a network themselves. With a ``shard``,
    ``paths`` are the records in it, and ``other_shards`` those of the other shards. ``reading``
    says how many processes may read records; None means one for each core. ``compared`` None
    compares the default for each network.
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
    other_shards: Sequence[str] = ()
    reading: ReadingPolicy | None = None

    @property
    def source(self) -> RecordSource:
        """Where its records are read from, and in which layout."""
        return RecordSource(self.root, self.layout, self.organisms)

    @property
    def settings(self) -> tuple[object, ...]:
        """The part of the configuration that verdicts depend on."""
        place = (self.place.network_set, self.place.folder, self.place.account)
        desired = (self.desired.visibility, self.desired.read_only)
        compared = None if self.compared is None else sorted(self.compared)
        return (self.source.settings, place, desired, compared)


@asynccontextmanager
async def load_collection(
    collection: Collection,
    client: NdexClient,
    loading: LoadingPolicy,
    cache: Cache,
    known: Cache = FORGETFUL,
) -> AsyncIterator[Loaded]:
    """Read every record, ask the server, and link both, in this order.

    ``cache`` is open. ``known`` has what earlier runs saw of networks; by default all are asked for
    in full.

    Raises:
        ConfigError: the map file cannot be read at all, or a place does not exist.
    """
    map_rows = MapRows(await asyncio.to_thread(read_map_entries, collection))
    survey = Survey(client, cache, known)
    reading = _Reading(collection, map_rows, cache)
    see = _see_whole if collection.complete else _see_needed
    local = await see(collection, reading, survey)
    cache.flush()
    await survey.ask(each for row in local.rows for each in map_rows.accounts_for(row))
    if collection.complete:
        await survey.check_account(collection.place)
    await survey.look_again(loading)
    inventory = Inventory(local, survey)
    if taken := await asyncio.to_thread(_find_taken, collection, inventory, cache):
        inventory = Inventory(local, survey, taken)
    yield Loaded(inventory, collection.source, cache, reading.held)


async def _see_whole(collection: Collection, reading: _Reading, survey: Survey) -> LocalRecords:
    """Read all records, and look at all networks at the same time."""
    async with asyncio.TaskGroup() as tasks:
        read = tasks.create_task(reading.read_all())
        await survey.list_members(collection.place)
        await survey.ask(survey.members.networks)
    return read.result()


async def _see_needed(collection: Collection, reading: _Reading, survey: Survey) -> LocalRecords:
    """Read selected records, then look at the networks that they need.

    Which networks claim a record only matters for one that neither names a network nor is in the
    map file.
    """
    local = await reading.read_all()
    if local.rows:
        await survey.list_members(collection.place)
    if any(row.network is None and not local.map_rows.of(row.id) for row in local.rows):
        await survey.ask(survey.members.networks)
    return local


@dataclass(frozen=True, slots=True)
class Loaded:
    """A collection whose records can be opened."""

    inventory: Inventory
    source: RecordSource
    cache: Cache
    held: HeldRecords

    def record(self, number: int) -> Record | InvalidRecord:
        """Return a record that was read.

        Raises:
            StateForged: it came from a cache with forged contents.
        """
        if (held := self.held.find(number)) is not None:
            return held
        row = self.inventory.local.rows[number]
        return open_row(row, self.source, self.cache)


class HeldRecords:
    """The first records that this process has read, kept decoded to judge them."""

    def __init__(self, room_bytes: int) -> None:
        self._records: dict[int, Record] = {}
        self._room = room_bytes

    def add(self, number: int, record: Record) -> bool:
        """Keep a record if there is room for it; return whether there was."""
        self._room -= _guess_bytes(record)
        if self._room >= 0:
            self._records[number] = record
        return self._room >= 0

    def find(self, number: int) -> Record | None:
        """Return a record, None if it is not kept."""
        return self._records.get(number)


def _guess_bytes(record: Record) -> int:
    texts = (*record.fields.values(), *record.notes, *record.left_out)
    rows = len(record.genes) + len(record.other_organisms) + len(record.chemicals)
    bytes_of_rows = _GENE_BYTES * (rows + len(record.diseases))
    return _RECORD_BYTES + bytes_of_rows + sum(map(len, texts))


class _Reading:
    """The records of a collection, while they are read from their files."""

    def __init__(self, collection: Collection, map_rows: MapRows, cache: Cache) -> None:
        self._collection = collection
        self._map_rows = map_rows
        self._cache = cache
        self._policy = collection.reading or ReadingPolicy()
        self.held = HeldRecords(self._policy.held_bytes)
        self._rows: list[RecordRow] = []
        self._refused: list[InvalidRecord] = []

    async def read_all(self) -> LocalRecords:
        """Read every record, and what the other files name."""
        collection, map_rows = self._collection, self._map_rows
        left = list(collection.others)
        paths = iter(collection.paths)
        stream = stream_records(collection.source, collection.paths, self._cache, self._policy)
        async for outcome in stream:
            path = next(paths)
            if not self._take(outcome):
                left.append(path)
        elsewhere = await asyncio.to_thread(find_named, collection.root, left, map_rows.entries)
        unread = frozenset(RecordId(PurePosixPath(path).stem) for path in left)
        return LocalRecords(map_rows, self._rows, self._refused, elsewhere, unread)

    def _take(self, outcome: RecordOutcome) -> bool:
        """Add a record; return whether the run is about it."""
        if isinstance(outcome, InvalidRecord):
            self._refused.append(outcome)
            return False
        row = outcome if isinstance(outcome, RecordRow) else outcome.row
        if self._collection.unmapped_only and row.network is not None:
            return False
        self._put_aside(len(self._rows), outcome)
        self._rows.append(row)
        return True

    def _put_aside(self, number: int, read: RecordRow | FreshRecord | EncodedRecord) -> None:
        """Store what the cache does not keep, and keep the first records decoded."""
        match read:
            case EncodedRecord():
                self._cache.keep_record_data(read, self._collection.source.settings)
            case FreshRecord():
                if not self.held.add(number, read.record):
                    self._put_aside(number, read.encode())


def _find_taken(collection: Collection, inventory: Inventory, cache: Cache) -> Owners:
    """Return which networks of this shard's records the records of other shards take."""
    if collection.shard is None:
        return {}
    members = inventory.survey.seen_members() if inventory.is_listed else ()
    claims = {network: seen.claims for network, seen in members}
    named = inventory.used.union(network for network, _ in refused_members(inventory.survey))
    others = OtherShards(collection.source, collection.other_shards, inventory.local.map_rows)
    return find_takers(collection.shard, others, named, claims, cache)


def read_map_entries(collection: Collection) -> tuple[MapEntry, ...]:
    """Read the map file, if the collection has one; a bad row is logged and left out.

    Raises ConfigError if the file cannot be read at all.
    """
    if collection.map_path is None:
        return ()
    found = read_map(collection.root, collection.map_path)
    for problem in found.problems:
        logger.warning("%s", problem)
    return found.entries
