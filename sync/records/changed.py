"""Find which records changed since a git commit, for a run that looks at nothing else."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from sync.errors import ConfigError, RecordError
from sync.model import RecordId
from sync.records.checkout import open_checkout
from sync.records.fingerprint import EVERY_END
from sync.records.header import parse_record_id
from sync.records.mapfile import rows_below_header
from sync.records.source import places_beside, read_beside


def find_changed(
    root: Path, ref: str, paths: Sequence[str], map_path: str | None
) -> frozenset[str]:
    """Return those of the record files ``paths`` that differ from the commit ``ref``.

    A record has changed if its file has, or a table or drawing beside it, or its rows in the map
    file ``map_path`` (None: there is none): added, removed or with another value. Changes count
    whether committed, staged, unstaged or untracked. Paths are POSIX, relative to ``root``, which
    may be any folder of the repository.

    Raises:
        ConfigError: git is not installed, ``root`` is in no repository, ``ref`` names no commit
            that is here, or the map file cannot be read.
    """
    checkout = open_checkout(root, ref)
    changed = checkout.changed_files()
    by_id = defaultdict(list)
    for path in paths:
        by_id[PurePosixPath(path).stem].append(path)
    found = changed.intersection(paths).union(_beside(changed, by_id))
    if map_path is not None and posixpath.normpath(map_path) in changed:
        before, now = _rows(checkout.text_then(map_path)), _rows(_read_map(root, map_path))
        records = {
            record for record in before.keys() | now.keys() if before.get(record) != now.get(record)
        }
        found = found.union(*(by_id[record] for record in records))
    return found


def _beside(changed: Iterable[str], by_id: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the records that a changed table or drawing belongs to."""
    for file in changed:
        name = PurePosixPath(file).name
        for end in EVERY_END:
            if name.endswith(end):
                candidates = by_id.get(name.removesuffix(end), ())
                yield from (path for path in candidates if file in places_beside(path, name))


def _rows(text: str) -> Mapping[RecordId, Sequence[Sequence[str]]]:
    """Return the map file's rows for each record, usable or not."""
    rows = defaultdict(list)
    for row in rows_below_header(text):
        record = parse_record_id(row.cells[0])
        if record is not None:
            rows[record].append(row.cells[1:])
    return rows


def _read_map(root: Path, path: str) -> str:
    try:
        return read_beside(root, path)
    except RecordError as error:
        raise ConfigError(f"map file {error}") from error
