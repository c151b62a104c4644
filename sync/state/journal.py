"""The journal: what a run plans to do, and every step of it, before and after.

Each entry is one transaction, so that the next run knows what a killed run had begun. After
``sync`` all entries are on disk, as they must be before a step is done. The result of a step may be
lost in a power failure, which is the same as if the run had been killed before. Each row has a
checksum: a damaged journal is an error, and is never taken for one that says less.
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
"""Stands for the action's number in lines that are not about an action."""
_LINE = "run, action, moment, step, network, modified_ms, note, at_ms, checksum"


class Moment(StrEnum):
    """What an entry says about its step."""

    BEGUN = "begun"
    """The step is about to be done."""
    DONE = "done"
    """The server said that it is done."""
    LOST = "lost"
    """There was no answer that says whether it was done."""
    REFUSED = "refused"
    """The server said that it was not done."""
    SEEN = "seen"
    """The network was looked at and is correct after the steps so far."""


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
    """One run of a plan; it has the plan's ``id``.

    ``finished_ms`` None: it was cut short, is running, or left something to repair.
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

    Every method raises ``StateDamaged`` if the file was damaged, ``DiskFull`` if there is no room
    for a line, and ``ConfigError`` if the file cannot be used.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self._path = path

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[Self]:
        """Open the journal in a state folder; it is made if it does not exist.

        Raises:
            ConfigError: it cannot be opened, or is not a journal of this version.
            StateDamaged: it was damaged, or is missing although there are backups.
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
        """Enter a run and its actions, or continue the one with this id; returns
        the run in force.
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
        """Note that the run has left nothing to repair; None: that it goes on after all."""
        found = self.find_run(run)
        if found is not None:
            number = self._number_of(run)
            row = with_checksum(_row_of_run(number, replace(found, finished_ms=at_ms)))
            statement = "UPDATE run SET finished_ms = ?, checksum = ? WHERE number = ?"
            self.write(statement, (*row[-2:], number))
            self.sync()

    def find_run(self, run: str) -> RunRecord | None:
        """Return the run with this id."""
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
        """Return the networks of all lines of a run that say this about a step."""
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
        """Return the outcomes of the actions that have ended, by number."""
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
        """Make one change in one transaction; all changes go through here."""
        with explained(self._path):
            self._db.execute(statement, values)

    def sync(self) -> None:
        """Write all entries to disk before returning; any thread may call it."""
        # Never the database itself: closing it here would give up SQLite's own lock on it.
        log = self._path.with_name(f"{JOURNAL_NAME}-wal")
        try:
            with open_own(log, os.O_RDWR) as stream:
                os.fsync(stream.fileno())
        except FileNotFoundError:
            pass  # if SQLite cannot have such a file, it has waited for the disk already
        except OSError as error:
            raise refuse_write(f"{log}: the journal cannot be written", error) from error

    def _number_of(self, run: str) -> int:
        """Return the number of a run in the rows that belong to it; 0, which no row has, without
        one.
        """
        with explained(self._path):
            query = "SELECT number FROM run WHERE id = ?"
            found = self._db.execute(query, (run,)).fetchone()
        return 0 if found is None else int(found[0])

    def _write(self, statement: str, row: Row) -> None:
        self.write(statement, with_checksum(row))

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[Row]:
        """Return rows whose checksum fits."""
        with explained(self._path):
            rows = self._db.execute(query, values).fetchall()
        for row in rows:
            if not is_as_written(row):
                raise damaged(self._path, "a line of it was changed")
        return rows


def _row_of_run(number: int, run: RunRecord) -> Row:
    # In the form in which SQLite returns it, which has no booleans: otherwise its checksum would
    # differ.
    facts = (int(each) if isinstance(each, bool) else each for each in astuple(run))
    return (number, *facts)


def _run_of(row: Row) -> RunRecord:
    run = RunRecord(*row[1:-1])
    return replace(run, complete=bool(run.complete))


def _network_of(text: str | None) -> NetworkId | None:
    return None if text is None else NetworkId(text)
