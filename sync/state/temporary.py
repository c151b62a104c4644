"""A private SQLite database for a run's temporary data, so that memory stays flat.

It has no name: the system deletes it when the run ends in any way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from sync.errors import TemporaryStorageFull

_CACHE_KIB = 4_096


class TemporaryDatabase:
    """Tables in the temporary folder.

    Every method raises ``TemporaryStorageFull`` if that folder is full.
    """

    def __init__(self, tables: str) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
            self._db.execute(f"PRAGMA {pragma}")
        for statement in tables.split(";"):
            self._db.execute(statement)
        # One transaction that never ends: nothing has to be safe on disk.
        self._db.execute("BEGIN")

    def close(self) -> None:
        """Delete everything."""
        self._db.close()

    def read(self, query: str, *values: object) -> list[Any]:
        """Return all rows that a query finds."""
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            raise TemporaryStorageFull(str(error)) from error

    def write(self, statement: str, *values: object) -> int:
        """Run a statement; return the number of the last row that was added."""
        try:
            return self._db.execute(statement, values).lastrowid or 0
        except sqlite3.OperationalError as error:
            raise TemporaryStorageFull(str(error)) from error

    def write_all(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Run a statement for each row."""
        try:
            self._db.executemany(statement, rows)
        except sqlite3.OperationalError as error:
            raise TemporaryStorageFull(str(error)) from error
