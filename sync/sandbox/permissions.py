"""Who may see or change a network or folder beside its owner (contract 3.8)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import orjson

from sync.sandbox.networks import NetworkRow
from sync.sandbox.refusals import unauthorized


def find(db: sqlite3.Connection, item_id: str, account_id: str) -> str | None:
    """Return what was granted to an account on a network or folder, None where nothing was."""
    return list_granted(db, item_id).get(account_id)


def list_granted(db: sqlite3.Connection, item_id: str) -> dict[str, str]:
    """Return what was granted on a network or folder, by account."""
    rows = db.execute(
        "SELECT account_id, kind FROM permission WHERE item_id = ? ORDER BY account_id", (item_id,)
    )
    return {row["account_id"]: row["kind"] for row in rows}


def list_held(
    db: sqlite3.Connection, network_ids: Iterable[str], account_id: str
) -> dict[str, str]:
    """Return what an account holds on those networks that exist: ADMIN on its own."""
    rows = db.execute(
        "SELECT id, CASE owner_id WHEN :account THEN 'ADMIN' ELSE kind END AS held"
        " FROM network LEFT JOIN permission ON item_id = id AND account_id = :account"
        " WHERE id IN (SELECT value FROM json_each(:ids)) AND NOT deleted"
        " AND held IS NOT NULL ORDER BY id",
        {"ids": orjson.dumps(list(network_ids)).decode(), "account": account_id},
    )
    return {row["id"]: row["held"] for row in rows}


def list_shared_with(db: sqlite3.Connection, account_id: str) -> dict[str, str]:
    """Return what others granted to an account, by network."""
    rows = db.execute(
        "SELECT id, kind FROM permission JOIN network ON id = item_id"
        " WHERE account_id = ? AND NOT deleted ORDER BY id",
        (account_id,),
    )
    return {row["id"]: row["kind"] for row in rows}


def list_folders_shared_with(db: sqlite3.Connection, account_id: str) -> dict[str, str]:
    """Return what others granted to an account, by folder; what lies in one comes with it."""
    rows = db.execute(
        "SELECT shared.id, shared.kind FROM shared"
        " JOIN item ON item.id = shared.id AND item.kind = 'FOLDER'"
        " WHERE account_id = ? AND owner_id <> account_id AND NOT deleted",
        (account_id,),
    )
    return {row["id"]: row["kind"] for row in rows}


def find_opened(db: sqlite3.Connection, account_id: str | None) -> frozenset[str]:
    """Return the folders that were shared with an account, and all that lie in them."""
    rows = db.execute("SELECT id FROM shared WHERE account_id = ?", (account_id,))
    return frozenset(row["id"] for row in rows)


def find_shared(db: sqlite3.Connection, ids: Iterable[str]) -> frozenset[str]:
    """Return those of ``ids`` that are shared with anybody."""
    rows = db.execute(
        "SELECT id FROM shared WHERE id IN (SELECT value FROM json_each(?))",
        (orjson.dumps(list(ids)).decode(),),
    )
    return frozenset(row["id"] for row in rows)


def grant(db: sqlite3.Connection, item_id: str, account_id: str, kind: str) -> None:
    """Grant READ or WRITE on a network, ADMIN too on a folder, in place of what was granted."""
    db.execute(
        "INSERT OR REPLACE INTO permission (item_id, account_id, kind) VALUES (?, ?, ?)",
        (item_id, account_id, kind),
    )


def revoke(db: sqlite3.Connection, item_id: str, account_id: str) -> None:
    """Take back what was granted to an account."""
    db.execute("DELETE FROM permission WHERE item_id = ? AND account_id = ?", (item_id, account_id))


def grant_folder(db: sqlite3.Connection, folder_id: str, account_id: str, kind: str) -> None:
    """Grant READ, WRITE or ADMIN on a folder, and on what networks are in it now, not later.

    ADMIN on a folder is WRITE on its networks.
    """
    grant(db, folder_id, account_id, kind)
    db.execute(
        "INSERT OR REPLACE INTO permission (item_id, account_id, kind)"
        " SELECT id, ?, ? FROM network WHERE folder_id = ? AND owner_id <> ?",
        (account_id, "WRITE" if kind == "ADMIN" else kind, folder_id, account_id),
    )


def revoke_folder(db: sqlite3.Connection, folder_id: str, account_id: str) -> None:
    """Take back what was granted on a folder, and with it the rights to its networks."""
    db.execute(
        "DELETE FROM permission WHERE account_id = ?"
        " AND (item_id = ? OR item_id IN (SELECT id FROM network WHERE folder_id = ?))",
        (account_id, folder_id, folder_id),
    )


def may_write(db: sqlite3.Connection, row: NetworkRow, account_id: str) -> bool:
    """Whether the account owns the network or was granted WRITE."""
    return row.owner_id == account_id or find(db, row.id, account_id) == "WRITE"


def require_write(db: sqlite3.Connection, row: NetworkRow, account_id: str) -> None:
    """Raise the 401 for an account that may not write."""
    if not may_write(db, row, account_id):
        raise unauthorized("User doesn't have write permissions for this network.")
