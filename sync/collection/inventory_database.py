"""What one run has read and seen of a collection, on disk, so that memory stays flat.

Nothing in it outlives the run; what should is the cache's (``state/cache.py``).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from sync.match.claims import Claim
from sync.model import (
    Absent,
    MapEntry,
    NetworkId,
    Record,
    RecordId,
    Refused,
    Summary,
    Unanswered,
)
from sync.ndex.loading import may_hide_claim
from sync.state.codec import decode_summary, encode_summary
from sync.state.encoded_record import EncodedRecord, open_record
from sync.state.temporary import TemporaryDatabase

Sighting = Summary | Absent | Refused | Unanswered
"""What asking for one network's summary has brought."""

_READ_AT_ONCE = 500
_TABLES = """\
CREATE TABLE record (
  number INTEGER PRIMARY KEY, path BLOB NOT NULL, id TEXT NOT NULL, named TEXT, target TEXT,
  data BLOB NOT NULL);
CREATE INDEX record_path ON record (path);
CREATE INDEX record_id ON record (id);
CREATE INDEX record_target ON record (target);
CREATE TABLE row (record TEXT NOT NULL, network TEXT NOT NULL, path TEXT NOT NULL, line INTEGER);
CREATE INDEX row_record ON row (record);
CREATE TABLE owner (network TEXT NOT NULL, place BLOB NOT NULL);
CREATE INDEX owner_network ON owner (network);
CREATE TABLE unread (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE network (
  id TEXT PRIMARY KEY, listed INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0,
  asked INTEGER NOT NULL DEFAULT 0, used INTEGER NOT NULL DEFAULT 0,
  kind TEXT, data BLOB, claims TEXT, claims_by TEXT, loading INTEGER NOT NULL DEFAULT 0);
CREATE INDEX network_unasked ON network (id) WHERE NOT asked;
CREATE INDEX network_claims ON network (claims) WHERE claims IS NOT NULL;
CREATE INDEX network_in_doubt ON network (id) WHERE loading OR kind IN ('refused', 'unanswered')
"""
_ADD_NETWORK = "INSERT INTO network (id, {0}) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET {0} = 1"


@dataclass(frozen=True, slots=True)
class Entered:
    """A record without what it holds: its number, and what resolving asks for."""

    number: int
    path: str
    id: RecordId
    named: NetworkId | None


