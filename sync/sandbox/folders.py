"""Folders and shortcuts: where the networks of an account are filed (contract 7.2)."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder; ``parent_id`` None is its owner's home."""

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
    deleted: int = 0
    in_trash: int = 0


def insert_folder(db: sqlite3.Connection, folder: Folder) -> None:
    """Add a folder."""
    db.execute(
        "INSERT INTO folder (id, owner_id, name, created_ms, modified_ms, description, parent_id)"
        " VALUES (:id, :owner_id, :name, :created_ms, :modified_ms, :description, :parent_id)",
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
