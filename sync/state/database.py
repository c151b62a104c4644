"""What cache and journal share: rows with a checksum, and the meaning of SQLite's errors."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

Row = tuple[Any, ...]
"""A row of the database, before its values are checked."""

DATABASE_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises if a file cannot be used; it quotes what it finds there, UTF-8 or not."""

_IN_THE_WAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
    }
)
_pack = msgspec.msgpack.Encoder().encode


def with_checksum(row: Row) -> Row:
    """Return a row with a checksum as its last value: SQLite does not notice a changed bit."""
    return (*row, crc32(_pack(row)))


def is_as_written(row: Row) -> bool:
    """Return whether the checksum at the end of a row fits."""
    return bool(crc32(_pack(row[:-1])) == row[-1])


def is_damage(error: Exception, path: Path) -> bool:
    """Return whether an error means that the file is damaged, and not that it is only blocked.

    If SQLite calls a file read-only that may be written, its header is damaged.
    """
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code == sqlite3.SQLITE_READONLY:
        return os.access(path, os.W_OK)
    return code not in _IN_THE_WAY


def is_full(error: Exception) -> bool:
    """Return whether an error says that the disk is full."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL


def find_tables(db: sqlite3.Connection, schema: str = "main") -> list[str]:
    """Return the statements that the tables and indexes of a database were made with."""
    query = f"SELECT sql FROM {schema}.sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"  # noqa: S608
    return [statement for (statement,) in db.execute(query)]
