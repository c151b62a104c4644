"""Folders, shortcuts, legacy network sets and workspaces: what networks are filed
in (contract 7).
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from sync.sandbox.networks import NetworkRow
from sync.sandbox.queries import FIELDS


class ItemType(StrEnum):
    """The type of an item."""

    NETWORK = "NETWORK"
    FOLDER = "FOLDER"
    SHORTCUT = "SHORTCUT"
    SET = "SET"
    """A network set from before NDEx 3.0."""
    WORKSPACE = "WORKSPACE"
    """A workspace of Cytoscape Web."""


FILE_TYPES = (ItemType.NETWORK, ItemType.FOLDER, ItemType.SHORTCUT)
"""The types that lists of items contain."""


@dataclass(frozen=True, slots=True)
class Item:
    """A folder, shortcut, legacy set or workspace, with its owner's name when read.

    ``folder_id`` None is its owner's home. A shortcut has a target, a set has ``showcase``, sets
    and workspaces have ``properties``: a JSON object as text. A set and the folder that the
    migration made from it have the same id.
    """

    kind: ItemType
    id: str
    owner_id: str
    name: str | None
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


class Where(StrEnum):
    """A place that holds networks, folders and shortcuts."""

    IN_FOLDER = "folder_id = :id AND NOT deleted"
    """What is directly in a folder, with any owner."""
    AT_HOME = "owner_id = :id AND folder_id IS NULL AND NOT deleted"
    """What an account has outside of any folder."""
    OWNED = "owner_id = :id AND NOT deleted"
    """Everything that an account has."""
    IN_TRASH = "owner_id = :id AND in_trash"
    """What an account has in its trash."""


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


def list_newest(db: sqlite3.Connection, kind: ItemType, owner_id: str) -> list[Item]:
    """Return an account's legacy sets or workspaces, last changed first."""
    where = "kind = :kind AND owner_id = :id ORDER BY modified_ms DESC, id"
    return _read(db, where, kind=kind, id=owner_id)


def list_own(db: sqlite3.Connection, kind: ItemType, owner_id: str, limit: int = -1) -> list[Item]:
    """Return an account's first folders or shortcuts by name; all of them if the
    limit is negative.
    """
    return _read(
        db,
        "kind = :kind AND owner_id = :id AND NOT deleted ORDER BY name, id LIMIT :limit",
        kind=kind,
        id=owner_id,
        limit=limit,
    )


def list_place(db: sqlite3.Connection, where: Where, item_id: str) -> Place:
    """Return what is in a place: in the folder or of the account with this id."""
    rows = db.execute(f"SELECT * FROM network_row WHERE {where}", {"id": item_id})  # noqa: S608 - ours
    items = _read(db, f"kind IN ('FOLDER', 'SHORTCUT') AND {where} ORDER BY kind", id=item_id)
    return Place([NetworkRow(**row) for row in rows], items)


def list_tree(db: sqlite3.Connection, item_id: str) -> list[str]:
    """Return the ids of an item and of all items in it, at any depth."""
    rows = db.execute(
        "WITH RECURSIVE tree (id) AS (SELECT ? UNION"
        " SELECT item.id FROM item JOIN tree ON folder_id = tree.id) SELECT id FROM tree",
        (item_id,),
    )
    return [row["id"] for row in rows]


def search_own(db: sqlite3.Connection, owner_id: str, expression: str | None) -> list[Item]:
    """Return an account's folders and shortcuts whose name or description matches.

    They are indexed for each search: an account has few.
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
    """Store an item as it is now, or a new one."""
    columns = asdict(item)
    del columns["owner"]
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns)
    db.execute(
        f"INSERT INTO item ({', '.join(columns)})"  # noqa: S608 - names of ours
        f" VALUES ({', '.join(f':{column}' for column in columns)})"
        f" ON CONFLICT (id, kind) DO UPDATE SET {changes}",
        columns,
    )


def delete(db: sqlite3.Connection, item: Item) -> None:
    """Remove a legacy set or workspace; its networks stay, and the folder of a set."""
    db.execute("DELETE FROM set_member WHERE set_id = ?", (item.id,))
    db.execute("DELETE FROM item WHERE kind = ? AND id = ?", (item.kind, item.id))


def add_members(db: sqlite3.Connection, set_id: str, network_ids: Iterable[str]) -> None:
    """Put networks into a legacy set; those already in it stay."""
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


def _read(db: sqlite3.Connection, where: str, **values: object) -> list[Item]:
    rows = db.execute(f"SELECT * FROM item_row WHERE {where}", values)  # noqa: S608 - ours
    return [Item(**row) for row in rows]
