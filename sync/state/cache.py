"""What earlier runs read and saw, in one SQLite file that may be deleted at any time.

The cache answers only for what cannot have changed unseen: a record whose files are the same, a
network whose ``modificationTime`` is. It is no part of a verdict: whatever is wrong with the file
costs time and nothing else.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from enum import Enum
from pathlib import Path
from threading import Lock
from typing import Final, Self

from msgspec import Struct

from sync.model import Layout, Network, RecordId, Summary
from sync.state.codec import decode_network, encode_network
from sync.state.database import (
    DATABASE_ERRORS,
    Row,
    find_tables,
    is_as_written,
    is_damage,
    with_checksum,
)
from sync.state.encoded_record import EncodedRecord
from sync.state.folder import make_folder
from sync.version import __version__

logger = logging.getLogger(__name__)

APPLICATION_ID = 0x6E64786B
CONTENTS = 7
"""Raised whenever records or networks are read or kept in another way than before."""

VERSION = f"{CONTENTS} of ndex-sync {__version__}"
"""What a file must say of itself to be used; any other is emptied and filled anew."""

FILE_NAME = "cache.db"
"""What the file is called in a state folder."""

BUSY_TIMEOUT_S = 10.0
_WRITTEN_AT_ONCE = 500
# Most rows are of 2 to 6 kB; on pages of the usual 4 kB each would spill over to others.
_PAGE_BYTES = 16_384
_FOUND_AT_ONCE = 500
_TABLES = """\
CREATE TABLE version (text TEXT NOT NULL) STRICT;
CREATE TABLE record (
  path BLOB NOT NULL, settings TEXT NOT NULL, id TEXT NOT NULL, layout TEXT NOT NULL, network TEXT,
  stamp TEXT NOT NULL, digest BLOB NOT NULL, data BLOB NOT NULL, kept_ms INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (path, settings)) STRICT;
