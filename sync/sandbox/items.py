"""Folders, shortcuts and legacy network sets: where networks are filed (contract 7)."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from sync.sandbox.networks import NetworkRow
from sync.sandbox.queries import FIELDS


class ItemType(StrEnum):
    """What an item is."""

    NETWORK = "NETWORK"
    FOLDER = "FOLDER"
    SHORTCUT = "SHORTCUT"
    SET = "SET"
    """A network set from before NDEx 3.0; no list of items has one."""


FILE_TYPES = (ItemType.NETWORK, ItemType.FOLDER, ItemType.SHORTCUT)
"""The types that the API knows."""


@dataclass(frozen=True, slots=True)
class Item:
    """A folder, shortcut or legacy set, with its owner's name when read.

    ``folder_id`` None is its owner's home. A shortcut has a target, a set has ``properties`` (a
    JSON object as text) and ``showcase``. A set and the folder that the migration made of it have
    the same id.
    """

    kind: ItemType
    id: str
    owner_id: str
    name: str
    created_ms: int
    modified_ms: int
    description: str | None = None
    folder_id: str | None = None
    target_id: str | None = None
    target_type: str | None = None
    visibility: str = "PRIVATE"
    properties: str = "{}"
    showcase: int = 0
    deleted: int = 0
    in_trash: int = 0
    access_key: str | None = None
    access_key_on: int = 0
    owner: str = ""

    @property
    def open_key(self) -> str | None:
        """The access key, None while it is off."""
        return self.access_key if self.access_key_on else None


@dataclass(frozen=True, slots=True)
class Place:
    """The networks, and the folders and shortcuts of one place."""

    networks: list[NetworkRow]
    items: list[Item]

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each, in the words of the wire."""
        kinds = Counter(item.kind for item in self.items)
        return {
            "network": len(self.networks),
            "folder": kinds[ItemType.FOLDER],
            "shortcut": kinds[ItemType.SHORTCUT],
        }


def find(db: sqlite3.Connection, kind: ItemType, item_id: str) -> Item | None:
    """Return the item with this id, deleted or not."""
    rows = _read(db, "kind = :kind AND id = :id", kind=kind, id=item_id)
    return rows[0] if rows else None


def find_set(db: sqlite3.Connection, owner_id: str, name: str) -> Item | None:
    """Return an account's legacy set of this name; there is at most one."""
    rows = _read(db, "kind = 'SET' AND owner_id = :id AND name = :name", id=owner_id, name=name)
    return rows[0] if rows else None


def list_sets(db: sqlite3.Connection, owner_id: str) -> list[Item]:
    """Return an account's legacy sets, newest change first."""
    return _read(db, "kind = 'SET' AND owner_id = :id ORDER BY modified_ms DESC, id", id=owner_id)


def list_own(db: sqlite3.Connection, kind: ItemType, owner_id: str, limit: int = -1) -> list[Item]:
    """Return an account's first folders or shortcuts by name; all with a limit below zero."""
    return _read(
        db,
        "kind = :kind AND owner_id = :id AND NOT deleted ORDER BY name, id LIMIT :limit",
        kind=kind,
        id=owner_id,
        limit=limit,
    )


def list_children(db: sqlite3.Connection, folder_id: str) -> Place:
    """Return what lies directly in a folder, whoever owns it."""
    return _list(db, "folder_id = :id AND NOT deleted", folder_id)


def list_home(db: sqlite3.Connection, owner_id: str) -> Place:
    """Return what an account has outside of any folder."""
    return _list(db, "owner_id = :id AND folder_id IS NULL AND NOT deleted", owner_id)


def list_all(db: sqlite3.Connection, owner_id: str) -> Place:
    """Return all that an account has, deleted items left out."""
    return _list(db, "owner_id = :id AND NOT deleted", owner_id)


def list_trash(db: sqlite3.Connection, owner_id: str) -> Place:
    """Return what an account has in its trash."""
    return _list(db, "owner_id = :id AND in_trash", owner_id)


