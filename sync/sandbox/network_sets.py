"""Network sets from before NDEx 3.0: rows that 3.0.x still reads (contract 7.1)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from sync.sandbox.networks import NetworkRow


@dataclass(frozen=True, slots=True)
class NetworkSet:
    """One legacy set. ``properties`` is a JSON object as text."""

    id: str
    owner_id: str
    name: str
    description: str | None
    properties: str
    showcase: int
    created_ms: int
    modified_ms: int
    access_key: str | None
    access_key_on: int


def find(db: sqlite3.Connection, set_id: str) -> NetworkSet | None:
    """Return the legacy set with this id."""
    row = db.execute("SELECT * FROM network_set WHERE id = ?", (set_id,)).fetchone()
    return None if row is None else NetworkSet(**row)


def insert(db: sqlite3.Connection, set_id: str, owner_id: str, name: str, now_ms: int) -> None:
    """Add a legacy set, as only a load from files can: the API makes folders."""
    db.execute(
        "INSERT INTO network_set (id, owner_id, name, created_ms, modified_ms)"
        " VALUES (?, ?, ?, ?, ?)",
        (set_id, owner_id, name, now_ms, now_ms),
    )


def add_members(db: sqlite3.Connection, set_id: str, network_ids: Iterable[str]) -> None:
    """Put networks into a set; those that are in it stay."""
    db.executemany(
        "INSERT OR IGNORE INTO set_member (set_id, network_id) VALUES (?, ?)",
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
