"""The journal: what a run set out to do, and every step of it, before and after.

Each entry is one transaction that is on the disk when the call returns (``synchronous`` FULL), so
that a run that was killed anywhere can be told what it had begun.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from sync.errors import ConfigError
from sync.model import NetworkId

APPLICATION_ID = 0x6E64786A
VERSION = 1
_BUSY_TIMEOUT_S = 30.0
_TABLES = """\
CREATE TABLE run (
  id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, server TEXT NOT NULL, account TEXT NOT NULL,
  collection TEXT NOT NULL, records INTEGER NOT NULL, complete INTEGER NOT NULL, plan BLOB NOT NULL,
  started_ms INTEGER NOT NULL, finished_ms INTEGER) STRICT;
CREATE TABLE outcome (
  run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE, action INTEGER NOT NULL,
  outcome TEXT NOT NULL, message TEXT NOT NULL, at_ms INTEGER NOT NULL,
  PRIMARY KEY (run, action)) STRICT;
CREATE TABLE entry (
  number INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  action INTEGER NOT NULL, moment TEXT NOT NULL, step TEXT NOT NULL, network TEXT,
  modified_ms INTEGER, note TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
CREATE INDEX entry_of_action ON entry (run, action)"""


class Moment(StrEnum):
    """What an entry says of its step."""

    BEGUN = "begun"
    """The step is about to be done."""
    DONE = "done"
    """The server said that it is done."""
    LOST = "lost"
    """No answer that says whether it was done."""
    REFUSED = "refused"
    """The server said that it was not done."""
    SEEN = "seen"
    """The network was looked at and is as it should be after the steps so far."""


class Outcome(StrEnum):
    """How one action ended."""

    DONE = "done"
    CONFLICT = "conflict"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether applying the plan again leaves the action alone; a failure is tried again."""
        return self is not Outcome.FAILED


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. ``modified_ms`` is NDEx's, ``at_ms`` ours."""

    action: int
    moment: Moment
    step: str
    network: NetworkId | None = None
    modified_ms: int | None = None
    note: str = ""
    at_ms: int = 0


@dataclass(frozen=True, slots=True)
class ActionOutcome:
    """How an action ended, and a sentence about it."""

    outcome: Outcome
    message: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run; ``plan`` is its plan file. ``finished_ms`` None: it was cut short, or is at work."""

    id: str
    digest: str
    server: str
    account: str
    collection: str
    records: int
    complete: bool
    plan: bytes
    started_ms: int
    finished_ms: int | None


class Journal:
    """An open journal; made by ``Journal.open``, closed by its ``with`` block."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[Self]:
        """Open the journal in a state folder, made if it is not there.

        Raises:
            ConfigError: it cannot be opened, or is no journal of this version.
        """
        path = folder / "journal.sqlite"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(f"{path}: the journal cannot be opened: {error}") from error
        try:
            _prepare(db, path)
            yield cls(db)
        finally:
            db.close()

    def begin_run(self, run: RunRecord) -> RunRecord:
        """Enter a run, or go on with the one of the same plan; returns the run in force."""
        if found := self._find("digest", run.digest):
            return found
        values = (run.id, run.digest, run.server, run.account, run.collection, run.records)
        self.write(
            "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (*values, run.complete, run.plan, run.started_ms),
        )
        return run

    def finish_run(self, run: str, at_ms: int) -> None:
        """Note that nothing of the run is left to be done."""
        self.write("UPDATE run SET finished_ms = ? WHERE id = ?", (at_ms, run))

    def find_run(self, run: str) -> RunRecord | None:
        """Return the run of this id."""
        return self._find("id", run)

    def list_runs(self) -> list[RunRecord]:
        """Return all runs, oldest first."""
        rows = self._db.execute("SELECT * FROM run ORDER BY started_ms, id")
        return [_run_of(row) for row in rows]

    def enter(self, run: str, entry: Entry) -> None:
        """Write one line; it is on the disk when this returns."""
        self.write(
            "INSERT INTO entry (run, action, moment, step, network, modified_ms, note, at_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run,
                entry.action,
                entry.moment,
                entry.step,
                entry.network,
                entry.modified_ms,
                entry.note,
                entry.at_ms,
            ),
        )

    def read_entries(self, run: str, action: int) -> list[Entry]:
        """Return the lines of one action, oldest first."""
        rows = self._db.execute(
            "SELECT action, moment, step, network, modified_ms, note, at_ms FROM entry"
            " WHERE run = ? AND action = ? ORDER BY number",
            (run, action),
        )
        return [
            Entry(row[0], Moment(row[1]), row[2], _network_of(row[3]), row[4], row[5], row[6])
            for row in rows
        ]

    def settle(self, run: str, action: int, settled: ActionOutcome, at_ms: int) -> None:
        """Note how an action ended."""
        self.write(
            "INSERT INTO outcome VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (run, action) DO UPDATE SET outcome = excluded.outcome,"
            " message = excluded.message, at_ms = excluded.at_ms",
            (run, action, settled.outcome, settled.message, at_ms),
        )

    def read_outcomes(self, run: str) -> dict[int, ActionOutcome]:
        """Return how the actions of a run ended, those that have."""
        rows = self._db.execute(
            "SELECT action, outcome, message FROM outcome WHERE run = ?", (run,)
        )
        return {row[0]: ActionOutcome(Outcome(row[1]), row[2]) for row in rows}

    def count_records_before(self, server: str, collection: str) -> int | None:
        """Return how many records the last run over the whole collection read."""
        row = self._db.execute(
            "SELECT records FROM run WHERE server = ? AND collection = ? AND complete"
            " ORDER BY started_ms DESC LIMIT 1",
            (server, collection),
        ).fetchone()
        return None if row is None else int(row[0])

    def forget_run(self, run: str) -> None:
        """Delete a run with its lines."""
        self.write("DELETE FROM run WHERE id = ?", (run,))

    def write(self, statement: str, values: tuple[object, ...]) -> None:
        """Do one change as one transaction: the single place through which all of them go."""
        self._db.execute(statement, values)

    def _find(self, column: str, value: str) -> RunRecord | None:
        row = self._db.execute(
            f"SELECT * FROM run WHERE {column} = ?",  # noqa: S608 - a column named by us
            (value,),
        ).fetchone()
        return None if row is None else _run_of(row)


def _run_of(row: tuple[str, str, str, str, str, int, int, bytes, int, int | None]) -> RunRecord:
    run, digest, server, account, collection, records, complete, plan, started_ms, finished_ms = row
    return RunRecord(
        id=run,
        digest=digest,
        server=server,
        account=account,
        collection=collection,
        records=records,
        complete=bool(complete),
        plan=plan,
        started_ms=started_ms,
        finished_ms=finished_ms,
    )


def _network_of(text: str | None) -> NetworkId | None:
    return None if text is None else NetworkId(text)


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    try:
        fresh = not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not fresh and _pragma(db, "application_id") != APPLICATION_ID:
            raise ConfigError(f"{path}: this is no journal of ndex-sync; give another --state")
        if not fresh and _pragma(db, "user_version") != VERSION:
            raise ConfigError(f"{path}: a journal of another version of ndex-sync")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        if fresh:
            _create(db)
    except sqlite3.Error as error:
        raise ConfigError(f"{path}: the journal cannot be used: {error}") from error


def _create(db: sqlite3.Connection) -> None:
    db.execute("BEGIN IMMEDIATE")
    for statement in _TABLES.split(";\n"):
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("COMMIT")


def _pragma(db: sqlite3.Connection, name: str) -> object:
    return db.execute(f"PRAGMA {name}").fetchone()[0]