def list_tree(db: sqlite3.Connection, item_id: str) -> list[str]:
    """Return the ids of an item and of all items in it, at any depth."""
    rows = db.execute(
        "WITH RECURSIVE tree (id) AS (SELECT ? UNION"
        " SELECT item.id FROM item JOIN tree ON folder_id = tree.id) SELECT id FROM tree",
        (item_id,),
    )
    return [row["id"] for row in rows]


def home_targets(db: sqlite3.Connection, account_id: str) -> list[str]:
    """Return the networks that shortcuts at the account's home lead to."""
    rows = db.execute(
        "SELECT DISTINCT target_id FROM item WHERE owner_id = ? AND folder_id IS NULL"
        " AND target_type = 'NETWORK' AND NOT deleted ORDER BY target_id",
        (account_id,),
    )
    return [row["target_id"] for row in rows]


def search_own(db: sqlite3.Connection, owner_id: str, expression: str | None) -> list[Item]:
    """Return an account's folders and shortcuts whose name or description fits.

    They are indexed for the occasion: an account has few.
    """
    own = [item for kind in FILE_TYPES for item in list_own(db, kind, owner_id)]
    if expression is None or expression == "":
        return own if expression is None else []
    db.execute(f"CREATE VIRTUAL TABLE temp.own USING fts5 (id UNINDEXED, {', '.join(FIELDS)})")
    try:
        db.executemany(
            "INSERT INTO temp.own (id, name, description) VALUES (?, ?, ?)",
            [(item.id, item.name, item.description) for item in own],
        )
        rows = db.execute("SELECT id FROM temp.own WHERE own MATCH ?", (expression,))
        found = {row["id"] for row in rows}
    finally:
        db.execute("DROP TABLE temp.own")
    return [item for item in own if item.id in found]


def save(db: sqlite3.Connection, item: Item) -> None:
    """Store an item as it is now, a new one too."""
    columns = asdict(item)
    del columns["owner"]
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns)
    db.execute(
        f"INSERT INTO item ({', '.join(columns)})"  # noqa: S608 - names of ours
        f" VALUES ({', '.join(f':{column}' for column in columns)})"
        f" ON CONFLICT (id, kind) DO UPDATE SET {changes}",
        columns,
    )


def delete_set(db: sqlite3.Connection, set_id: str) -> None:
    """Remove a legacy set; its networks and its folder stay."""
    db.execute("DELETE FROM set_member WHERE set_id = ?", (set_id,))
    db.execute("DELETE FROM item WHERE kind = 'SET' AND id = ?", (set_id,))


def add_members(db: sqlite3.Connection, set_id: str, network_ids: Iterable[str]) -> None:
    """Put networks into a legacy set; those that are in it stay."""
    db.executemany(
        "INSERT OR IGNORE INTO set_member (set_id, network_id) VALUES (?, ?)",
        [(set_id, network_id) for network_id in network_ids],
    )


def remove_members(db: sqlite3.Connection, set_id: str, network_ids: Iterable[str]) -> None:
    """Take networks out of a legacy set."""
    db.executemany(
        "DELETE FROM set_member WHERE set_id = ? AND network_id = ?",
        [(set_id, network_id) for network_id in network_ids],
    )


def list_members(db: sqlite3.Connection, set_id: str) -> list[NetworkRow]:
    """Return the networks of a legacy set, deleted ones included."""
    rows = db.execute(
        "SELECT * FROM network_row WHERE id IN"
        " (SELECT network_id FROM set_member WHERE set_id = ?) ORDER BY id",
        (set_id,),
    )
    return [NetworkRow(**row) for row in rows]


def _list(db: sqlite3.Connection, where: str, id_: str) -> Place:
    rows = db.execute(f"SELECT * FROM network_row WHERE {where}", {"id": id_})  # noqa: S608 - ours
    items = _read(db, f"kind <> 'SET' AND {where} ORDER BY kind", id=id_)
    return Place([NetworkRow(**row) for row in rows], items)


def _read(db: sqlite3.Connection, where: str, **values: object) -> list[Item]:
    rows = db.execute(f"SELECT * FROM item_row WHERE {where}", values)  # noqa: S608 - ours
    return [Item(**row) for row in rows]
