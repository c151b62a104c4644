"""The journal's file: its tables, whether it is whole, and what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.errors import ConfigError, DiskFull, NdexSyncError, StateDamaged
from sync.state.backup import has_backups
from sync.state.database import DATABASE_ERRORS, find_tables, is_damage, is_full

APPLICATION_ID = 0x6E64786A
VERSION = 4
_TABLES = """\
CREATE TABLE run (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL, server TEXT NOT NULL,
  account TEXT NOT NULL, collection TEXT NOT NULL, records INTEGER NOT NULL,
  complete INTEGER NOT NULL, started_ms INTEGER NOT NULL, finished_ms INTEGER,
  checksum INTEGER NOT NULL) STRICT;
CREATE TABLE action (
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE, number INTEGER NOT NULL,
  data BLOB NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY (run, number)) STRICT;
CREATE TABLE outcome (
  run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE, action INTEGER NOT NULL,
  outcome TEXT NOT NULL, message TEXT NOT NULL, at_ms INTEGER NOT NULL, checksum INTEGER NOT NULL,
  PRIMARY KEY (run, action)) STRICT;
CREATE TABLE entry (
  number INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
  action INTEGER NOT NULL, moment TEXT NOT NULL, step TEXT NOT NULL, network TEXT,
  modified_ms INTEGER, note TEXT NOT NULL, at_ms INTEGER NOT NULL,
  checksum INTEGER NOT NULL) STRICT;
CREATE INDEX entry_of_action ON entry (run, action)"""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Make an error of ours of what the file or the disk does not allow.

    Raises:
        StateDamaged: the file is not as it was written.
        DiskFull: there is no room.
        ConfigError: the file cannot be used.
    """
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # a mistake of ours: what was to be written does not fit
    except DATABASE_ERRORS as error:
        raise _explain(error, path) from error


def _explain(error: Exception, path: Path) -> NdexSyncError:
    if is_full(error):
        return DiskFull(str(path))
    if is_damage(error, path):
        return damaged(path, str(error))
    return ConfigError(f"{path}: the journal cannot be used: {error}")


def damaged(path: Path, found: str) -> StateDamaged:
    """Return the error that says what is damaged, what is lost, and what to do."""
    return StateDamaged(
        str(path),
        found,
        "it says what earlier runs began, so nobody knows which networks they left unlocked, and "
        "what they did cannot be undone",
        "Put a copy of it back; without one, look at what ndex-sync check reports, then move the "
        "journal and the folder backups beside it away",
    )


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new journal, or see that an older one is whole.

    Raises:
        ConfigError: it is not a journal of this version.
        StateDamaged: it is not as it was written, or gone while the backups are there.
    """
    fresh = not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if fresh and has_backups(path.parent):
        raise damaged(path, "it is empty, and there are backups of earlier runs")
    if fresh and path.stat().st_size:
        raise damaged(path, "it is cut short")
    if fresh:
        _create(db)
    else:
        _require_ours(db, path)
    # Not before there are tables: a file that has bytes and no tables is a damaged one.
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA foreign_keys = ON")


def _require_ours(db: sqlite3.Connection, path: Path) -> None:
    """Refuse the files of others, and one of ours that lost a part: all of it is looked at."""
    if _pragma(db, "application_id") != APPLICATION_ID:
        raise ConfigError(f"{path}: this is not a journal of ndex-sync; give another --state")
    if (version := _pragma(db, "user_version")) != VERSION:
        raise ConfigError(
            f"{path}: a journal of version {version}, needed is {VERSION}; use the ndex-sync that "
            f"wrote it, or finish its runs there with: ndex-sync apply PLAN, and move "
            f"{path.parent} away"
        )
    if find_tables(db) != _TABLES.split(";\n"):
        raise damaged(path, "its tables are not as they were made")
    if (found := _pragma(db, "integrity_check")) != "ok":
        raise damaged(path, str(found))


def _create(db: sqlite3.Connection) -> None:
    db.execute("BEGIN IMMEDIATE")
    for statement in _TABLES.split(";\n"):
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("COMMIT")


def _pragma(db: sqlite3.Connection, name: str) -> object:
    return db.execute(f"PRAGMA {name}").fetchone()[0]
