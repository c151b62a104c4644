"""Who may change a network beside its owner (contract 3.8)."""

from __future__ import annotations

import sqlite3

from sync.sandbox.networks import NetworkRow
from sync.sandbox.refusals import unauthorized


def find_explicit(db: sqlite3.Connection, network_id: str, account_id: str) -> str | None:
    """Return READ or WRITE where it was granted, None where nothing was."""
    row = db.execute(
        "SELECT kind FROM permission WHERE network_id = ? AND account_id = ?",
        (network_id, account_id),
    ).fetchone()
    return None if row is None else str(row["kind"])


def may_write(db: sqlite3.Connection, row: NetworkRow, account_id: str) -> bool:
    """Whether the account owns the network or was granted WRITE."""
    return row.owner_id == account_id or find_explicit(db, row.id, account_id) == "WRITE"


def require_write(db: sqlite3.Connection, row: NetworkRow, account_id: str) -> None:
    """Raise the 401 for an account that may not write."""
    if not may_write(db, row, account_id):
        raise unauthorized("User doesn't have write permissions for this network.")