class InventoryDatabase:
    """Records, map rows and networks of one collection, as they come in.

    Every method raises ``TemporaryStorageFull`` where the temporary folder has no room left.
    """

    def __init__(self) -> None:
        self._scratch = TemporaryDatabase(_TABLES)
        self._next = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.close()

    def add_rows(self, entries: Iterable[MapEntry]) -> None:
        """Enter the rows of the map file."""
        self._scratch.write_all(
            "INSERT INTO row VALUES (?, ?, ?, ?)",
            ((row.record, row.network, row.path, row.line) for row in entries),
        )

    def rows(self) -> tuple[MapEntry, ...]:
        """Return all rows of the map file, in its order."""
        return tuple(_entry(row) for row in self._scratch.read("SELECT * FROM row ORDER BY rowid"))

    def rows_for(self, record: RecordId) -> list[MapEntry]:
        """Return the map file's rows for a record, in its order."""
        query = "SELECT * FROM row WHERE record = ? ORDER BY rowid"
        return [_entry(row) for row in self._scratch.read(query, _text(record))]

    def add_records(self, records: Iterable[tuple[EncodedRecord, NetworkId | None]]) -> range:
        """Enter records, each with the network that it is known to be; return their numbers."""
        first = self._next
        self._scratch.write_all(
            "INSERT INTO record (number, path, id, named, target, data) VALUES (?, ?, ?, ?, ?, ?)",
            [self._row_of(record, target) for record, target in records],
        )
        return range(first, self._next)

    def _row_of(self, record: EncodedRecord, target: NetworkId | None) -> tuple[object, ...]:
        number = self._next
        self._next += 1
        path = os.fsencode(record.path)
        return number, path, _text(record.id), record.network, target, record.data

    def find_record(self, number: int) -> Record:
        """Return a record that was entered.

        Raises:
            StateForged: it came from a cache that was tampered with.
        """
        [(path, data)] = self._scratch.read(
            "SELECT path, data FROM record WHERE number = ?", number
        )
        return open_record(os.fsdecode(path), data)

    def find_entered(self, number: int) -> Entered:
        """Return a record that was entered, without what it holds."""
        [row] = self._scratch.read(
            "SELECT number, path, id, named FROM record WHERE number = ?", number
        )
        return _entered(row)

    def records(self) -> Iterator[Entered]:
        """Yield the records without what they hold, by path; others may be entered meanwhile."""
        query = (
            "SELECT number, path, id, named FROM record WHERE (path, number) > (?, ?)"
            " ORDER BY path, number LIMIT ?"
        )
        last: tuple[bytes, int] = (b"", 0)
        while found := self._scratch.read(query, *last, _READ_AT_ONCE):
            yield from map(_entered, found)
            last = found[-1][1], found[-1][0]

    def unnamed_records(self) -> Iterator[Entered]:
        """Yield the records that are not known to be one network."""
        return self._read_entered(
            "SELECT number, path, id, named FROM record WHERE number > ? AND target IS NULL"
            " ORDER BY number LIMIT ?"
        )

    def sharing_records(self) -> Iterator[Entered]:
        """Yield the records that are known to be a network which others name as well."""
        return self._read_entered(
            "SELECT number, path, id, named FROM record WHERE number > ? AND target IN"
            " (SELECT network FROM owner GROUP BY network HAVING count(*) > 1)"
            " ORDER BY number LIMIT ?"
        )

    def _read_entered(self, query: str) -> Iterator[Entered]:
        last = 0
        while found := self._scratch.read(query, last, _READ_AT_ONCE):
            yield from map(_entered, found)
            last = found[-1][0]

    def find_seen(self, numbers: range) -> list[int]:
        """Return those of some records that are known to be a network which was seen."""
        query = (
            "SELECT number FROM record JOIN network ON network.id = record.target"
            " WHERE number BETWEEN ? AND ? AND kind IS NOT NULL ORDER BY number"
        )
        found = self._scratch.read(query, numbers.start, numbers.stop - 1)
        return [number for (number,) in found]

    def records_of(self, network: NetworkId) -> list[int]:
        """Return the numbers of the records that are known to be this network."""
        query = "SELECT number FROM record WHERE target = ?"
        return [number for (number,) in self._scratch.read(query, network)]

    def add_unread(self, record: RecordId) -> None:
        """Note a record of the collection that was refused, or that the run is not about."""
        self._scratch.write("INSERT OR IGNORE INTO unread VALUES (?)", _text(record))

    def add_owners(self, owners: Sequence[tuple[NetworkId, str]]) -> None:
        """Note networks that files, or rows of the map file for them, name; each with the place."""
        self._scratch.write_all(
            "INSERT INTO owner VALUES (?, ?)",
            [(network, os.fsencode(place)) for network, place in owners],
        )
        self.use(network for network, _ in owners)

    def owners_of(self, network: NetworkId) -> tuple[str, ...]:
        """Return who names a network: paths, and places in the map file, in order."""
        query = "SELECT place FROM owner WHERE network = ? ORDER BY place"
        return tuple(os.fsdecode(place) for (place,) in self._scratch.read(query, network))

    def use(self, networks: Iterable[NetworkId]) -> None:
        """Note networks that records account for, and that their summaries are wanted."""
        self._scratch.write_all(_ADD_NETWORK.format("used"), ((network,) for network in networks))

    def used_networks(self) -> frozenset[NetworkId]:
        """Return the networks that records account for."""
        found = self._scratch.read("SELECT id FROM network WHERE used")
        return frozenset(NetworkId(network) for (network,) in found)

    def claims(self) -> dict[NetworkId, RecordId | None]:
        """Return the members that are there, each with the record that it claims."""
        query = "SELECT id, claims FROM network WHERE listed AND kind = 'summary'"
        return {
            NetworkId(network): None if claims is None else RecordId(claims)
            for network, claims in self._scratch.read(query)
        }

    def add_members(self, networks: Iterable[NetworkId]) -> None:
        """Enter networks of the collection's set, folder or account."""
        self._scratch.write_all(_ADD_NETWORK.format("listed"), ((network,) for network in networks))

    def add_held(self, networks: Iterable[NetworkId]) -> None:
        """Enter networks that every configured set and folder holds."""
        self._scratch.write_all(_ADD_NETWORK.format("held"), ((network,) for network in networks))

    def is_held(self, network: NetworkId) -> bool:
        """Whether every configured set and folder holds a network."""
        return bool(self._scratch.read("SELECT 1 FROM network WHERE id = ? AND held", network))

    def count_unasked(self) -> int:
        """Return how many networks nobody was asked for yet."""
        [(count,)] = self._scratch.read("SELECT count(*) FROM network WHERE NOT asked")
        return int(count)

    def take_unasked(self, most: int) -> list[NetworkId]:
        """Return networks to ask for; they count as asked for from now on."""
        return self._take("SELECT id FROM network WHERE NOT asked ORDER BY id LIMIT ?", most)

    def take_unasked_members(self, most: int) -> list[NetworkId]:
        """Return members to ask for; they count as asked for from now on."""
        query = "SELECT id FROM network WHERE NOT asked AND listed ORDER BY id LIMIT ?"
        return self._take(query, most)

    def _take(self, query: str, most: int) -> list[NetworkId]:
        taken = self._scratch.read(query, most)
        self._scratch.write_all("UPDATE network SET asked = 1 WHERE id = ?", taken)
        return [NetworkId(network) for (network,) in taken]

    def add_sighting(self, network: NetworkId, sighting: Sighting, claim: Claim | None) -> None:
        """Enter what asking for a network has brought, and the record that it claims."""
        kind, data = _encode(sighting)
        record, by = (None, None) if claim is None else (_text(claim.record), claim.by)
        loading = isinstance(sighting, Summary) and may_hide_claim(sighting)
        self._scratch.write(
            "INSERT INTO network (id, asked, kind, data, claims, claims_by, loading)"
            " VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET"
            " asked = 1, kind = ?2, data = ?3, claims = ?4, claims_by = ?5, loading = ?6",
            network,
            kind,
            data,
            record,
            by,
            loading,
        )

    def loading_members(self) -> dict[NetworkId, int]:
        """Return the members whose summary may lack their claim, with their modification times."""
        query = "SELECT id, data FROM network WHERE listed AND loading AND kind = 'summary'"
        return {
            NetworkId(network): decode_summary(data).modified_ms
            for network, data in self._scratch.read(query)
        }

    def believe(self, network: NetworkId) -> None:
        """Note that a network says all of itself, though it is not completed."""
        self._scratch.write("UPDATE network SET loading = 0 WHERE id = ?", network)

    def is_seen(self, network: NetworkId) -> bool:
        """Whether asking for a network has brought anything yet."""
        return bool(
            self._scratch.read("SELECT 1 FROM network WHERE id = ? AND kind IS NOT NULL", network)
        )

    def sighting_of(self, network: NetworkId) -> Sighting | None:
        """Return what asking for a network has brought, None while nothing has."""
        query = "SELECT kind, data FROM network WHERE id = ? AND kind IS NOT NULL"
        found = self._scratch.read(query, network)
        return _decode(*found[0]) if found else None

    def claimants_of(self, record: RecordId) -> dict[NetworkId, str]:
        """Return the members that claim a record, each by what, in the order of their ids."""
        query = "SELECT id, claims_by FROM network WHERE claims = ? AND listed ORDER BY id"
        return {NetworkId(network): by for network, by in self._scratch.read(query, _text(record))}

    def find_doubtful_member(self) -> tuple[NetworkId, Summary | Unanswered] | None:
        """Return a member that gave no answer or is being loaded, None where there is none."""
        found = self._scratch.read(
            "SELECT id, kind, data FROM network"
            " WHERE listed AND (loading OR kind = 'unanswered') ORDER BY id LIMIT 1"
        )
        for network, kind, data in found:
            sighting = _decode(kind, data)
            if isinstance(sighting, Summary | Unanswered):
                return NetworkId(network), sighting
        return None

    def unnamed_refused_members(self) -> dict[NetworkId, str]:
        """Return the members that may not be read and that nothing here names, each with why."""
        query = (
            "SELECT id, data FROM network WHERE listed AND kind = 'refused'"
            " AND id NOT IN (SELECT network FROM owner) ORDER BY id"
        )
        return {NetworkId(network): reason for network, reason in self._scratch.read(query)}

    def unused_members(
        self,
    ) -> Iterator[tuple[Summary, RecordId | None, NetworkId | None]]:
        """Yield the members that no record accounts for, with the record that each claims.

        The last is the network that this record names instead, None where there is no such record.
        A member that claims a record which was not read is left out: nobody knows.
        """
        query = (
            "SELECT id, data, claims, (SELECT target FROM record WHERE record.id = claims"
            " AND target IS NOT NULL ORDER BY number LIMIT 1)"
            " FROM network WHERE id > ? AND listed AND NOT used"
            " AND kind = 'summary' AND (claims IS NULL OR claims NOT IN (SELECT id FROM unread))"
            " ORDER BY id LIMIT ?"
        )
        last = ""
        while found := self._scratch.read(query, last, _READ_AT_ONCE):
            for _, data, claims, target in found:
                yield (
                    decode_summary(data),
                    None if claims is None else RecordId(claims),
                    None if target is None else NetworkId(target),
                )
            last = found[-1][0]

    def rows_beside(self) -> Iterator[tuple[RecordId, NetworkId, NetworkId]]:
        """Yield the map file's rows that stand beside a record's own: record, own, other network.

        Of a record of which the map file lists only others nothing is yielded.
        """
        query = (
            "SELECT DISTINCT record.id, named, other.network FROM record"
            " JOIN row own ON own.record = record.id AND own.network = named"
            " JOIN row other ON other.record = record.id AND other.network <> named"
            " ORDER BY record.id, other.network"
        )
        for record, named, other in self._scratch.read(query):
            yield RecordId(record), NetworkId(named), NetworkId(other)


_KINDS: Final[Mapping[type[Sighting], str]] = {
    Summary: "summary",
    Absent: "absent",
    Refused: "refused",
    Unanswered: "unanswered",
}


def _encode(sighting: Sighting) -> tuple[str, bytes | str | None]:
    kind = _KINDS[type(sighting)]
    match sighting:
        case Summary():
            return kind, encode_summary(sighting)
        case Absent():
            return kind, None
        case Refused(reason) | Unanswered(reason):
            return kind, _text(reason)


def _decode(kind: str, data: Any) -> Sighting:
    match kind:
        case "summary":
            return decode_summary(data)
        case "absent":
            return Absent()
        case "refused":
            return Refused(data)
        case _:
            return Unanswered(data)


def _text(text: str) -> str:
    """Return text that SQLite takes: it has no half surrogate pairs, as file names may."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "backslashreplace")


def _entered(row: tuple[int, bytes, str, str | None]) -> Entered:
    number, path, record, named = row
    return Entered(
        number, os.fsdecode(path), RecordId(record), None if named is None else NetworkId(named)
    )


def _entry(row: tuple[str, str, str, int]) -> MapEntry:
    record, network, path, line = row
    return MapEntry(RecordId(record), NetworkId(network), path, line)