CREATE TABLE network (
  server TEXT NOT NULL, id TEXT NOT NULL, modified_ms INTEGER NOT NULL,
  node_count INTEGER NOT NULL, data BLOB NOT NULL, kept_ms INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (server, id)) STRICT"""
_KEEP_RECORD = "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_KEEP_NETWORK = "INSERT OR REPLACE INTO network VALUES (?, ?, ?, ?, ?, ?, ?)"
RECORDS = (
    "SELECT path, settings, id, layout, network, stamp, digest, data, kept_ms, checksum FROM record"
)
"""Asks for all rows of records, each with all columns in their order."""

NETWORKS = "SELECT server, id, modified_ms, node_count, data, kept_ms, checksum FROM network"
"""Asks for all rows of networks, each with all columns in their order."""

_FIND_RECORDS = f"{RECORDS} WHERE settings=? AND path IN ({{}})"
_FIND_RECORDS_BETWEEN = f"{RECORDS} WHERE settings=? AND path BETWEEN ? AND ? LIMIT ?"
_FIND_NETWORK = f"{NETWORKS} WHERE server=? AND id=? AND modified_ms=? AND node_count=?"

Value = str | bytes | int | None
"""What a row is made of."""

_LAYOUTS = {each.value: each for each in Layout}


class Reuse(Enum):
    """Whether what the file holds is used, or only written anew (``--refresh``)."""

    YES = "yes"
    REFRESH = "refresh"


class KeptRecord(Struct, frozen=True, gc=False):
    """A record as it was read, and what its files were like then.

    ``fingerprint`` is ``""`` where the files were too fresh for their times to tell anything.
    """

    encoded: EncodedRecord
    fingerprint: str
    digest: bytes


class Cache:
    """Records and contents of earlier runs, open while it is entered.

    May be used from several threads. Without a database it keeps nothing and finds nothing.
    ``now_ms`` tells the time, in epoch milliseconds: of a row that two files have, the one kept
    later counts.
    """

    def __init__(
        self,
        path: Path | None = None,
        server: str = "",
        reuse: Reuse = Reuse.YES,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._path = path
        self._server = server
        self._reuse = reuse
        self._now_ms = now_ms
        self._db: sqlite3.Connection | None = None
        self._unwritten: list[tuple[str, tuple[Value, ...]]] = []
        self._lock = Lock()

    def __enter__(self) -> Self:
        with self._lock:
            self._open()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._flush()
            self._close()

    @property
    def keeps(self) -> bool:
        """Whether there is any sense in giving it something to keep."""
        return self._db is not None

    def find_records(self, paths: Sequence[str], settings: str) -> dict[str, KeptRecord]:
        """Return what was read at these paths under these settings, as far as it is kept."""
        found = {}
        for start in range(0, len(paths), _FOUND_AT_ONCE):
            asked = {os.fsencode(path): path for path in paths[start : start + _FOUND_AT_ONCE]}
            for row in self._fetch_records(asked, settings):
                if (path := asked.get(row[0])) is not None and (kept := _take_up(path, row)):
                    found[path] = kept
        return found

    def keep_record(self, kept: KeptRecord, settings: str) -> None:
        """Keep a record for the next run."""
        encoded = kept.encoded
        key = (os.fsencode(encoded.path), settings)
        label = (encoded.id, encoded.layout, encoded.network)
        self._keep(_KEEP_RECORD, (*key, *label, kept.fingerprint, kept.digest, encoded.data))

    def find_network(self, summary: Summary) -> Network | None:
        """Return the content that this server had under the summary's time and node count.

        None as well while the summary tells of a load that has not ended, or has failed: then
        the time is already that of the new content (contract 3.9).
        """
        if not _is_settled(summary):
            return None
        key = (self._server, summary.id, summary.modified_ms, summary.node_count)
        for row in self._fetch(_FIND_NETWORK, key):
            if is_as_written(row):
                *_, data, _, _ = row
                with suppress(ValueError, TypeError):
                    return decode_network(data)
        return None

    def keep_network(self, summary: Summary, network: Network) -> None:
        """Keep a content for the next run, if the summary is that of a finished load."""
        if not _is_settled(summary):
            return
        key = (self._server, summary.id, summary.modified_ms, summary.node_count)
        self._keep(_KEEP_NETWORK, (*key, encode_network(network)))

    def _fetch_records(self, keys: Collection[bytes], settings: str) -> list[Row]:
        """Return the rows of records.

        Those of one run lie next to each other and are fetched so, in three quarters of the time.
        Where many others lie between, as for one shard of several, each is looked up besides.
        """
        most = 2 * len(keys)
        rows = self._fetch(_FIND_RECORDS_BETWEEN, (settings, min(keys), max(keys), most))
        if len(rows) < most:
            return [row for row in rows if row[0] in keys]
        return self._fetch(_FIND_RECORDS.format(",".join("?" * len(keys))), (settings, *keys))

    def _fetch(self, query: str, key: tuple[Value, ...]) -> list[Row]:
        with self._lock:
            if self._db is None or self._reuse is Reuse.REFRESH:
                return []
            try:
                return self._db.execute(query, key).fetchall()
            except DATABASE_ERRORS as error:
                self._fail(error)
                return []

    def _keep(self, statement: str, values: tuple[Value, ...]) -> None:
        row = (*values, self._now_ms())
        with self._lock:
            if self._db is None:
                return
            self._unwritten.append((statement, with_checksum(row)))
            if len(self._unwritten) >= _WRITTEN_AT_ONCE:
                self._flush()

    def _flush(self) -> None:
        """Write all at once, so that another run never has to wait long for the file."""
        if self._db is None or not self._unwritten:
            return
        try:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                for statement, values in self._unwritten:
                    self._db.execute(statement, values)
        except DATABASE_ERRORS as error:
            self._fail(error)
        self._unwritten.clear()

    def _open(self) -> None:
        if self._path is None:
            return
        try:
            self._db = open_database(self._path)
        except OSError as error:
            self._go_without(error)
        except DATABASE_ERRORS as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """Go on after an error: without the file, or with a new one where it is damaged."""
        self._close()
        if self._path is not None and is_damage(error, self._path):
            self._rebuild(self._path, error)
        else:
            self._go_without(error)

    def _rebuild(self, path: Path, error: Exception) -> None:
        try:
            aside = _set_aside(path)
            logger.warning(
                "%s is damaged (%s): set aside as %s and made anew; delete that", path, error, aside
            )
            self._db = open_database(path)
        except (OSError, *DATABASE_ERRORS) as again:
            self._go_without(again)

    def _go_without(self, error: Exception) -> None:
        logger.warning("%s cannot be used (%s): going on without", self._path, error)

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


FORGETFUL: Final = Cache()
"""Keeps nothing and finds nothing, for runs without state."""


def open_database(path: Path) -> sqlite3.Connection:
    """Open the file and empty it unless it is of this version.

    Raises:
        OSError, sqlite3.OperationalError: it cannot be opened or written.
        sqlite3.DatabaseError, UnicodeDecodeError: it is damaged, or no cache at all.
    """
    make_folder(path.parent)
    db = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    try:
        _prepare(db)
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection) -> None:
    db.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    found = db.execute("PRAGMA application_id").fetchone()[0]
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    if tables and found != APPLICATION_ID:
        raise sqlite3.DatabaseError("it is the database of another program")
    if tables and db.execute("SELECT text FROM version").fetchone() == (VERSION,):
        if find_tables(db) != _TABLES.split(";\n"):
            raise sqlite3.DatabaseError("its tables are not as they were made")
        return
    with db:
        db.execute("BEGIN IMMEDIATE")
        for name in tables:
            db.execute(f"DROP TABLE {name}")
        for statement in _TABLES.split(";\n"):
            db.execute(statement)
        db.execute("INSERT INTO version VALUES (?)", (VERSION,))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _set_aside(path: Path) -> Path:
    """Move a file that cannot be used out of the way, and drop what belongs to it."""
    aside = path.with_name(f"{path.name}.damaged")
    path.replace(aside)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    return aside


def _is_settled(summary: Summary) -> bool:
    """Whether no load is under way: until one ends the time is of one content, the file of another.

    ``completed`` may stay false for ever, and may be true before an upload is read (contract 3.3);
    such a network is read each time.
    """
    return summary.completed and summary.valid is not False and summary.error_message is None


def _take_up(path: str, row: Row) -> KeptRecord | None:
    """Return the record of a row, None where it is damaged or no version of ours wrote it so."""
    _, _, record, name, network, fingerprint, digest, data, _, _ = row
    layout = _LAYOUTS.get(name)
    if layout is None or not is_as_written(row):
        return None
    has_network = network is None or isinstance(network, str)
    if not has_network or not isinstance(record, str) or not isinstance(data, bytes):
        return None
    return KeptRecord(
        EncodedRecord(path, RecordId(record), layout, network, data), fingerprint, digest
    )
