"""Network contents: the CX1 and CX2 files that the server keeps besides the rows."""

from __future__ import annotations

import sqlite3
import zlib
from typing import Literal

Kind = Literal["cx1", "cx2"]
KINDS: tuple[Kind, ...] = ("cx1", "cx2")

DATA = "/opt/ndex/data"
"""Where the real server keeps its files; its messages name this folder."""

_FAST = 1


def read(db: sqlite3.Connection, network_id: str, kind: Kind) -> bytes | None:
    """Return one file of a network, None if it has none of that kind."""
    row = db.execute(
        "SELECT body FROM content WHERE network_id = ? AND kind = ?", (network_id, kind)
    ).fetchone()
    return None if row is None else zlib.decompress(row["body"])


def write(db: sqlite3.Connection, network_id: str, kind: Kind, body: bytes | None) -> None:
    """Store one file of a network; None deletes it."""
    if body is None:
        db.execute("DELETE FROM content WHERE network_id = ? AND kind = ?", (network_id, kind))
        return
    db.execute(
        "INSERT OR REPLACE INTO content (network_id, kind, body) VALUES (?, ?, ?)",
        (network_id, kind, zlib.compress(body, _FAST)),
    )


def erase(db: sqlite3.Connection, network_id: str) -> None:
    """Delete all files of a network."""
    db.execute("DELETE FROM content WHERE network_id = ?", (network_id,))
