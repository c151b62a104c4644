"""Network rows: what the server knows about a network besides its content."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from sync.model import NetworkId
from sync.sandbox import store
from sync.sandbox.queries import FIELDS
from sync.sandbox.refusals import network_not_found


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """One row of the ``network`` table, with its owner's name.

    ``properties``, ``warnings`` and ``subnetworks`` are JSON texts, the first in the v2 form.
    ``search_core`` is the visibility with which the network was last indexed, None if it is not
    indexed; ``completed`` is None from a create until its load.
    """

    id: NetworkId
    owner_id: str
    created_ms: int
    modified_ms: int
    name: str | None
    description: str | None
    version: str | None
    properties: str
    visibility: str
    folder_id: str | None
    read_only: int
    showcase: int
    certified: int
    doi: str | None
    completed: int | None
    valid: int
    error: str | None
    warnings: str | None
    subnetworks: str | None
    node_count: int
    edge_count: int
    has_layout: int
    has_sample: int
    has_cx2: int
    cx_format: str | None
    cx_size: int
    cx2_size: int
    index_level: str
    search_core: str | None
    locked: int
    deleted: int
    in_trash: int
    access_key: str | None
    access_key_on: int
    owner: str

    @property
    def open_key(self) -> str | None:
        """The access key, None while it is off."""
        return self.access_key if self.access_key_on else None

    @property
    def was_read(self) -> bool:
        """Whether the current content was read; if not, it is a CX1 upload as it was sent."""
        return self.subnetworks is not None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: an account, None if anonymous, and the networks opened to it individually.

    ``granted`` are those shared with the account and those that the access key of the call opens: a
    network's own key, or that of a legacy set with it; a folder's key opens nothing (contract 2).
    """

    account_id: str | None
    granted: frozenset[str] = frozenset()


def may_read(row: NetworkRow, reader: Reader) -> bool:
    """Return whether ``reader`` may see the network: everybody may unless it is private."""
    return (
        row.visibility != "PRIVATE" or row.owner_id == reader.account_id or row.id in reader.granted
    )


def find_reader(db: sqlite3.Connection, account_id: str | None, key: str | None) -> Reader:
    """Return what ``account_id`` with access key ``key`` may read."""
    rows = db.execute(
        "SELECT item_id FROM permission WHERE account_id = :account"
        " UNION SELECT id FROM network WHERE access_key_on AND access_key = :key"
        " UNION SELECT network_id FROM set_member JOIN item ON item.id = set_id"
        " WHERE kind = 'SET' AND access_key_on AND access_key = :key",
        {"account": account_id, "key": key},
    )
    return Reader(account_id, frozenset(row[0] for row in rows))


def find(db: sqlite3.Connection, network_id: str) -> NetworkRow | None:
    """Return the row with this id, deleted or not."""
    row = db.execute("SELECT * FROM network_row WHERE id = ?", (network_id,)).fetchone()
    return None if row is None else NetworkRow(**row)


def get(db: sqlite3.Connection, network_id: str) -> NetworkRow:
    """Return the row of a network that exists; raises the 404 for any other."""
    row = find(db, network_id)
    if row is None or row.deleted:
        raise network_not_found(network_id)
    return row


def find_all(db: sqlite3.Connection, ids: Iterable[str | None]) -> list[NetworkRow]:
    """Return those of ``ids`` that exist, each once."""
    rows = db.execute(
        "SELECT * FROM network_row WHERE id IN (SELECT value FROM json_each(?)) AND NOT deleted",
        (orjson.dumps(list(ids)).decode(),),
    )
    return [NetworkRow(**row) for row in rows]


def list_for_account(db: sqlite3.Connection, account_id: str) -> list[NetworkRow]:
    """Return an account's own networks and those shared with it, last changed first.

    A shared network that was deleted is still included (contract 8).
    """
    rows = db.execute(
        "SELECT * FROM network_row WHERE (owner_id = :id AND NOT deleted)"
        " OR id IN (SELECT item_id FROM permission WHERE account_id = :id)"
        " ORDER BY modified_ms DESC, id",
        {"id": account_id},
    )
    return [NetworkRow(**row) for row in rows]


def insert(
    db: sqlite3.Connection,
    network_id: NetworkId,
    owner_id: str,
    now_ms: int,
    *,
    folder_id: str | None = None,
) -> None:
    """Add an empty private network, as a create does before anything is parsed."""
    times = {"created_ms": now_ms, "modified_ms": now_ms}
    store.insert(db, "network", id=network_id, owner_id=owner_id, folder_id=folder_id, **times)


def update(db: sqlite3.Connection, network_id: str, **columns: object) -> None:
    """Set the named columns of one network."""
    assignments = ", ".join(f"{column} = :{column}" for column in columns)
    db.execute(
        f"UPDATE network SET {assignments} WHERE id = :_id",  # noqa: S608 - keywords of our calls
        {**columns, "_id": network_id},
    )


def touch(db: sqlite3.Connection, row: NetworkRow, now_ms: int) -> int:
    """Set the modification time to now, or later than it was, and return it."""
    modified_ms = max(now_ms, row.modified_ms + 1)
    update(db, row.id, modified_ms=modified_ms)
    return modified_ms


def clear(db: sqlite3.Connection, network_id: str) -> None:
    """Forget what was known about the content, as a content PUT does at once (contract 3.2)."""
    db.execute(
        "UPDATE network SET name = NULL, description = NULL, version = NULL, properties = '[]',"
        " node_count = 0, edge_count = 0, warnings = NULL, subnetworks = NULL, error = NULL,"
        " valid = 0, completed = 0, has_cx2 = 0 WHERE id = ?",
        (network_id,),
    )


def put_entry(db: sqlite3.Connection, network_id: str, texts: Mapping[str, str]) -> None:
    """Put a network into the search index, under the fields that ``texts`` names."""
    fields = ", ".join(FIELDS)
    db.execute(
        f"INSERT OR REPLACE INTO entry (rowid, {fields})"  # noqa: S608 - names of ours
        f" SELECT rowid, {', '.join(f':{field}' for field in FIELDS)} FROM network WHERE id = :_id",
        {**dict.fromkeys(FIELDS, ""), **texts, "_id": network_id},
    )


def search(
    db: sqlite3.Connection, expression: str | None, owner: str | None, cores: Sequence[str]
) -> list[NetworkRow]:
    """Return the networks whose entry matches, last changed first.

    ``expression`` is for full text search, None for all entries; ``cores`` are the visibilities
    that count. An entry has the values of the network when it was last indexed; that of a deleted
    network may still be there (contract 9).
    """
    if expression == "":
        return []
    rows = db.execute(
        "SELECT * FROM network_row WHERE search_core IN (SELECT value FROM json_each(:cores))"
        " AND (:owner IS NULL OR owner = :owner) AND (:expression IS NULL OR id IN"
        " (SELECT id FROM entry JOIN network ON network.rowid = entry.rowid"
        " WHERE entry MATCH coalesce(:expression, 'x')))"
        " ORDER BY modified_ms DESC, id",
        {"cores": orjson.dumps(list(cores)).decode(), "owner": owner, "expression": expression},
    )
    return [NetworkRow(**row) for row in rows]
