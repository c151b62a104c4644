"""Who may change a network beside its owner (contract 3.8)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import orjson

from sync.sandbox.networks import NetworkRow
from sync.sandbox.refusals import unauthorized


def find_explicit(db: sqlite3.Connection, network_id: str, account_id: str) -> str | None:
    """Return READ or WRITE where it was granted, None where nothing was."""
    row = db.execute(
        "SELECT kind FROM permission WHERE network_id = ? AND account_id = ?",
        (network_id, account_id),
    ).fetchone()
    return None if row is None else str(row["kind"])


def list_granted(db: sqlite3.Connection, network_id: str) -> dict[str, str]:
    """Return what was granted on a network, by account."""
    rows = db.execute(
        "SELECT account_id, kind FROM permission WHERE network_id = ? ORDER BY account_id",
        (network_id,),
    )
    return {row["account_id"]: row["kind"] for row in rows}


def list_held(
    db: sqlite3.Connection, network_ids: Iterable[str], account_id: str
) -> dict[str, str]:
    """Return what an account holds on those networks that exist: ADMIN on its own."""
    rows = db.execute(
        "SELECT network.id, CASE owner_id WHEN :account THEN 'ADMIN' ELSE kind END AS held"
        " FROM network LEFT JOIN permission"
        " ON permission.network_id = network.id AND permission.account_id = :account"
        " WHERE network.id IN (SELECT value FROM json_each(:ids)) AND NOT deleted"
        " AND held IS NOT NULL ORDER BY network.id",
        {"ids": orjson.dumps(list(network_ids)).decode(), "account": account_id},
    )
    return {row["id"]: row["held"] for row in rows}


def list_shared_with(db: sqlite3.Connection, account_id: str) -> dict[str, str]:
    """Return what others granted to an account, by network."""
    rows = db.execute(
        "SELECT network_id, kind FROM permission JOIN network ON network.id = network_id"
        " WHERE account_id = ? AND NOT deleted ORDER BY network_id",
        (account_id,),
    )
    return {row["network_id"]: row["kind"] for row in rows}


def list_folders_shared_with(db: sqlite3.Connection, account_id: str) -> dict[str, str]:
    """Return what others granted to an account, by folder; what lies in one comes with it."""
    rows = db.execute(
        "WITH RECURSIVE down (id, kind) AS (SELECT folder_id, kind FROM folder_permission"
        " WHERE account_id = ? UNION SELECT folder.id, kind FROM folder"
        " JOIN down ON parent_id = down.id)"
        " SELECT down.id, kind FROM down JOIN folder ON folder.id = down.id"
        " WHERE NOT deleted AND owner_id <> ?",
        (account_id, account_id),
    )
    return {row["id"]: row["kind"] for row in rows}


def list_granted_on_folder(db: sqlite3.Connection, folder_id: str) -> dict[str, str]:
    """Return what was granted on a folder, by account."""
    rows = db.execute(
        "SELECT account_id, kind FROM folder_permission WHERE folder_id = ? ORDER BY account_id",
        (folder_id,),
    )
    return {row["account_id"]: row["kind"] for row in rows}


def grant(db: sqlite3.Connection, network_id: str, account_id: str, kind: str) -> None:
    """Grant READ or WRITE, in place of what was granted before."""
    db.execute(
        "INSERT OR REPLACE INTO permission (network_id, account_id, kind) VALUES (?, ?, ?)",
        (network_id, account_id, kind),
    )


def revoke(db: sqlite3.Connection, network_id: str, account_id: str) -> None:
    """Take back what was granted to an account."""
    db.execute(
        "DELETE FROM permission WHERE network_id = ? AND account_id = ?", (network_id, account_id)
    )


def revoke_all(db: sqlite3.Connection, network_id: str) -> None:
    """Take back what was granted to anybody."""
    db.execute("DELETE FROM permission WHERE network_id = ?", (network_id,))


def may_write_folder(db: sqlite3.Connection, folder_id: str, account_id: str) -> bool:
    """Whether an account was granted to change what is in a folder."""
    rows = db.execute(
        "SELECT 1 FROM folder_permission WHERE folder_id = ? AND account_id = ? AND kind <> 'READ'",
        (folder_id, account_id),
    )
    return rows.fetchone() is not None


def grant_folder(db: sqlite3.Connection, folder_id: str, account_id: str, kind: str) -> None:
    """Grant READ, WRITE or ADMIN on a folder, and on what networks are in it now, not later.

    ADMIN on a folder is WRITE on its networks.
    """
    db.execute(
        "INSERT OR REPLACE INTO folder_permission (folder_id, account_id, kind) VALUES (?, ?, ?)",
        (folder_id, account_id, kind),
    )
    db.execute(
        "INSERT OR REPLACE INTO permission (network_id, account_id, kind)"
        " SELECT id, ?, ? FROM network WHERE folder_id = ? AND owner_id <> ?",
        (account_id, "WRITE" if kind == "ADMIN" else kind, folder_id, account_id),
    )


def revoke_folder(db: sqlite3.Connection, folder_id: str, account_id: str) -> None:
    """Take back what was granted on a folder, and with it the rights to its networks."""
    db.execute(
        "DELETE FROM permission WHERE account_id = ?"
        " AND network_id IN (SELECT id FROM network WHERE folder_id = ?)",
        (account_id, folder_id),
    )
    db.execute(
        "DELETE FROM folder_permission WHERE folder_id = ? AND account_id = ?",
        (folder_id, account_id),
    )


def may_write(db: sqlite3.Connection, row: NetworkRow, account_id: str) -> bool:
    """Whether the account owns the network or was granted WRITE."""
    return row.owner_id == account_id or find_explicit(db, row.id, account_id) == "WRITE"


def require_write(db: sqlite3.Connection, row: NetworkRow, account_id: str) -> None:
    """Raise the 401 for an account that may not write."""
    if not may_write(db, row, account_id):
        raise unauthorized("User doesn't have write permissions for this network.")
