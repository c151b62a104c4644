"""Folders and shortcuts: where the networks of an account are filed (contract 7.2)."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass
from typing import Self

from sync.sandbox.networks import NetworkRow
from sync.sandbox.queries import FIELDS


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder, with its owner's name when read; ``parent_id`` None is its owner's home."""

    id: str
    owner_id: str
    name: str
    created_ms: int
    modified_ms: int
    description: str | None = None
    parent_id: str | None = None
    visibility: str = "PRIVATE"
    deleted: int = 0
    in_trash: int = 0
    access_key: str | None = None
    access_key_on: int = 0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A second place where a network or folder is listed; ``target_type`` tells which."""

    id: str
    owner_id: str
    name: str
    target_id: str
    target_type: str
    created_ms: int
    modified_ms: int
    parent_id: str | None = None
    visibility: str = "PRIVATE"
    deleted: int = 0
    in_trash: int = 0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """Networks, folders and shortcuts of one place."""

    networks: list[NetworkRow]
    folders: list[Folder]
    shortcuts: list[Shortcut]

    @classmethod
    def from_rows(
        cls,
        network_rows: sqlite3.Cursor,
        folder_rows: sqlite3.Cursor,
        shortcut_rows: sqlite3.Cursor,
    ) -> Self:
        """Read the three answers of the database."""
        return cls(
            [NetworkRow(**row) for row in network_rows],
            [Folder(**row) for row in folder_rows],
            [Shortcut(**row) for row in shortcut_rows],
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each, in the words of the wire."""
        return {
            "network": len(self.networks),
            "folder": len(self.folders),
            "shortcut": len(self.shortcuts),
        }


def find_folder(db: sqlite3.Connection, folder_id: str) -> Folder | None:
    """Return the folder with this id, deleted or not."""
    row = db.execute("SELECT * FROM folder_row WHERE id = ?", (folder_id,)).fetchone()
    return None if row is None else Folder(**row)


def find_shortcut(db: sqlite3.Connection, shortcut_id: str) -> Shortcut | None:
    """Return the shortcut with this id, deleted or not."""
    row = db.execute("SELECT * FROM shortcut_row WHERE id = ?", (shortcut_id,)).fetchone()
    return None if row is None else Shortcut(**row)


def list_folders(db: sqlite3.Connection, owner_id: str, limit: int) -> list[Folder]:
    """Return an account's first folders by name."""
    rows = db.execute(
        "SELECT * FROM folder_row WHERE owner_id = ? AND NOT deleted ORDER BY name, id LIMIT ?",
        (owner_id, limit),
    )
    return [Folder(**row) for row in rows]


def list_shortcuts(db: sqlite3.Connection, owner_id: str, limit: int) -> list[Shortcut]:
    """Return an account's first shortcuts by name."""
    rows = db.execute(
        "SELECT * FROM shortcut_row WHERE owner_id = ? AND NOT deleted ORDER BY name, id LIMIT ?",
        (owner_id, limit),
    )
    return [Shortcut(**row) for row in rows]


def list_children(db: sqlite3.Connection, folder_id: str) -> Items:
    """Return what lies directly in a folder, whoever owns it."""
    where = (folder_id,)
    return Items.from_rows(
        db.execute("SELECT * FROM network_row WHERE folder_id = ? AND NOT deleted", where),
        db.execute("SELECT * FROM folder_row WHERE parent_id = ? AND NOT deleted", where),
        db.execute("SELECT * FROM shortcut_row WHERE parent_id = ? AND NOT deleted", where),
    )


def list_home(db: sqlite3.Connection, owner_id: str) -> Items:
    """Return what an account has outside of any folder."""
    own = (owner_id,)
    return Items.from_rows(
        db.execute(
            "SELECT * FROM network_row WHERE owner_id = ? AND folder_id IS NULL AND NOT deleted",
            own,
        ),
        db.execute(
            "SELECT * FROM folder_row WHERE owner_id = ? AND parent_id IS NULL AND NOT deleted", own
        ),
        db.execute(
            "SELECT * FROM shortcut_row WHERE owner_id = ? AND parent_id IS NULL AND NOT deleted",
            own,
        ),
    )


def home_targets(db: sqlite3.Connection, account_id: str) -> list[str]:
    """Return the networks that shortcuts at the account's home lead to."""
    rows = db.execute(
        "SELECT DISTINCT target_id FROM shortcut WHERE owner_id = ? AND parent_id IS NULL"
        " AND target_type = 'NETWORK' AND NOT deleted ORDER BY target_id",
        (account_id,),
    )
    return [row["target_id"] for row in rows]


