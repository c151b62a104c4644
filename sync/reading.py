"""Read records, those that have not changed from the cache.

A kept record is used only while every file that it was read from is the same: by size and times
where those tell, else by content, as in a fresh checkout. Records that cannot be read are read
anew each time.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import orjson

from sync.errors import RecordError
from sync.model import InvalidRecord, Layout, Record
from sync.records.organisms import Organisms
from sync.records.read import read_record
from sync.records.stamp import Stamp, digest_files, sources_of, stamp_files
from sync.state.cache import FORGETFUL, Cache, KeptRecord


@dataclass(frozen=True, slots=True)
class RecordSource:
    """Where records are read from, and as what; ``layout`` None detects it file by file."""

    root: Path
    layout: Layout | None
    organisms: Organisms

    @property
    def settings(self) -> str:
        """What of the settings a record depends on, as a short text."""
        wanted = (self.layout, sorted(self.organisms.taxa), sorted(self.organisms.names))
        return blake2b(orjson.dumps(wanted), digest_size=16).hexdigest()


def read_records(
    source: RecordSource, paths: Iterable[str], cache: Cache = FORGETFUL
) -> list[Record | InvalidRecord]:
    """Read records; a bad one is a value, never an exception."""
    known = find_unchanged(source, paths, cache)
    return [found or read_anew(source, path, cache) for path, found in known.items()]


def find_unchanged(
    source: RecordSource, paths: Iterable[str], cache: Cache
) -> dict[str, Record | None]:
    """Return for each path the record from the cache, None where it has to be read."""
    if not cache.keeps:
        return dict.fromkeys(paths)
    settings = source.settings
    return {path: _find(source, path, cache, settings) for path in paths}


def read_anew(source: RecordSource, path: str, cache: Cache) -> Record | InvalidRecord:
    """Read a record from its files, and give it to the cache."""
    if not cache.keeps:
        return _read(source, path)
    fresh = read_to_keep(source, path)
    if isinstance(fresh, KeptRecord):
        cache.keep_record(fresh, source.settings)
        return fresh.record
    return fresh


def read_to_keep(source: RecordSource, path: str) -> KeptRecord | Record | InvalidRecord:
    """Read a record, ready to be kept if its files were the same before and after.

    Which files it was read from is known for certain only when its layout is.
    """
    possible = sources_of(path, source.layout)
    before = _digest(source.root, possible)
    record = _read(source, path)
    if before is not None and isinstance(record, Record):
        sources = sources_of(path, record.layout)
        stamp, digest = stamp_files(source.root, sources), _digest(source.root, sources)
        if stamp and digest and before == _digest(source.root, possible):
            return KeptRecord(record, _text_of(stamp), digest)
    return record


def _read(source: RecordSource, path: str) -> Record | InvalidRecord:
    return read_record(source.root, path, source.layout, source.organisms)


def _find(source: RecordSource, path: str, cache: Cache, settings: str) -> Record | None:
    kept = cache.find_record(path, settings)
    if kept is None or not _is_unchanged(source.root, kept, cache, settings):
        return None
    return kept.record


def _is_unchanged(root: Path, kept: KeptRecord, cache: Cache, settings: str) -> bool:
    """Look at the times of the record's files, and where those tell nothing at what they hold."""
    sources = sources_of(kept.record.path, kept.record.layout)
    stamp = stamp_files(root, sources)
    if stamp is None:
        return False
    if stamp.text == kept.stamp:
        return True
    if _digest(root, sources) != kept.digest:
        return False
    cache.keep_record(KeptRecord(kept.record, _text_of(stamp), kept.digest), settings)
    return True


def _text_of(stamp: Stamp) -> str:
    """Return "" while a change could go unseen, because the files were written just now."""
    return stamp.text if stamp.is_telling(time.time_ns()) else ""


def _digest(root: Path, sources: Iterable[str]) -> bytes | None:
    """Return None where a file cannot be read; then the record cannot be kept."""
    try:
        return digest_files(root, sources)
    except RecordError:
        return None
