"""The file in which runs keep rows for later ones, attached to the database of a run.

If something is wrong with it, this costs time and nothing else: a damaged file is moved away and
rebuilt, an unusable one is not used, and a read-only one is used but not written.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Final

from sync.state.code import READING, digest_code
from sync.state.database import DATABASE_ERRORS, Row, find_tables, is_damage
from sync.state.folder import make_folder
from sync.state.temporary import TemporaryDatabase

logger = logging.getLogger(__name__)

_SCHEMA = "kept"
_APPLICATION_ID = 0x6E64786B
# Contents have 1 to 3 kB; on the usual pages of 4 kB many would need a second page.
_PAGE_BYTES = 16_384
_TABLES = """\
CREATE TABLE version (text TEXT NOT NULL) STRICT;
CREATE TABLE record (
  settings TEXT NOT NULL, path BLOB NOT NULL, id TEXT NOT NULL, layout TEXT NOT NULL, network TEXT,
  fingerprint TEXT NOT NULL, digest BLOB NOT NULL, kept_ms INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (settings, path)) STRICT, WITHOUT ROWID;
CREATE TABLE record_data (
  settings TEXT NOT NULL, path BLOB NOT NULL, digest BLOB NOT NULL, data BLOB NOT NULL,
  kept_ms INTEGER NOT NULL, checksum INTEGER NOT NULL,
  PRIMARY KEY (settings, path)) STRICT;
CREATE TABLE network (
  server TEXT NOT NULL, id TEXT NOT NULL, facts BLOB NOT NULL, claims TEXT, claims_by TEXT,
  kept_ms INTEGER NOT NULL, checksum INTEGER NOT NULL,
  PRIMARY KEY (server, id)) STRICT, WITHOUT ROWID;
CREATE TABLE network_data (
  server TEXT NOT NULL, id TEXT NOT NULL, modified_ms INTEGER NOT NULL,
  node_count INTEGER NOT NULL, data BLOB NOT NULL, kept_ms INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (server, id)) STRICT;
CREATE TABLE verdict (
  scope BLOB NOT NULL, path BLOB NOT NULL, grounds BLOB NOT NULL, result BLOB NOT NULL,
  kept_ms INTEGER NOT NULL, checksum INTEGER NOT NULL,
  PRIMARY KEY (scope, path)) STRICT, WITHOUT ROWID"""

KEPT: Final = {
    "record": "settings, path, id, layout, network, fingerprint, digest, kept_ms, checksum",
    "record_data": "settings, path, digest, data, kept_ms, checksum",
    "network": "server, id, facts, claims, claims_by, kept_ms, checksum",
    "network_data": "server, id, modified_ms, node_count, data, kept_ms, checksum",
    "verdict": "scope, path, grounds, result, kept_ms, checksum",
}
"""The tables, each with its columns; the first two columns are the key."""


class KeptFile:
    """A file attached to a database, for as long as it can be used.

    ``is_open`` says whether it is, ``is_writable`` whether rows can be added too.
    """

    def __init__(self, database: TemporaryDatabase, path: Path) -> None:
        self._lock = database.lock
        self._db = database.connection
        self._path = path
        self.is_open = False
        self.is_writable = False
        self._inode: int | None = None
        with self._lock:
            try:
                self._attach()
            except OSError as error:
                self._go_without(error)
            except DATABASE_ERRORS as error:
                self._fail(error)

    def read(self, query: str, values: Sequence[object]) -> list[Row]:
        """Return all rows that a query finds; none if the file can no longer be used."""
        with self._lock:
            if not self.is_open:
                return []
            try:
                return self._db.execute(query, values).fetchall()
            except DATABASE_ERRORS as error:
                self._fail(error)
                return []

    def write(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Write rows by table, all at once, so that another run never has to wait long for the
        file.
        """
        with self._lock:
            if not (rows and self.is_writable):
                return
            try:
                with self._db:
                    self._db.execute("BEGIN IMMEDIATE")
                    for table, added in rows.items():
                        marks = ",".join("?" * len(added[0]))
                        statement = f"INSERT OR REPLACE INTO {table} VALUES ({marks})"  # noqa: S608
                        self._db.executemany(statement, added)
            except DATABASE_ERRORS as error:
                self._fail(error)

    def _attach(self) -> None:
        self._inode = _inode_of(self._path)
        if _may_be_written(self._path):
            attach(self._db, self._path)
            self.is_writable = True
        else:
            attach_as_it_is(self._db, self._path)
            if not is_of_this_version(self._db):
                raise sqlite3.OperationalError("it is of another version and cannot be written")
        self._inode = self._inode or _inode_of(self._path)  # it may be new
        self.is_open = True

    def _fail(self, error: Exception) -> None:
        """Go on after an error: without the file, or with a new one if it is damaged."""
        self._detach()
        if is_damage(error, self._path) and _may_be_written(self._path):
            self._rebuild(error)
        else:
            self._go_without(error)

    def _rebuild(self, error: Exception) -> None:
        try:
            if _inode_of(self._path) == self._inode:  # else another run has rebuilt it
                aside = _set_aside(self._path)
                logger.warning(
                    "%s is damaged (%s): moved to %s and rebuilt", self._path, error, aside
                )
            self._attach()
        except (OSError, *DATABASE_ERRORS) as again:
            self._detach()
            self._go_without(again)

    def _go_without(self, error: Exception) -> None:
        reason, *_ = str(error).split(": file://")  # SQLite adds the path again, as a URI
        logger.warning("%s cannot be used (%s): the run goes on without it", self._path, reason)

    def _detach(self) -> None:
        self.is_open = self.is_writable = False
        with suppress(*DATABASE_ERRORS):  # it may not have been attached
            self._db.execute(f"DETACH {_SCHEMA}")