def count_own(db: sqlite3.Connection, account_id: str) -> dict[str, int]:
    """Return how many networks, folders and shortcuts an account has, deleted ones left out."""
    row = db.execute(
        "SELECT (SELECT count(*) FROM network WHERE owner_id = :id AND NOT deleted) AS network,"
        " (SELECT count(*) FROM folder WHERE owner_id = :id AND NOT deleted) AS folder,"
        " (SELECT count(*) FROM shortcut WHERE owner_id = :id AND NOT deleted) AS shortcut",
        {"id": account_id},
    ).fetchone()
    return dict(row)


def find_shared(db: sqlite3.Connection, account_id: str | None) -> frozenset[str]:
    """Return the folders that were shared with an account, and all that lie in them."""
    rows = db.execute(
        "WITH RECURSIVE down (id) AS (SELECT folder_id FROM folder_permission"
        " WHERE account_id = ? UNION SELECT folder.id FROM folder JOIN down ON parent_id = down.id)"
        " SELECT id FROM down",
        (account_id,),
    )
    return frozenset(row["id"] for row in rows)


def search_own(db: sqlite3.Connection, owner_id: str, expression: str | None) -> Items:
    """Return an account's folders and shortcuts whose name or description fits.

    They are indexed for the occasion: an account has few.
    """
    every = list_folders(db, owner_id, -1), list_shortcuts(db, owner_id, -1)
    if expression is None or expression == "":
        return Items([], *(every if expression is None else ([], [])))
    fields = ", ".join(FIELDS)
    db.execute(f"CREATE VIRTUAL TABLE temp.own USING fts5 (id UNINDEXED, {fields})")
    try:
        db.executemany(
            "INSERT INTO temp.own (id, name, description) VALUES (?, ?, ?)",
            [(folder.id, folder.name, folder.description) for folder in every[0]]
            + [(link.id, link.name, None) for link in every[1]],
        )
        rows = db.execute("SELECT id FROM temp.own WHERE own MATCH ?", (expression,))
        found = {row["id"] for row in rows}
    finally:
        db.execute("DROP TABLE temp.own")
    return Items(
        [],
        [folder for folder in every[0] if folder.id in found],
        [link for link in every[1] if link.id in found],
    )


def lies_in(db: sqlite3.Connection, folder_id: str, ancestor_id: str) -> bool:
    """Whether a folder is another one, or lies in it at any depth."""
    rows = db.execute(
        "WITH RECURSIVE up (id) AS (SELECT :id UNION"
        " SELECT parent_id FROM folder JOIN up ON folder.id = up.id WHERE parent_id IS NOT NULL)"
        " SELECT 1 FROM up WHERE id = :ancestor",
        {"id": folder_id, "ancestor": ancestor_id},
    )
    return rows.fetchone() is not None


def insert_folder(db: sqlite3.Connection, folder: Folder) -> None:
    """Add a folder."""
    db.execute(
        "INSERT INTO folder (id, owner_id, name, created_ms, modified_ms, description, parent_id,"
        " access_key, access_key_on) VALUES (:id, :owner_id, :name, :created_ms, :modified_ms,"
        " :description, :parent_id, :access_key, :access_key_on)",
        asdict(folder),
    )


def update_folder(db: sqlite3.Connection, folder: Folder) -> None:
    """Store a folder as it is now."""
    db.execute(
        "UPDATE folder SET name = :name, description = :description, parent_id = :parent_id,"
        " visibility = :visibility, modified_ms = :modified_ms, access_key = :access_key,"
        " access_key_on = :access_key_on WHERE id = :id",
        asdict(folder),
    )


def insert_shortcut(db: sqlite3.Connection, shortcut: Shortcut) -> None:
    """Add a shortcut; whether its target exists is not looked at."""
    db.execute(
        "INSERT INTO shortcut (id, owner_id, name, target_id, target_type, created_ms,"
        " modified_ms, parent_id) VALUES (:id, :owner_id, :name, :target_id, :target_type,"
        " :created_ms, :modified_ms, :parent_id)",
        asdict(shortcut),
    )


def update_shortcut(db: sqlite3.Connection, shortcut: Shortcut) -> None:
    """Store a shortcut's name, place and visibility as they are now."""
    db.execute(
        "UPDATE shortcut SET name = :name, parent_id = :parent_id, modified_ms = :modified_ms,"
        " visibility = :visibility WHERE id = :id",
        asdict(shortcut),
    )
