"""Keep what earlier runs read, saw and concluded, in one SQLite file that may always be deleted.

The cache only answers for what cannot have changed unnoticed: a record whose files are the same, a
network with the same ``modificationTime``, a verdict with the same grounds. If something is wrong
with the file, this costs time and nothing else.

Short rows say what is known about each record and network. Contents are in tables of their own, so
that a run which does not need them does not read past them.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from enum import Enum
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple, Self

from sync.model import Layout, Network, NetworkId, RecordId, Summary
from sync.state.code import READING, digest_code
from sync.state.codec import decode_network, encode_network, pack, unpack
from sync.state.database import (
    DATABASE_ERRORS,
    Row,
    find_tables,
    is_as_written,
    is_damage,
    with_checksum,
)
from sync.state.encoded_record import EncodedRecord, RecordRow
from sync.state.folder import make_folder

logger = logging.getLogger(__name__)

APPLICATION_ID = 0x6E64786B
FILE_NAME = "cache.db"
"""The name of the file in a state folder."""

BUSY_TIMEOUT_S = 10.0
_WRITTEN_AT_ONCE = 500
_FOUND_AT_ONCE = 500
# Contents have 1 to 3 kB; on the usual pages of 4 kB many would need a second page.
_PAGE_BYTES = 16_384
_TABLES = """\
CREATE TABLE version (text TEXT NOT NULL) STRICT;
CREATE TABLE record (
  settings TEXT NOT NULL, path BLOB NOT NULL, id TEXT NOT NULL, layout TEXT NOT NULL, network TEXT,
  stamp TEXT NOT NULL, digest BLOB NOT NULL, kept_ms INTEGER NOT NULL, checksum INTEGER NOT NULL,
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
    "record": "settings, path, id, layout, network, stamp, digest, kept_ms, checksum",
    "record_data": "settings, path, digest, data, kept_ms, checksum",
    "network": "server, id, facts, claims, claims_by, kept_ms, checksum",
    "network_data": "server, id, modified_ms, node_count, data, kept_ms, checksum",
    "verdict": "scope, path, grounds, result, kept_ms, checksum",
}
"""The tables, each with its columns; the first two columns are the key."""

Value = str | bytes | int | None
"""The values of a row."""

_LAYOUTS = {each.value: each for each in Layout}


class Reuse(Enum):
    """Whether the contents of the file are used, or only written again (``--refresh``)."""

    YES = "yes"
    REFRESH = "refresh"


class KnownNetwork(NamedTuple):
    """A network as an earlier run saw it: a digest of its summary, and the record it claims."""

    facts: bytes
    claims: RecordId | None
    claims_by: str | None


class KeptVerdict(NamedTuple):
    """An encoded verdict of an earlier run, and a digest of everything it was reached from."""

    grounds: bytes
    result: bytes


