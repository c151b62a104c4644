"""The journal's file: its tables, whether it is intact, and the meaning of its errors."""

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
    """Turn errors of the file or the disk into ours.

    Raises:
        StateDamaged: the file was damaged.
        DiskFull: there is no room.
        ConfigError: the file cannot be used.
    """
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # a mistake of ours: what should be written does not fit
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
        "without it, it is not known which networks earlier runs left unlocked, and "
        "what they did cannot be undone",
        "Restore it from a copy; without one, read what ndex-sync check reports, then move the "
        "journal and the folder backups beside it away",
    )


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new journal, or check that an older one is intact.

    Raises:
        ConfigError: it is not a journal of this version.
        StateDamaged: it was damaged, or is missing although there are backups.
    """
    fresh = not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if fresh and has_backups(path.parent):
        raise damaged(path, "it is empty, but there are backups of earlier runs")
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
    """Refuse files of others, and a journal with a part missing: all of it is read."""
    if _pragma(db, "application_id") != APPLICATION_ID:
        raise ConfigError(f"{path}: this is not a journal of ndex-sync; give another --state")
    if (version := _pragma(db, "user_version")) != VERSION:
        raise ConfigError(
            f"{path}: a journal of version {version}, expected {VERSION}; use the ndex-sync that "
            f"wrote it, or finish its runs there with: ndex-sync apply PLAN, and move "
            f"{path.parent} away"
        )
    if find_tables(db) != _TABLES.split(";\n"):
        raise damaged(path, "its tables were changed")
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
