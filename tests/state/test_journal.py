"""The journal: what was entered is on the disk, in order, and belongs to one plan."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sync.apply.run import forget_old_runs
from sync.errors import ConfigError, StateDamaged
from sync.model import NetworkId
from sync.plan.actions import UndeleteNetwork
from sync.state.backup import BackupStore, KeepPolicy
from sync.state.journal import ActionOutcome, Entry, Journal, Moment, Outcome, RunRecord
from tests.state.test_backup import BACKUP

RUN = RunRecord("run-1", "sha256:1", "https://x", "me", "c", 10, True, 1000, None)
ACTIONS = (
    UndeleteNetwork(NetworkId("n"), "run-0", "why"),
    UndeleteNetwork(NetworkId("m"), "r", "w"),
)
DAY_MS = 24 * 3600 * 1000


def test_what_was_entered_is_read_by_another(tmp_path: Path) -> None:
    entries = [
        Entry(0, Moment.BEGUN, "lift", NetworkId("n"), None, "", 1),
        Entry(0, Moment.DONE, "lift", NetworkId("n"), 5, "a note", 2),
    ]
    with Journal.open(tmp_path) as journal:
        journal.begin_run(RUN, ACTIONS)
        for entry in entries:
            journal.enter(RUN.id, entry)
        journal.enter(RUN.id, Entry(1, Moment.SEEN, ""))
        with Journal.open(tmp_path) as other:
            assert other.read_entries(RUN.id, 0) == entries
            assert other.find_run(RUN.id) == RUN
            assert [other.read_action(RUN.id, number) for number in range(2)] == [*ACTIONS]


def test_the_file_is_written_out_before_the_log_is_used_again(tmp_path: Path) -> None:
    """Without it SQLite may lose the whole journal when the power goes; nothing else shows it."""
    with Journal.open(tmp_path) as journal:
        [(level,)] = journal._db.execute("PRAGMA synchronous")
        assert level >= 1


def test_a_plan_has_one_run(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        assert journal.begin_run(RUN, ACTIONS) == RUN
        assert journal.begin_run(replace(RUN, started_ms=2000), ACTIONS) == RUN
        other = replace(RUN, id="run-2", started_ms=2000)
        assert journal.begin_run(other, ACTIONS) == other
        assert journal.list_runs() == [RUN, other]


def test_the_last_outcome_of_an_action_counts(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        journal.begin_run(RUN, ACTIONS)
        journal.end_action(RUN.id, 3, ActionOutcome(Outcome.FAILED, "why"), 1)
        journal.end_action(RUN.id, 3, ActionOutcome(Outcome.DONE, ""), 2)

        assert journal.read_outcomes(RUN.id) == {3: ActionOutcome(Outcome.DONE, "")}
        assert not Outcome.FAILED.final


def test_the_records_of_the_last_whole_run_are_known(tmp_path: Path) -> None:
    runs = [
        RUN,
        replace(RUN, id="2", digest="2", records=20, started_ms=2000),
        replace(RUN, id="3", digest="3", records=1, started_ms=3000, complete=False),
        replace(RUN, id="4", digest="4", records=7, started_ms=4000, collection="d"),
    ]
    with Journal.open(tmp_path) as journal:
        assert journal.count_records_before("https://x", "c") is None
        for run in runs:
            journal.begin_run(run, ACTIONS)
        assert journal.count_records_before("https://x", "c") == 20


def test_finished_runs_are_forgotten_by_age_and_number(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        for day in range(5):
            journal.begin_run(
                replace(RUN, id=f"r{day}", digest=f"{day}", started_ms=day * DAY_MS), ACTIONS
            )
            (tmp_path / "backups" / f"r{day}").mkdir(parents=True)
            journal.enter(f"r{day}", Entry(0, Moment.SEEN, ""))
            if day != 1:
                journal.finish_run(f"r{day}", day * DAY_MS)
        forget_old_runs(journal, BackupStore(tmp_path), KeepPolicy(4, max_runs=9), 4 * DAY_MS)
        assert [run.id for run in journal.list_runs()] == ["r0", "r1", "r2", "r3", "r4"]
        forget_old_runs(journal, BackupStore(tmp_path), KeepPolicy(4, max_runs=9), 4 * DAY_MS + 1)
        assert [run.id for run in journal.list_runs()] == ["r1", "r2", "r3", "r4"]
        forget_old_runs(journal, BackupStore(tmp_path), KeepPolicy(4, max_runs=2), 4 * DAY_MS)

        assert [run.id for run in journal.list_runs()] == ["r1", "r3", "r4"]
        assert journal.read_entries("r0", 0) == []
    assert sorted(path.name for path in (tmp_path / "backups").iterdir()) == ["r1", "r3", "r4"]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("PRAGMA user_version = 99", "version 99, expected 4"),
        ("PRAGMA application_id = 7", "not a journal of ndex-sync"),
    ],
)
def test_a_file_of_others_is_refused(tmp_path: Path, statement: str, words: str) -> None:
    with Journal.open(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as db:
        db.execute(statement)

    with pytest.raises(ConfigError, match=words), Journal.open(tmp_path):
        pass


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"no database at all, by any means" * 99)

    with pytest.raises(StateDamaged, match=r"is damaged .*not a database"), Journal.open(tmp_path):
        pass
    with (
        pytest.raises(ConfigError, match="cannot be opened"),
        Journal.open(tmp_path / "journal.sqlite"),
    ):
        pass


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE run SET account = 'you'",
        "UPDATE run SET finished_ms = NULL",
        "UPDATE action SET data = x'00'",
        "DELETE FROM action WHERE number = 1",
        "UPDATE outcome SET outcome = 'failed'",
        "UPDATE entry SET step = 'lock'",
        "UPDATE entry SET moment = 'dome'",
        "UPDATE entry SET network = 'm'",
        "UPDATE entry SET note = CAST(x'ff' AS TEXT)",
    ],
)
def test_a_row_that_was_changed_is_not_believed(tmp_path: Path, damage: str) -> None:
    with Journal.open(tmp_path) as journal:
        fill(journal)
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as db:
        db.execute(damage)
        db.commit()

    with Journal.open(tmp_path) as journal, pytest.raises(StateDamaged, match="unlocked"):
        read_all(journal)


@pytest.mark.parametrize("leftover", [None, b""], ids=["gone", "empty"])
def test_a_journal_that_is_gone_is_not_taken_for_a_new_one(
    tmp_path: Path, leftover: bytes | None
) -> None:
    BackupStore(tmp_path).write("run-1", BACKUP)
    if leftover is not None:
        (tmp_path / "journal.sqlite").write_bytes(leftover)

    with pytest.raises(StateDamaged, match="backups of earlier runs"), Journal.open(tmp_path):
        pass


def fill(journal: Journal) -> None:
    """Enter a finished run of two actions."""
    journal.begin_run(RUN, ACTIONS)
    for action in range(2):
        journal.enter(RUN.id, Entry(action, Moment.BEGUN, "lift", NetworkId("n"), None, "", 1))
        journal.enter(RUN.id, Entry(action, Moment.DONE, "lift", NetworkId("n"), 5, "a note", 2))
        journal.end_action(RUN.id, action, ActionOutcome(Outcome.DONE, "fine"), 3)
    journal.finish_run(RUN.id, 4)


def read_all(journal: Journal) -> tuple[object, ...]:
    """Return all that a journal says of the run that ``fill`` enters."""
    return (
        journal.list_runs(),
        journal.find_run(RUN.id),
        journal.count_records_before(RUN.server, RUN.collection),
        journal.read_outcomes(RUN.id),
        [journal.read_action(RUN.id, number) for number in range(2)],
        [journal.read_entries(RUN.id, action) for action in range(2)],
    )