def _inode_of(path: Path) -> int | None:
    return path.stat().st_ino if path.exists() else None


def _may_be_written(path: Path) -> bool:
    """Return whether this user may write the file and what SQLite puts beside it, or make them."""
    return not path.exists() or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def attach(db: sqlite3.Connection, path: Path) -> None:
    """Attach a file to be written, and empty it unless the same code wrote its contents.

    Raises:
        OSError, sqlite3.OperationalError: it cannot be opened or written.
        sqlite3.DatabaseError, UnicodeDecodeError: it is damaged, or not a cache.
    """
    make_folder(path.parent)
    db.execute(f"ATTACH ? AS {_SCHEMA}", (uri_of(path.absolute()),))
    tables = _find_names(db)
    if tables and not _is_ours(db):
        raise sqlite3.DatabaseError("it is the database of another program")
    for pragma in (f"page_size = {_PAGE_BYTES}", "synchronous = NORMAL"):
        db.execute(f"PRAGMA {_SCHEMA}.{pragma}")
    if not _has_tables(db):
        with db:
            db.execute("BEGIN IMMEDIATE")
            if not _has_tables(db):  # another run may have made them meanwhile
                _make_tables(db)
    with suppress(sqlite3.OperationalError):  # others have just opened it: the next run does this
        db.execute(f"PRAGMA {_SCHEMA}.journal_mode = WAL")


def _has_tables(db: sqlite3.Connection) -> bool:
    if not (_find_names(db) and is_of_this_version(db)):
        return False
    if find_tables(db, _SCHEMA) != _TABLES.split(";\n"):
        raise sqlite3.DatabaseError("its tables were changed")
    return True


def _make_tables(db: sqlite3.Connection) -> None:
    for name in _find_names(db):
        db.execute(f"DROP TABLE {_SCHEMA}.{name}")
    for statement in _TABLES.split(";\n"):
        db.execute(statement.replace("TABLE ", f"TABLE {_SCHEMA}.", 1))
    db.execute("INSERT INTO version VALUES (?)", (digest_code(READING),))
    db.execute(f"PRAGMA {_SCHEMA}.application_id = {_APPLICATION_ID}")


def _find_names(db: sqlite3.Connection) -> list[str]:
    query = f"SELECT name FROM {_SCHEMA}.sqlite_schema WHERE type = 'table'"  # noqa: S608 - ours
    return [name for (name,) in db.execute(query)]


def attach_as_it_is(db: sqlite3.Connection, path: Path) -> None:
    """Attach a file for reading only, together with the log that a killed run leaves behind."""
    path = path.resolve()  # the log is beside the file, not beside a link to it
    has_log = path.with_name(path.name + "-wal").exists()
    way = "mode=ro" if has_log else "immutable=1"
    db.execute(f"ATTACH ? AS {_SCHEMA}", (f"{uri_of(path)}?{way}",))


def uri_of(path: PurePath) -> str:
    """Return the URI of an absolute path for SQLite, which refuses the name of a host."""
    uri = path.as_uri()
    return uri if uri.startswith("file:///") else uri.replace("file:", "file://", 1)


def is_of_this_version(db: sqlite3.Connection) -> bool:
    """Return whether the same code wrote the contents of the attached file."""
    if not _is_ours(db):
        return False
    return bool(db.execute("SELECT text FROM version").fetchone() == (digest_code(READING),))


def _is_ours(db: sqlite3.Connection) -> bool:
    found = db.execute(f"PRAGMA {_SCHEMA}.application_id").fetchone()
    return bool(found == (_APPLICATION_ID,))


def _set_aside(path: Path) -> Path:
    """Move an unusable file out of the way, and delete what belongs to it."""
    aside = path.with_name(f"{path.name}.damaged")
    path.replace(aside)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    return aside
