"""Delete networks and items, restore them or remove them for good (contract 3.7, 7.2)."""

from __future__ import annotations

import sqlite3

import orjson

from sync.sandbox import contents, networks
from sync.sandbox.items import list_tree
from sync.sandbox.networks import NetworkRow
from sync.sandbox.refusals import failure

_IN_TREE = "IN (SELECT value FROM json_each(:tree))"
_ITEMS = f"kind IN ('FOLDER', 'SHORTCUT') AND id {_IN_TREE}"


def erase_network(db: sqlite3.Connection, network_id: str) -> None:
    """Delete as v2 does: the row stays and is in no trash, the files are deleted at once.

    The search index keeps its entry (contract 9).
    """
    networks.update(db, network_id, deleted=1)
    contents.erase(db, network_id)
    db.execute("DELETE FROM permission WHERE item_id = ?", (network_id,))
    db.execute("DELETE FROM set_member WHERE network_id = ?", (network_id,))


def discard_network(db: sqlite3.Connection, row: NetworkRow, now_ms: int) -> None:
    """Delete as v3 does: into the trash, with files and permissions."""
    networks.touch(db, row, now_ms)
    networks.update(db, row.id, deleted=1, in_trash=1, search_core=None)


def restore_network(db: sqlite3.Connection, row: NetworkRow, now_ms: int) -> None:
    """Restore a network to its folder, or home if the folder is gone.

    A network that v2 deleted comes back without its files.
    """
    networks.touch(db, row, now_ms)
    db.execute(
        "UPDATE network SET deleted = 0, in_trash = 0, folder_id = (SELECT id FROM item"
        " WHERE kind = 'FOLDER' AND id = network.folder_id AND NOT deleted) WHERE id = ?",
        (row.id,),
    )


def purge_network(db: sqlite3.Connection, network_id: str) -> None:
    """Remove row and files; raises the 500 for a network that a legacy set still holds."""
    member = db.execute("SELECT 1 FROM set_member WHERE network_id = ?", (network_id,)).fetchone()
    if member is not None:
        raise failure(
            'ERROR: update or delete on table "network" violates foreign key constraint '
            '"network_set_member_network_id_fkey" on table "network_set_member"'
        )
    db.execute("DELETE FROM network WHERE id = ?", (network_id,))


def discard_item(db: sqlite3.Connection, item_id: str) -> None:
    """Put a folder or shortcut into the trash; what is in a folder is deleted with it.

    This includes read-only networks, and none of it is in the trash itself (contract 7.2).
    """
    tree = _tree(db, item_id)
    db.execute(
        f"UPDATE network SET deleted = 1, search_core = NULL WHERE folder_id {_IN_TREE}",  # noqa: S608 - ours
        tree,
    )
    db.execute(f"UPDATE item SET deleted = 1 WHERE {_ITEMS}", tree)  # noqa: S608 - ours
    db.execute("UPDATE item SET in_trash = 1 WHERE kind <> 'SET' AND id = ?", (item_id,))


def restore_item(db: sqlite3.Connection, item_id: str) -> None:
    """Restore a folder or shortcut, a folder with what was deleted with it."""
    tree = _tree(db, item_id)
    db.execute(
        f"UPDATE network SET deleted = 0 WHERE NOT in_trash AND folder_id {_IN_TREE}"  # noqa: S608 - ours
        " AND EXISTS (SELECT 1 FROM content WHERE network_id = network.id)",
        tree,
    )
    db.execute(
        f"UPDATE item SET deleted = 0, in_trash = 0 WHERE {_ITEMS}"  # noqa: S608 - ours
        " AND (kind = 'FOLDER' OR id = :id OR NOT in_trash)",
        {**tree, "id": item_id},
    )


def purge_item(db: sqlite3.Connection, item_id: str) -> None:
    """Remove a folder with everything in it, or a shortcut, for good."""
    tree = _tree(db, item_id)
    inside = db.execute(f"SELECT id FROM network WHERE folder_id {_IN_TREE}", tree)  # noqa: S608 - ours
    for row in inside.fetchall():
        purge_network(db, row["id"])
    db.execute(f"DELETE FROM item WHERE {_ITEMS}", tree)  # noqa: S608 - ours


def _tree(db: sqlite3.Connection, item_id: str) -> dict[str, str]:
    return {"tree": orjson.dumps(list_tree(db, item_id)).decode()}