class Cache:
    """Records, networks and verdicts of earlier runs, open while it is entered.

    May be used from several threads. Without a database it keeps nothing and finds nothing.
    ``now_ms`` gives the time in epoch milliseconds: if two files have the same row, the one kept
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
        self.server = server
        self._reuse = reuse
        self._now_ms = now_ms
        self._db: sqlite3.Connection | None = None
        self._unwritten: dict[str, list[Row]] = defaultdict(list)
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
        """Whether it keeps anything."""
        return self._db is not None

    @property
    def refreshes(self) -> bool:
        """Whether everything is read and compared again, to check what was kept."""
        return self._reuse is Reuse.REFRESH

    def flush(self) -> None:
        """Write what was kept so far, so that it can be found."""
        with self._lock:
            self._flush()

    def find_records(self, paths: Sequence[str], settings: str) -> dict[str, tuple[RecordRow, str]]:
        """Return the records read at these paths under these settings, as far as they are kept.

        Each comes with the fingerprint of its files then.
        """
        found: dict[str, tuple[RecordRow, str]] = {}
        for part in _parts([] if self.refreshes else paths):
            asked = {os.fsencode(path): path for path in part}
            for row in self._find("record", settings, asked.keys()):
                if (kept := _take_up(asked[row[1]], row)) is not None:
                    found[kept[0].path] = kept
        return found

    def keep_record(self, record: EncodedRecord, settings: str) -> None:
        """Keep a record for the next run."""
        self.keep_row(record.row, record.fingerprint, settings)
        path, digest = os.fsencode(record.row.path), record.row.digest
        self._keep("record_data", settings, path, digest, record.data)

    def keep_row(self, row: RecordRow, fingerprint: str, settings: str) -> None:
        """Keep what is new about a record whose content is kept already."""
        label = (row.id, row.layout, row.network)
        self._keep("record", settings, os.fsencode(row.path), *label, fingerprint, row.digest)

    def find_record_data(self, row: RecordRow, settings: str) -> bytes | None:
        """Return a record's content, None if it is not kept or another run has replaced it."""
        asked = {os.fsencode(row.path)}
        for _, _, digest, data, *_ in self._find("record_data", settings, asked):
            if digest == row.digest and isinstance(data, bytes):
                return data
        return None

    def find_known(self, networks: Sequence[NetworkId]) -> dict[NetworkId, KnownNetwork]:
        """Return what is known about networks of this server; in a refresh nothing is known."""
        if self.refreshes:
            return {}
        return {
            NetworkId(row[1]): KnownNetwork(*row[2:5])
            for part in _parts(networks)
            for row in self._find("network", self.server, {*part})
        }

    def keep_known(self, network: NetworkId, known: KnownNetwork) -> None:
        """Keep what a summary says about a network, for the next run."""
        self._keep("network", self.server, network, *known)

    def find_network(self, summary: Summary) -> Network | None:
        """Return the content that this server had at the summary's time and node count.

        Also None if the summary shows a load that has not ended, or has failed: then the time is
        already that of the new content (contract 3.9).
        """
        if not is_settled(summary) or self.refreshes:
            return None
        for _, _, modified_ms, nodes, data, *_ in self._find(
            "network_data", self.server, {summary.id}
        ):
            if (modified_ms, nodes) == (summary.modified_ms, summary.node_count):
                with suppress(ValueError, TypeError):
                    return decode_network(unpack(data))
        return None

    def keep_network(self, summary: Summary, network: Network) -> None:
        """Keep a content for the next run, if the summary is that of a finished load."""
        if is_settled(summary) and self.keeps:
            key = (self.server, summary.id, summary.modified_ms, summary.node_count)
            self._keep("network_data", *key, pack(encode_network(network)))

    def find_verdicts(self, paths: Sequence[str], scope: bytes) -> dict[str, KeptVerdict]:
        """Return the verdicts on the records at these paths, whatever their grounds were."""
        found = {}
        for part in _parts(paths):
            asked = {os.fsencode(path): path for path in part}
            for row in self._find("verdict", scope, asked.keys()):
                found[asked[row[1]]] = KeptVerdict(*row[2:4])
        return found

    def keep_verdict(self, path: str, scope: bytes, kept: KeptVerdict) -> None:
        """Keep a verdict for the next run."""
        self._keep("verdict", scope, os.fsencode(path), *kept)

    def _find(self, table: str, of: Value, keys: AbstractSet[Value]) -> Iterator[Row]:
        """Yield the rows with these keys whose checksum fits.

        Rows of one run are adjacent and are fetched together, in three quarters of the time. If
        many others are in between, as for one shard of several, each is looked up separately.
        """
        columns, most = KEPT[table], 2 * len(keys)
        of_name, key = columns.split(", ")[:2]
        query = f"SELECT {columns} FROM {table} WHERE {of_name}=? AND {key} "  # noqa: S608 - ours
        ends = (min(keys), max(keys))  # type: ignore[type-var]
        rows = self._fetch(f"{query} BETWEEN ? AND ? LIMIT ?", (of, *ends, most))
        if len(rows) == most:
            rows = self._fetch(f"{query} IN ({','.join('?' * len(keys))})", (of, *keys))
        return (row for row in rows if row[1] in keys and is_as_written(row))

    def _fetch(self, query: str, key: tuple[Value, ...]) -> list[Row]:
        with self._lock:
            if self._db is None:
                return []
            try:
                return self._db.execute(query, key).fetchall()
            except DATABASE_ERRORS as error:
                self._fail(error)
                return []

    def _keep(self, table: str, *values: Value) -> None:
        row = (*values, self._now_ms())
        with self._lock:
            if self._db is None:
                return
            try:
                row = with_checksum(row)
            except UnicodeEncodeError:  # half a surrogate pair: such a row is not kept
                return
            self._unwritten[table].append(row)
            if len(self._unwritten[table]) >= _WRITTEN_AT_ONCE:
                self._flush()

    def _flush(self) -> None:
        """Write all at once, so that another run never has to wait long for the file."""
        if self._db is None or not self._unwritten:
            return
        try:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                for table, rows in self._unwritten.items():
                    marks = ",".join("?" * len(rows[0]))
                    statement = f"INSERT OR REPLACE INTO {table} VALUES ({marks})"  # noqa: S608
                    self._db.executemany(statement, rows)
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
        """Go on after an error: without the file, or with a new one if it is damaged."""
        self._close()
        if self._path is not None and is_damage(error, self._path):
            self._rebuild(self._path, error)
        else:
            self._go_without(error)

    def _rebuild(self, path: Path, error: Exception) -> None:
        try:
            aside = _set_aside(path)
            logger.warning("%s is damaged (%s): moved to %s and rebuilt", path, error, aside)
            self._db = open_database(path)
        except (OSError, *DATABASE_ERRORS) as again:
            self._go_without(again)

    def _go_without(self, error: Exception) -> None:
        logger.warning("%s cannot be used (%s): the run goes on without it", self._path, error)

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


