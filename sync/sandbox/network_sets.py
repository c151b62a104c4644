"""Network sets from before NDEx 3.0: rows that 3.0.x still reads (contract 7.1)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sync.sandbox.networks import NetworkRow


@dataclass(frozen=True, slots=True)
class NetworkSet:
    """One legacy set. ``properties`` is a JSON object as text."""

    id: str
    owner_id: str
    name: str
    created_ms: int
    modified_ms: int
    description: str | None = None
    properties: str = "{}"
    showcase: int = 0
    access_key: str | None = None
    access_key_on: int = 0


def find(db: sqlite3.Connection, set_id: str) -> NetworkSet | None:
    """Return the legacy set with this id."""
    row = db.execute("SELECT * FROM network_set WHERE id = ?", (set_id,)).fetchone()
    return None if row is None else NetworkSet(**row)


def find_by_name(db: sqlite3.Connection, owner_id: str, name: str) -> NetworkSet | None:
    """Return an account's legacy set of this name; there is at most one."""
    row = db.execute(
        "SELECT * FROM network_set WHERE owner_id = ? AND name = ?", (owner_id, name)
    ).fetchone()
    return None if row is None else NetworkSet(**row)


def list_own(db: sqlite3.Connection, owner_id: str) -> list[NetworkSet]:
    """Return an account's legacy sets, newest change first."""
    rows = db.execute(
        "SELECT * FROM network_set WHERE owner_id = ? ORDER BY modified_ms DESC, id", (owner_id,)
    )
    return [NetworkSet(**row) for row in rows]


def insert(db: sqlite3.Connection, added: NetworkSet) -> None:
    """Add a legacy set, as only a load from files can: the API makes folders."""
    db.execute(
        "INSERT INTO network_set (id, owner_id, name, created_ms, modified_ms)"
        " VALUES (:id, :owner_id, :name, :created_ms, :modified_ms)",
        asdict(added),
    )


def update(db: sqlite3.Connection, changed: NetworkSet) -> None:
    """Store a set as it is now."""
    db.execute(
        "UPDATE network_set SET name = :name, description = :description,"
        " properties = :properties, showcase = :showcase, modified_ms = :modified_ms,"
        " access_key = :access_key, access_key_on = :access_key_on WHERE id = :id",
        asdict(changed),
    )


def delete(db: sqlite3.Connection, set_id: str) -> None:
    """Remove a set; its networks stay."""
    db.execute("DELETE FROM network_set WHERE id = ?", (set_id,))


def add_members(db: sqlite3.Connection, set_id: str, network_ids: Iterable[str]) -> None:
    """Put networks into a set; those that are in it stay."""
    db.executemany(
        "INSERT OR IGNORE INTO set_member (set_id, network_id) VALUES (?, ?)",
        [(set_id, network_id) for network_id in network_ids],
    )


def remove_members(db: sqlite3.Connection, set_id: str, network_ids: Iterable[str]) -> None:
    """Take networks out of a set."""
    db.executemany(
        "DELETE FROM set_member WHERE set_id = ? AND network_id = ?",
        [(set_id, network_id) for network_id in network_ids],
    )


def list_members(db: sqlite3.Connection, set_id: str) -> list[NetworkRow]:
    """Return the networks of a set, deleted ones included."""
    rows = db.execute(
        "SELECT * FROM network_row WHERE id IN"
        " (SELECT network_id FROM set_member WHERE set_id = ?) ORDER BY id",
        (set_id,),
    )
    return [NetworkRow(**row) for row in rows]
