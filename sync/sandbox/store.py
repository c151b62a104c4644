"""The sandbox's storage: one SQLite file, or memory.

The modules named after the tables know what is in them (``accounts``, ``networks``, ``contents``,
``permissions``, ``items``); this module begins and ends transactions. One connection for each store
serves all threads in turn; other processes may use the same file at the same time (WAL).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sync.errors import ConfigError
from sync.sandbox.schema import APPLICATION_ID, TABLES, VERSION

BUSY_TIMEOUT_S = 30.0
"""How long a transaction waits for one of another process."""


class Store:
    """An open sandbox store; made by ``Store.open``, closed by its ``with`` block."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._turn = threading.Lock()

    @classmethod
    def open(cls, path: Path | None) -> Self:
        """Open the file ``path``, which is made if it does not exist; None keeps everything in
        memory.

        Raises ConfigError if the file cannot be opened, is not a sandbox's, or was made by another
        version of its tables.
        """
        where = ":memory:" if path is None else str(path)
        try:
            db = sqlite3.connect(
                where, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise ConfigError(f"{where}: the sandbox file cannot be opened: {error}") from error
        try:
            _prepare(db, where)
        except BaseException:
            db.close()
            raise
        return cls(db)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file after the current transaction."""
        with self._turn:
            self._db.close()

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """Return the connection in a transaction that may write: all of it is kept or nothing."""
        return self._transaction("BEGIN IMMEDIATE")

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Return the connection in a transaction that only reads, all from one moment."""
        return self._transaction("BEGIN")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._turn:
            self._db.execute(begin)
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def insert(db: sqlite3.Connection, table: str, **columns: object) -> None:
    """Add a row to a table."""
    places = ", ".join(f":{column}" for column in columns)
    db.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", columns)  # noqa: S608 - keywords of our calls


def next_number(db: sqlite3.Connection) -> int:
    """Return a number that this store never returned before, for ids that must differ."""
    row = db.execute("UPDATE counter SET n = n + 1 RETURNING n").fetchone()
    return int(row["n"])


def _prepare(db: sqlite3.Connection, where: str) -> None:
    db.row_factory = sqlite3.Row
    try:
        # Before anything is changed, including WAL mode: the file may belong to another program.
        _recognise(db, where)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("BEGIN IMMEDIATE")
        if _is_empty(db):
            _create(db)
        db.execute("COMMIT")
    except sqlite3.Error as error:
        raise ConfigError(
            f"{where}: the sandbox file cannot be used ({error}); name another file"
        ) from error


def _is_empty(db: sqlite3.Connection) -> bool:
    return bool(db.execute("SELECT count(*) = 0 FROM sqlite_master").fetchone()[0])


def _recognise(db: sqlite3.Connection, where: str) -> None:
    if _is_empty(db):
        return
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise ConfigError(f"{where}: this database is not a sandbox's; name another file")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version != VERSION:
        raise ConfigError(
            f"{where}: made by another version of ndex-sync (tables {version}, expected {VERSION})"
            "; delete it or name another file"
        )


def _create(db: sqlite3.Connection) -> None:
    # Not by executescript, which would end the transaction that keeps two openers apart.
    for statement in TABLES.split(";\n"):
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {VERSION}")
