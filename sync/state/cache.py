"""The database of a run: its temporary data, and what earlier runs read, saw and concluded.

What earlier runs kept is in one file that may always be deleted. It only answers for what cannot
have changed unnoticed: a record whose files are the same, a network with the same
``modificationTime``, a verdict with the same grounds. If something is wrong with the file, this
costs time and nothing else.

Short rows say what is known about each record and network. Contents are in tables of their own, so
that a run which does not need them does not read past them.
"""

from __future__ import annotations

import os
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
from sync.state.codec import (
    decode_network,
    decode_summary,
    encode_network,
    encode_summary,
    pack,
    unpack,
)
from sync.state.database import Row, is_as_written, with_checksum
from sync.state.encoded_record import EncodedRecord, RecordRow
from sync.state.kept_file import KEPT, KeptFile
from sync.state.temporary import TemporaryDatabase

FILE_NAME = "cache.db"
"""The name of the file in a state folder."""

_WRITTEN_AT_ONCE = 500
_FOUND_AT_ONCE = 500
_OWN_TABLES = """\
CREATE TABLE fresh_record (
  settings TEXT NOT NULL, path BLOB NOT NULL, digest BLOB NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (settings, path));
CREATE TABLE summary (network TEXT PRIMARY KEY, data BLOB NOT NULL)"""

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
    """The database of a run, open while it is entered, and the file of what earlier runs kept.

    May be used from several threads. Without a file it keeps nothing and finds nothing. Temporary
    data is in ``own``, and stays if something is wrong with the file.
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
        self._own: TemporaryDatabase | None = None
        self._file: KeptFile | None = None
        self._unwritten: dict[str, list[Row]] = defaultdict(list)
        self._lock = Lock()

    def __enter__(self) -> Self:
        self._own = TemporaryDatabase(_OWN_TABLES)
        if self._path is not None:
            self._file = KeptFile(self._own, self._path)
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()
        self.own.close()
        self._own = self._file = None

    @property
    def own(self) -> TemporaryDatabase:
        """The temporary data of this run."""
        if self._own is None:
            raise ValueError("the cache is not open")
        return self._own

    @property
    def has_file(self) -> bool:
        """Whether there is a file in which something may be found."""
        return self._file is not None and self._file.is_open

    @property
    def keeps(self) -> bool:
        """Whether it keeps anything."""
        return self._file is not None and self._file.is_writable

    @property
    def refreshes(self) -> bool:
        """Whether everything is read and compared again, to check what was kept."""
        return self._reuse is Reuse.REFRESH

    def flush(self) -> None:
        """Write what was kept so far, so that it can be found."""
        with self._lock:
            self._flush()

    def add_summaries(self, summaries: Iterable[Summary]) -> None:
        """Store full summaries for this run; the last one for a network counts."""
        self.own.write(
            "INSERT OR REPLACE INTO summary VALUES (?, ?)",
            ((each.id, encode_summary(each)) for each in summaries),
        )

    def find_summary(self, network: NetworkId) -> Summary | None:
        """Return a network's summary, None if it was not stored."""
        found = self.own.read("SELECT data FROM summary WHERE network = ?", network)
        return decode_summary(found[0][0]) if found else None

    def find_records(self, paths: Sequence[str], settings: str) -> dict[str, tuple[RecordRow, str]]:
        """Return the records read at these paths under these settings, as far as they are kept.

        Each comes with the fingerprint of its files then.
        """
        found: dict[str, tuple[RecordRow, str]] = {}
        for part in _parts([] if self.refreshes else paths):
            asked = {os.fsencode(path): path for path in part}
            for row in self._find("record", settings, asked.keys()):
                if (kept := _read_record_row(asked[row[1]], row)) is not None:
                    found[kept[0].path] = kept
        return found

    def keep_record(self, record: EncodedRecord, settings: str) -> None:
        """Keep a record for the next run, or only for this one if it has no reliable digest."""
        if record.row.digest:
            self.keep_row(record.row, record.fingerprint, settings)
        self.keep_record_data(record, settings)

    def keep_record_data(self, record: EncodedRecord, settings: str) -> None:
        """Keep the content of a record whose row is kept already, or cannot be kept."""
        path, digest = os.fsencode(record.row.path), record.row.digest
        if digest and self.keeps:
            self._keep("record_data", settings, path, digest, record.data)
        else:
            statement = "INSERT OR REPLACE INTO fresh_record VALUES (?, ?, ?, ?)"
            self.own.write(statement, [(settings, path, digest, record.data)])

    def keep_row(self, row: RecordRow, fingerprint: str, settings: str) -> None:
        """Keep a record in short, with the fingerprint of its files."""
        label = (row.id, row.layout, row.network)
        self._keep("record", settings, os.fsencode(row.path), *label, fingerprint, row.digest)

    def find_record_data(self, row: RecordRow, settings: str) -> bytes | None:
        """Return a record's content, None if neither place has it or another run replaced it."""
        path = os.fsencode(row.path)
        for _, _, digest, data, *_ in self._find("record_data", settings, {path}):
            if digest == row.digest and isinstance(data, bytes):
                return data
        if self._own is None:
            return None
        query = "SELECT data FROM fresh_record WHERE settings = ? AND path = ? AND digest = ?"
        found = self._own.read(query, settings, path, row.digest)
        return found[0][0] if found else None

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
        return [] if self._file is None else self._file.read(query, key)

    def _keep(self, table: str, *values: Value) -> None:
        if not self.keeps:
            return
        try:
            row = with_checksum((*values, self._now_ms()))
        except UnicodeEncodeError:  # half a surrogate pair: such a row is not kept
            return
        with self._lock:
            self._unwritten[table].append(row)
            if len(self._unwritten[table]) >= _WRITTEN_AT_ONCE:
                self._flush()

    def _flush(self) -> None:
        if self._file is not None:
            self._file.write(self._unwritten)
        self._unwritten.clear()


FORGETFUL: Final = Cache()
"""Keeps nothing and finds nothing, for runs without state."""


def is_settled(summary: Summary) -> bool:
    """Return whether no load is running: until it ends, time and file are of different contents.

    ``completed`` may stay false forever, and may be true before an upload is read (contract 3.3);
    such a network is read each time.
    """
    return summary.completed and summary.valid is not False and summary.error_message is None


def _parts(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[at : at + _FOUND_AT_ONCE] for at in range(0, len(keys), _FOUND_AT_ONCE))


def _read_record_row(path: str, row: Row) -> tuple[RecordRow, str] | None:
    """Return the record of a row, None if no version of ours wrote it like this."""
    _, _, record, name, network, fingerprint, digest, *_ = row
    layout = _LAYOUTS.get(name)
    has_network = network is None or isinstance(network, str)
    texts = isinstance(record, str) and isinstance(fingerprint, str)
    if layout is None or not (has_network and texts and isinstance(digest, bytes)):
        return None
    return RecordRow(path, RecordId(record), layout, network, digest), fingerprint
