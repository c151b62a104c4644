"""Who may see or change a network or folder besides its owner (contract 3.8)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import orjson

from sync.sandbox.networks import NetworkRow
from sync.sandbox.refusals import unauthorized


def list_granted(db: sqlite3.Connection, item_id: str) -> dict[str, str]:
    """Return what was granted on a network or folder, by account."""
    rows = db.execute(
        "SELECT account_id, kind FROM permission WHERE item_id = ? ORDER BY account_id", (item_id,)
    )
    return {row["account_id"]: row["kind"] for row in rows}


def list_held(
    db: sqlite3.Connection, network_ids: Iterable[str], account_id: str
) -> dict[str, str]:
    """Return an account's permissions on those networks that exist: ADMIN on its own."""
    rows = db.execute(
        "SELECT id, CASE owner_id WHEN :account THEN 'ADMIN' ELSE kind END AS held"
        " FROM network LEFT JOIN permission ON item_id = id AND account_id = :account"
        " WHERE id IN (SELECT value FROM json_each(:ids)) AND NOT deleted"
        " AND held IS NOT NULL ORDER BY id",
        {"ids": orjson.dumps(list(network_ids)).decode(), "account": account_id},
    )
    return {row["id"]: row["held"] for row in rows}


def list_shared_with(db: sqlite3.Connection, account_id: str | None) -> dict[str, str]:
    """Return what others granted to an account, by network and folder.

    What is in a folder comes with it, deleted or not, except for networks: they have a grant of
    their own.
    """
    rows = db.execute("SELECT id, kind FROM shared WHERE account_id = ?", (account_id,))
    return {row["id"]: row["kind"] for row in rows}


def find_shared(db: sqlite3.Connection, ids: Iterable[str]) -> frozenset[str]:
    """Return those of ``ids`` that are shared with anybody."""
    rows = db.execute(
        "SELECT id FROM shared WHERE id IN (SELECT value FROM json_each(?))",
        (orjson.dumps(list(ids)).decode(),),
    )
    return frozenset(row["id"] for row in rows)


def grant(db: sqlite3.Connection, item_id: str, account_id: str, kind: str) -> None:
    """Grant READ or WRITE on a network, ADMIN too on a folder, replacing an earlier grant.

    A folder's grant covers the networks that are in it now, not later ones; ADMIN is WRITE for
    them.
    """
    db.execute(
        "INSERT OR REPLACE INTO permission (item_id, account_id, kind)"
        " SELECT :item, :account, :kind UNION"
        " SELECT id, :account, replace(:kind, 'ADMIN', 'WRITE') FROM network"
        " WHERE folder_id = :item AND owner_id <> :account",
        {"item": item_id, "account": account_id, "kind": kind},
    )


def revoke(db: sqlite3.Connection, item_id: str, account_id: str) -> None:
    """Revoke what was granted on a network, or on a folder and the networks in it."""
    db.execute(
        "DELETE FROM permission WHERE account_id = ?"
        " AND (item_id = ? OR item_id IN (SELECT id FROM network WHERE folder_id = ?))",
        (account_id, item_id, item_id),
    )


def may_write(db: sqlite3.Connection, row: NetworkRow, account_id: str) -> bool:
    """Return whether the account owns the network or was granted WRITE."""
    return row.owner_id == account_id or list_granted(db, row.id).get(account_id) == "WRITE"


def require_write(db: sqlite3.Connection, row: NetworkRow, account_id: str) -> None:
    """Raise the 401 for an account that may not write."""
    if not may_write(db, row, account_id):
        raise unauthorized("User doesn't have write permissions for this network.")
