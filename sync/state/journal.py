"""The journal: what a run set out to do, and every step of it, before and after.

Each entry is one transaction, so that a run that was killed anywhere can be told what it had begun.
``sync`` has all that was entered on the disk, as it must be before a step is done. How a step went
may be lost with the machine's power, which is as if the run had been killed before that. Each row
has a checksum: a damaged journal is an error, and never taken for one that says less.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Self

from sync.errors import ConfigError, refuse_write
from sync.model import NetworkId
from sync.plan.actions import Action
from sync.plan.file import decode_action, encode_action
from sync.state.database import (
    Row,
    is_as_written,
    with_checksum,
)
from sync.state.folder import JOURNAL_NAME, make_folder, open_own
from sync.state.journal_file import damaged, explained, prepare

_BUSY_TIMEOUT_S = 30.0
WHOLE_RUN = -1
"""Stands for the number of an action in lines that are about none of them."""
_LINE = "run, action, moment, step, network, modified_ms, note, at_ms, checksum"


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
    """One run of one plan, whose ``id`` it has.

    ``finished_ms`` None: it was cut short, is at work, or left something to be put right.
    """

    id: str
    digest: str
    server: str
    account: str
    collection: str
    records: int
    complete: bool
    started_ms: int
    finished_ms: int | None


class Journal:
    """An open journal; made by ``Journal.open``, closed by its ``with`` block.

    Every method raises ``StateDamaged`` where the file is not as it was written, ``DiskFull`` where
    there is no room for a line, and ``ConfigError`` where the file cannot be used.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self._path = path

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[Self]:
        """Open the journal in a state folder, made if it is not there.

        Raises:
            ConfigError: it cannot be opened, or is no journal of this version.
            StateDamaged: it is not as it was written, or gone while the backups are there.
        """
        path = folder / JOURNAL_NAME
        try:
            make_folder(folder)
            db = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(f"{path}: the journal cannot be opened: {error}") from error
        try:
            with explained(path):
                prepare(db, path)
            yield cls(db, path)
        finally:
            db.close()

    def begin_run(self, run: RunRecord, actions: Iterable[Action]) -> RunRecord:
        """Enter a run and what it is to do, or go on with the one of this id; returns the run in
        force.
        """
        if found := self.find_run(run.id):
            return found
        with explained(self._path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            [(number,)] = self._db.execute("SELECT coalesce(max(number), 0) + 1 FROM run")
            row = _row_of_run(number, run)
            self._write("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            self._db.executemany(
                "INSERT INTO action VALUES (?, ?, ?, ?)",
                (
                    with_checksum((number, place, zlib.compress(encode_action(action))))
                    for place, action in enumerate(actions)
                ),
            )
        self.sync()
        return run

    def finish_run(self, run: str, at_ms: int | None) -> None:
        """Note that the run has left nothing to be put right; None: that it goes on after all."""
        found = self.find_run(run)
        if found is not None:
            number = self._number_of(run)
            row = with_checksum(_row_of_run(number, replace(found, finished_ms=at_ms)))
            statement = "UPDATE run SET finished_ms = ?, checksum = ? WHERE number = ?"
            self.write(statement, (*row[-2:], number))
            self.sync()

    def find_run(self, run: str) -> RunRecord | None:
        """Return the run of this id."""
        rows = self._read("SELECT * FROM run WHERE id = ?", (run,))
        return _run_of(rows[0]) if rows else None

    def list_runs(self) -> list[RunRecord]:
        """Return all runs, oldest first."""
        return [_run_of(row) for row in self._read("SELECT * FROM run ORDER BY started_ms, id")]

    def read_action(self, run: str, number: int) -> Action:
        """Return one action of the plan of a run."""
        query = "SELECT * FROM action WHERE run = ? AND number = ?"
        rows = self._read(query, (self._number_of(run), number))
        if not rows:
            raise damaged(self._path, f"action {number} of run {run} is missing")
        try:
            return decode_action(zlib.decompress(rows[0][2]))
        except (ValueError, zlib.error) as error:
            raise damaged(self._path, f"action {number} of run {run}: {error}") from error

    def find_begun(self, step: str, network: NetworkId) -> str | None:
        """Return the last run that began a step on a network, None if none did."""
        with explained(self._path):
            found = self._db.execute(
                "SELECT run.id FROM entry JOIN run ON run.number = entry.run"
                " WHERE network = ? AND step = ? AND moment = ? ORDER BY entry.number DESC LIMIT 1",
                (network, step, Moment.BEGUN),
            ).fetchone()
        return None if found is None else str(found[0])

    def enter(self, run: str, entry: Entry) -> None:
        """Write one line, which outlives the process; see ``sync``."""
        self._write(
            "INSERT INTO entry"
            " (run, action, moment, step, network, modified_ms, note, at_ms, checksum)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._number_of(run),
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
        rows = self._read(
            f"SELECT {_LINE} FROM entry WHERE run = ? AND action = ? ORDER BY number",  # noqa: S608
            (self._number_of(run), action),
        )
        return [
            Entry(row[1], Moment(row[2]), row[3], _network_of(row[4]), row[5], row[6], row[7])
            for row in rows
        ]

    def list_begun(self, run: str) -> frozenset[int]:
        """Return the numbers of the actions that have lines."""
        with explained(self._path):
            rows = self._db.execute(
                "SELECT DISTINCT action FROM entry WHERE run = ? AND action != ?",
                (self._number_of(run), WHOLE_RUN),
            )
            return frozenset(number for (number,) in rows)

    def list_networks(self, run: str, step: str, moment: Moment) -> frozenset[NetworkId]:
        """Return the networks of all lines of a run that say this of a step."""
        rows = self._read(
            f"SELECT {_LINE} FROM entry WHERE run = ? AND step = ? AND moment = ?",  # noqa: S608
            (self._number_of(run), step, moment),
        )
        return frozenset(NetworkId(row[4]) for row in rows if row[4] is not None)

    def end_action(self, run: str, action: int, ended: ActionOutcome, at_ms: int) -> None:
        """Note how an action ended."""
        self._write(
            "INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (run, action) DO UPDATE SET outcome = excluded.outcome,"
            " message = excluded.message, at_ms = excluded.at_ms, checksum = excluded.checksum",
            (self._number_of(run), action, ended.outcome, ended.message, at_ms),
        )

    def read_outcomes(self, run: str) -> dict[int, ActionOutcome]:
        """Return how the actions of a run ended, those that have."""
        rows = self._read("SELECT * FROM outcome WHERE run = ?", (self._number_of(run),))
        return {row[1]: ActionOutcome(Outcome(row[2]), row[3]) for row in rows}

    def count_records_before(self, server: str, collection: str) -> int | None:
        """Return how many records the last run over the whole collection read."""
        rows = self._read(
            "SELECT * FROM run WHERE server = ? AND collection = ? AND complete"
            " ORDER BY started_ms DESC LIMIT 1",
            (server, collection),
        )
        return _run_of(rows[0]).records if rows else None

    def forget_run(self, run: str) -> None:
        """Delete a run with its lines."""
        self.write("DELETE FROM run WHERE id = ?", (run,))

    def write(self, statement: str, values: tuple[object, ...]) -> None:
        """Do one change as one transaction: the single place through which all of them go."""
        with explained(self._path):
            self._db.execute(statement, values)

    def sync(self) -> None:
        """Have all that was entered on the disk when this returns; any thread may call it."""
        # Never the database itself: closing it here would give up SQLite's own lock on it.
        log = self._path.with_name(f"{JOURNAL_NAME}-wal")
        try:
            with open_own(log, os.O_RDWR) as stream:
                os.fsync(stream.fileno())
        except FileNotFoundError:
            pass  # where SQLite cannot have such a file, it has waited for the disk already
        except OSError as error:
            raise refuse_write(f"{log}: the journal cannot be written", error) from error

    def _number_of(self, run: str) -> int:
        """Return what a run is called in the rows that are of it; 0, as no row is, without one."""
        with explained(self._path):
            query = "SELECT number FROM run WHERE id = ?"
            found = self._db.execute(query, (run,)).fetchone()
        return 0 if found is None else int(found[0])

    def _write(self, statement: str, row: Row) -> None:
        self.write(statement, with_checksum(row))

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[Row]:
        """Return rows that are as they were written."""
        with explained(self._path):
            rows = self._db.execute(query, values).fetchall()
        for row in rows:
            if not is_as_written(row):
                raise damaged(self._path, "a line of it was changed")
        return rows


def _row_of_run(number: int, run: RunRecord) -> Row:
    # As SQLite hands it back, which has no booleans: else its checksum would be another.
    facts = (int(each) if isinstance(each, bool) else each for each in astuple(run))
    return (number, *facts)


def _run_of(row: Row) -> RunRecord:
    run = RunRecord(*row[1:-1])
    return replace(run, complete=bool(run.complete))


def _network_of(text: str | None) -> NetworkId | None:
    return None if text is None else NetworkId(text)
