"""Join what several runs kept, each in its own file, in one file for the next run."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sync.errors import ConfigError
from sync.state.cache import FILE_NAME
from sync.state.database import DATABASE_ERRORS, is_as_written
from sync.state.kept_file import KEPT, attach, attach_as_it_is, is_of_this_version
from sync.state.temporary import TemporaryDatabase

logger = logging.getLogger(__name__)


def _upsert(table: str, columns: Sequence[str]) -> str:
    """Return the statement that adds a row of a table unless there is a newer one."""
    marks = ", ".join("?" * len(columns))
    values = ", ".join(f"{name} = excluded.{name}" for name in columns[2:])
    return (
        f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT ({columns[0]}, {columns[1]})"  # noqa: S608 - names of ours
        f" DO UPDATE SET {values} WHERE excluded.kept_ms > {table}.kept_ms"
    )


_UPSERTS = {table: _upsert(table, columns.split(", ")) for table, columns in KEPT.items()}


def merge_caches(folders: Sequence[Path], into: Path) -> None:
    """Add the caches of the state folders to that of ``into``; of two equal keys the newer row
    stays.

    No run may use the folders. A file that is missing, damaged or of another version is left out
    with a warning, and so are rows whose checksum is wrong.

    Raises:
        ConfigError: ``into`` cannot be written.
    """
    try:
        with closing(TemporaryDatabase()) as target:
            attach(target.connection, into / FILE_NAME)
            for folder in folders:
                _copy_rows(folder / FILE_NAME, target.connection)
    except (OSError, *DATABASE_ERRORS) as error:
        raise ConfigError(
            f"--into {into}: {FILE_NAME} cannot be written: {error}; delete it, or name another"
            " folder"
        ) from error


def _copy_rows(source: Path, target: sqlite3.Connection) -> None:
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
    """Yield each readable row of a cache with the statement that adds it."""
    if not source.is_file():
        logger.warning("%s: there is no such file; left out", source)
        return
    try:
        with closing(TemporaryDatabase()) as opened:
            db = opened.connection
            db.text_factory = lambda data: data.decode("utf-8", "replace")
            attach_as_it_is(db, source)
            if not is_of_this_version(db):
                logger.warning("%s: written by another version of ndex-sync; left out", source)
                return
            for table, columns in KEPT.items():
                for row in _read_table(db, source, f"SELECT {columns} FROM {table}"):  # noqa: S608
                    yield _UPSERTS[table], row
    except DATABASE_ERRORS as error:
        logger.warning("%s is damaged (%s): what cannot be read is left out", source, error)


def _read_table(db: sqlite3.Connection, source: Path, query: str) -> Iterator[tuple[Any, ...]]:
    try:
        yield from db.execute(query)
    except DATABASE_ERRORS as error:
        logger.warning("%s is damaged (%s): what cannot be read is left out", source, error)
