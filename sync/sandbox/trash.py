"""What is deleted, and how it comes back or goes for good (contract 3.7, 7.2)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from sync.sandbox import contents, networks, permissions
from sync.sandbox.folders import Items, find_folder
from sync.sandbox.networks import NetworkRow
from sync.sandbox.refusals import failure


def erase_network(db: sqlite3.Connection, network_id: str) -> None:
    """Delete as v2 does: the row stays and is in no trash, the files are gone at once.

    The search index keeps its entry (contract 9).
    """
    networks.update(db, network_id, deleted=1)
    contents.erase(db, network_id)
    permissions.revoke_all(db, network_id)
    db.execute("DELETE FROM set_member WHERE network_id = ?", (network_id,))


def discard_network(db: sqlite3.Connection, row: NetworkRow, now_ms: int) -> None:
    """Delete as v3 does: into the trash, with files and permissions."""
    networks.touch(db, row, now_ms)
    networks.update(db, row.id, deleted=1, in_trash=1, search_core=None)


def purge_network(db: sqlite3.Connection, network_id: str) -> None:
    """Remove row and files; raises the 500 for a network that a legacy set still holds."""
    member = db.execute("SELECT 1 FROM set_member WHERE network_id = ?", (network_id,)).fetchone()
    if member is not None:
        raise failure(
            'ERROR: update or delete on table "network" violates foreign key constraint '
            '"network_set_member_network_id_fkey" on table "network_set_member"'
        )
    db.execute("DELETE FROM network WHERE id = ?", (network_id,))


def discard_folder(db: sqlite3.Connection, folder_id: str) -> None:
    """Put a folder into the trash and delete everything in it, read-only networks too.

    What was in it is in no trash of its own (contract 7.2).
    """
    tree = {"tree": _tree(db, folder_id)}
    db.execute(
        "UPDATE network SET deleted = 1, search_core = NULL"
        " WHERE folder_id IN (SELECT value FROM json_each(:tree))",
        tree,
    )
    db.execute(
        "UPDATE shortcut SET deleted = 1 WHERE parent_id IN (SELECT value FROM json_each(:tree))",
        tree,
    )
    db.execute(
        "UPDATE folder SET deleted = 1 WHERE id IN (SELECT value FROM json_each(:tree))", tree
    )
    db.execute("UPDATE folder SET in_trash = 1 WHERE id = ?", (folder_id,))


def discard_shortcut(db: sqlite3.Connection, shortcut_id: str) -> None:
    """Put a shortcut into the trash."""
    db.execute("UPDATE shortcut SET deleted = 1, in_trash = 1 WHERE id = ?", (shortcut_id,))


def restore_network(db: sqlite3.Connection, row: NetworkRow, now_ms: int) -> None:
    """Bring a network back to its folder, or home where that is gone.

    One that v2 deleted comes back without its files.
    """
    folder = db.execute(
        "SELECT 1 FROM folder WHERE id = ? AND NOT deleted", (row.folder_id,)
    ).fetchone()
    networks.touch(db, row, now_ms)
    networks.update(
        db, row.id, deleted=0, in_trash=0, folder_id=None if folder is None else row.folder_id
    )


def restore_folders(db: sqlite3.Connection, owner_id: str, folder_ids: Iterable[str]) -> None:
    """Bring an account's folders back with what went with them."""
    for folder_id in folder_ids:
        folder = find_folder(db, folder_id)
        if folder is not None and folder.owner_id == owner_id:
            _restore_folder(db, folder_id)


def _restore_folder(db: sqlite3.Connection, folder_id: str) -> None:
    tree = {"tree": _tree(db, folder_id)}
    db.execute(
        "UPDATE network SET deleted = 0 WHERE NOT in_trash AND folder_id IN"
        " (SELECT value FROM json_each(:tree))"
        " AND EXISTS (SELECT 1 FROM content WHERE network_id = network.id)",
        tree,
    )
    db.execute(
        "UPDATE shortcut SET deleted = 0 WHERE NOT in_trash AND parent_id IN"
        " (SELECT value FROM json_each(:tree))",
        tree,
    )
    db.execute(
        "UPDATE folder SET deleted = 0, in_trash = 0 WHERE id IN"
        " (SELECT value FROM json_each(:tree))",
        tree,
    )


def restore_shortcuts(db: sqlite3.Connection, owner_id: str, shortcut_ids: Iterable[str]) -> None:
    """Bring an account's shortcuts back."""
    db.executemany(
        "UPDATE shortcut SET deleted = 0, in_trash = 0 WHERE id = ? AND owner_id = ?",
        [(shortcut_id, owner_id) for shortcut_id in shortcut_ids],
    )


def list_trash(db: sqlite3.Connection, owner_id: str) -> Items:
    """Return what an account has in its trash."""
    own = (owner_id,)
    return Items.from_rows(
        db.execute("SELECT * FROM network_row WHERE owner_id = ? AND in_trash", own),
        db.execute("SELECT * FROM folder_row WHERE owner_id = ? AND in_trash", own),
        db.execute("SELECT * FROM shortcut_row WHERE owner_id = ? AND in_trash", own),
    )


def purge(db: sqlite3.Connection, trashed: Items) -> None:
    """Remove for good what is in the trash."""
    for network in trashed.networks:
        purge_network(db, network.id)
    for folder in trashed.folders:
        purge_folder(db, folder.id)
    for shortcut in trashed.shortcuts:
        purge_shortcut(db, shortcut.id)


def purge_folder(db: sqlite3.Connection, folder_id: str) -> None:
    """Remove a folder and everything in it for good."""
    tree = {"tree": _tree(db, folder_id)}
    inside = db.execute(
        "SELECT id FROM network WHERE folder_id IN (SELECT value FROM json_each(:tree))", tree
    ).fetchall()
    for row in inside:
        purge_network(db, row["id"])
    db.execute("DELETE FROM shortcut WHERE parent_id IN (SELECT value FROM json_each(:tree))", tree)
    db.execute("DELETE FROM folder WHERE id IN (SELECT value FROM json_each(:tree))", tree)


def purge_shortcut(db: sqlite3.Connection, shortcut_id: str) -> None:
    """Remove a shortcut for good."""
    db.execute("DELETE FROM shortcut WHERE id = ?", (shortcut_id,))


def _tree(db: sqlite3.Connection, folder_id: str) -> str:
    """Return a folder and all folders in it, at any depth, as a JSON array of ids."""
    row = db.execute(
        "WITH RECURSIVE tree (id) AS (SELECT ? UNION"
        " SELECT folder.id FROM folder JOIN tree ON folder.parent_id = tree.id)"
        " SELECT json_group_array(id) FROM tree",
        (folder_id,),
    ).fetchone()
    return str(row[0])