FORGETFUL: Final = Cache()
"""Keeps nothing and finds nothing, for runs without state."""


def open_database(path: Path) -> sqlite3.Connection:
    """Open the file and empty it unless the same code wrote its contents.

    Raises:
        OSError, sqlite3.OperationalError: it cannot be opened or written.
        sqlite3.DatabaseError, UnicodeDecodeError: it is damaged, or not a cache.
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
    if tables and db.execute("SELECT text FROM version").fetchone() == (digest_code(READING),):
        if find_tables(db) != _TABLES.split(";\n"):
            raise sqlite3.DatabaseError("its tables were changed")
        return
    with db:
        db.execute("BEGIN IMMEDIATE")
        for name in tables:
            db.execute(f"DROP TABLE {name}")
        for statement in _TABLES.split(";\n"):
            db.execute(statement)
        db.execute("INSERT INTO version VALUES (?)", (digest_code(READING),))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _set_aside(path: Path) -> Path:
    """Move an unusable file out of the way, and delete what belongs to it."""
    aside = path.with_name(f"{path.name}.damaged")
    path.replace(aside)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    return aside


def is_settled(summary: Summary) -> bool:
    """Return whether no load is running: until it ends, time and file are of different contents.

    ``completed`` may stay false forever, and may be true before an upload is read (contract 3.3);
    such a network is read each time.
    """
    return summary.completed and summary.valid is not False and summary.error_message is None


def _parts(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[at : at + _FOUND_AT_ONCE] for at in range(0, len(keys), _FOUND_AT_ONCE))


def _take_up(path: str, row: Row) -> tuple[RecordRow, str] | None:
    """Return the record of a row, None if no version of ours wrote it like this."""
    _, _, record, name, network, fingerprint, digest, *_ = row
    layout = _LAYOUTS.get(name)
    has_network = network is None or isinstance(network, str)
    texts = isinstance(record, str) and isinstance(fingerprint, str)
    if layout is None or not (has_network and texts and isinstance(digest, bytes)):
        return None
    return RecordRow(path, RecordId(record), layout, network, digest), fingerprint
