"""What several runs kept, each in its own file, joined in one for the next run."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sync.errors import ConfigError
from sync.state.cache import (
    APPLICATION_ID,
    FILE_NAME,
    NETWORKS,
    RECORDS,
    VERSION,
    open_database,
)
from sync.state.database import DATABASE_ERRORS, is_as_written

logger = logging.getLogger(__name__)

_TAKE_RECORD = """\
INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (path, settings) DO UPDATE SET
  id = excluded.id, layout = excluded.layout, network = excluded.network,
  stamp = excluded.stamp, digest = excluded.digest, data = excluded.data,
  kept_ms = excluded.kept_ms, checksum = excluded.checksum
  WHERE excluded.kept_ms > record.kept_ms"""
_TAKE_NETWORK = """\
INSERT INTO network VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (server, id) DO UPDATE SET
  modified_ms = excluded.modified_ms, node_count = excluded.node_count, data = excluded.data,
  kept_ms = excluded.kept_ms, checksum = excluded.checksum
  WHERE excluded.kept_ms > network.kept_ms"""
_TAKING = ((RECORDS, _TAKE_RECORD), (NETWORKS, _TAKE_NETWORK))


def merge_caches(folders: Sequence[Path], into: Path) -> None:
    """Add the caches of the state folders to that of ``into``; of two like rows the newer stays.

    No run may be at work on the folders. A file that is missing, damaged or of another version is
    left out with a warning, and so are rows that are not as they were written.

    Raises:
        ConfigError: a folder is not there, or ``into`` cannot be written.
    """
    missing = [folder for folder in folders if not folder.is_dir()]
    if missing:
        raise ConfigError(*(f"--state {folder}: there is no such folder" for folder in missing))
    try:
        with closing(open_database(into / FILE_NAME)) as target:
            for folder in folders:
                _take_over(folder / FILE_NAME, target)
    except (OSError, *DATABASE_ERRORS) as error:
        raise ConfigError(
            f"--into {into}: {FILE_NAME} cannot be written: {error}; delete it, or name another"
            " folder"
        ) from error


def _take_over(source: Path, target: sqlite3.Connection) -> None:
    left_out = 0
    with target:
        target.execute("BEGIN IMMEDIATE")
        for statement, row in _rows(source):
            if is_as_written(row):
                target.execute(statement, row)
            else:
                left_out += 1
    if left_out:
        logger.warning("%s: %d damaged rows are left out", source, left_out)


def _rows(source: Path) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield each row of a cache with the statement that takes it over, as far as can be read."""
    if not source.is_file():
        logger.warning("%s: there is no such file; left out", source)
        return
    try:
        with closing(_open_source(source)) as db:
            if not _is_of_this_version(db):
                logger.warning("%s: of another version of ndex-sync; left out", source)
                return
            for query, statement in _TAKING:
                for row in db.execute(query):
                    yield statement, row
    except DATABASE_ERRORS as error:
        logger.warning("%s is damaged (%s): what cannot be read is left out", source, error)


def _open_source(path: Path) -> sqlite3.Connection:
    """Open a file for reading only; with its log, which a run that was killed leaves behind."""
    has_log = path.with_name(path.name + "-wal").exists()
    way = "mode=ro" if has_log else "immutable=1"
    db = sqlite3.connect(f"{path.resolve().as_uri()}?{way}", uri=True)
    db.text_factory = lambda data: data.decode("utf-8", "replace")
    return db


def _is_of_this_version(db: sqlite3.Connection) -> bool:
    if db.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        return False
    return bool(db.execute("SELECT text FROM version").fetchone() == (VERSION,))
