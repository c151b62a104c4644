"""Read records, unchanged ones from the cache.

A kept record is only used while every file that it was read from is the same: by size and times if
those are reliable, else by content, as in a fresh checkout. Records that cannot be read are read
again each time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import orjson

from sync.errors import RecordError
from sync.model import InvalidRecord, Layout, Record
from sync.records.fingerprint import (
    Folders,
    digest_files,
    has_fingerprint,
    sources_of,
    take_fingerprint,
)
from sync.records.organisms import Organisms
from sync.records.read import read_record
from sync.state.cache import FORGETFUL, Cache
from sync.state.encoded_record import FreshRecord, RecordRow, open_record


@dataclass(frozen=True, slots=True)
class RecordSource:
    """Where records are read from, and in which layout; ``layout`` None detects it file by file.

    ``clock`` gives the time in nanoseconds since the epoch, as file systems do.
    """

    root: Path
    layout: Layout | None
    organisms: Organisms
    clock: Callable[[], int] = time.time_ns

    @property
    def settings(self) -> str:
        """The settings that a record depends on, as a short text."""
        wanted = (self.layout, sorted(self.organisms.taxa), sorted(self.organisms.names))
        return blake2b(orjson.dumps(wanted), digest_size=16).hexdigest()


def read_records(
    source: RecordSource, paths: Iterable[str], cache: Cache = FORGETFUL
) -> list[Record | InvalidRecord]:
    """Read records; a bad one is a value, never an exception.

    Raises:
        StateForged: the cache has forged contents.
    """
    read = read_rows(source, paths, cache)
    cache.flush()
    return [_open(each, source, cache) for each in read]


def _open(
    read: RecordRow | FreshRecord | InvalidRecord, source: RecordSource, cache: Cache
) -> Record | InvalidRecord:
    match read:
        case RecordRow():
            return open_row(read, source, cache)
        case FreshRecord():
            return read.record
        case _:
            return read


def open_row(row: RecordRow, source: RecordSource, cache: Cache) -> Record | InvalidRecord:
    """Return the record of a row: from the cache, or else its files.

    Those are read again if the cache has the row only, or another run has kept the record in
    another state meanwhile. Then they must be as they were: what is concluded from the record is
    kept for that state of its files.

    Raises:
        StateForged: the cache has forged contents.
    """
    data = cache.find_record_data(row, source.settings)
    if data is not None:
        return open_record(row.path, data)
    read = read_to_keep(source, row.path)
    if isinstance(read, InvalidRecord):
        return read
    if read.row != row:
        return InvalidRecord(row.id, row.path, None, "changed while it was read: check it again")
    return read.record


def read_rows(
    source: RecordSource, paths: Iterable[str], cache: Cache
) -> list[RecordRow | FreshRecord | InvalidRecord]:
    """Read records in short; changed ones from their files."""
    known = find_unchanged(source, [*paths], cache, Folders(source.root))
    return [found or read_from_files(source, path, cache) for path, found in known.items()]


def find_unchanged(
    source: RecordSource, paths: Sequence[str], cache: Cache, folders: Folders
) -> dict[str, RecordRow | None]:
    """Return for each path the record from the cache, None if it must be read."""
    known: dict[str, RecordRow | None] = dict.fromkeys(paths)
    if cache.has_file:
        look_up = _LookUp(source, cache, source.settings, folders)
        for path, (row, fingerprint) in cache.find_records(paths, look_up.settings).items():
            known[path] = look_up.find_unchanged(row, fingerprint)
    return known


def read_from_files(source: RecordSource, path: str, cache: Cache) -> FreshRecord | InvalidRecord:
    """Read a record from its files, and give it to the cache."""
    if not cache.keeps:
        return read_to_use(source, path)
    read = read_to_keep(source, path)
    if isinstance(read, FreshRecord) and read.digest:
        cache.keep_row(read.row, read.fingerprint, source.settings)
    return read


def read_to_use(source: RecordSource, path: str) -> FreshRecord | InvalidRecord:
    """Read a record from its files for this run alone."""
    return _fresh(_read_outcome(source, path))


def read_to_keep(source: RecordSource, path: str) -> FreshRecord | InvalidRecord:
    """Read a record, with a digest to keep it by if its files were the same before and after.

    Only when its layout is known is it certain which files it was read from.
    """
    possible = sources_of(path, source.layout)
    before = take_fingerprint(source.root, possible)
    if before is None:
        return read_to_use(source, path)
    if not before.shows_changes(source.clock()):
        return _read_fresh_files(source, path, possible)
    outcome = _read_outcome(source, path)
    if isinstance(outcome, InvalidRecord):
        return outcome
    sources = sources_of(path, outcome.layout)
    digest = _digest(source.root, filter(before.has_file, sources))
    after = take_fingerprint(source.root, sources)
    if digest is None or after is None or not after.facts.items() <= before.facts.items():
        return FreshRecord(outcome)
    return FreshRecord(outcome, digest, after.text)


def _read_fresh_files(
    source: RecordSource, path: str, possible: Sequence[str]
) -> FreshRecord | InvalidRecord:
    """Read a record whose files changed just now: the next run can only compare their content."""
    before = _digest(source.root, possible)
    outcome = _read_outcome(source, path)
    if isinstance(outcome, InvalidRecord):
        return outcome
    digest = _digest(source.root, sources_of(path, outcome.layout))
    if digest is None or before is None or before != _digest(source.root, possible):
        return FreshRecord(outcome)
    return FreshRecord(outcome, digest)


def _read_outcome(source: RecordSource, path: str) -> Record | InvalidRecord:
    return read_record(source.root, path, source.layout, source.organisms)


def _fresh(outcome: Record | InvalidRecord) -> FreshRecord | InvalidRecord:
    return FreshRecord(outcome) if isinstance(outcome, Record) else outcome


@dataclass(frozen=True, slots=True)
class _LookUp:
    """What is needed to decide whether kept records are still those of their files."""

    source: RecordSource
    cache: Cache
    settings: str
    folders: Folders

    def find_unchanged(self, row: RecordRow, fingerprint: str) -> RecordRow | None:
        """Compare the times of its files, or their contents if the times are not reliable."""
        root = self.source.root
        if has_fingerprint(self.folders, row.path, row.layout, fingerprint):
            return row
        sources = sources_of(row.path, row.layout)
        now = take_fingerprint(root, sources)
        if now is None or _digest(root, sources) != row.digest:
            return None
        # Without a fingerprint while the files are so new that a change would not show.
        text = now.text if now.shows_changes(self.source.clock()) else ""
        self.cache.keep_row(row, text, self.settings)
        return row


def _digest(root: Path, sources: Iterable[str]) -> bytes | None:
    """Return None if a file cannot be read; then the record cannot be kept."""
    try:
        return digest_files(root, sources)
    except RecordError:
        return None
