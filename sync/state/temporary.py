"""A private SQLite database for a run's temporary data, so that memory stays flat.

It has no name: the system deletes it when the run ends in any way. The file with what earlier runs
kept is attached to it, so that a run has one database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

from sync.errors import TemporaryStorageFull

BUSY_TIMEOUT_S = 10.0
"""How long to wait for another run that writes a file."""

_CACHE_KIB = 4_096


class TemporaryDatabase:
    """Tables in the temporary folder, for all threads.

    Every method raises ``TemporaryStorageFull`` if that folder is full. ``connection`` may only be
    used while ``lock`` is held.
    """

    def __init__(self, tables: str = "") -> None:
        self.lock = RLock()
        self.connection = sqlite3.connect(
            "", BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, uri=True
        )
        # Nothing has to be safe on disk.
        for pragma in ("journal_mode = MEMORY", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
            self.connection.execute(f"PRAGMA main.{pragma}")
        self.add_tables(tables)

    def add_tables(self, tables: str) -> None:
        """Make tables, by statements with a semicolon between them."""
        with self._use() as connection:
            for statement in tables.split(";"):
                connection.execute(statement)

    def close(self) -> None:
        """Delete everything."""
        self.connection.close()

    def read(self, query: str, *values: object) -> list[Any]:
        """Return all rows that a query finds."""
        with self._use() as connection:
            return connection.execute(query, values).fetchall()

    def write(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Run a statement for each row."""
        with self._use() as connection, connection:
            connection.execute("BEGIN")
            connection.executemany(statement, rows)

    @contextmanager
    def _use(self) -> Iterator[sqlite3.Connection]:
        try:
            with self.lock:
                yield self.connection
        except sqlite3.OperationalError as error:
            raise TemporaryStorageFull(str(error)) from error
