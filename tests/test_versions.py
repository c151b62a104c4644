"""What version 0.1 wrote is read; what a later version wrote is refused, with what to do."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sync.accepted.file import ACCEPTED_NAME, read_accepted
from sync.cli.doctor_checks import examine_age
from sync.cli.report import read_report
from sync.errors import ConfigError
from sync.model import NetworkId, RecordId, Verdict
from sync.plan.actions import UpdateNetwork
from sync.plan.file import read_plan
from sync.state.backup import BackupStore
from sync.state.history import FILE_NAME, find_last
from sync.state.journal import Journal, Outcome

WRITTEN = Path(__file__).resolve().parents[1] / "fixtures/written-by-0.1"
RECORD = RecordId("PMC9000004__demo-f4")
NETWORK = NetworkId("d3e00104-dec4-11ea-8000-020000000000")
RUN = "20261130T110010Z-d954a3cc20bf"
PLACE = ("sandbox:ndex.sqlite", ("figures-2022",))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    folder = tmp_path / "written"
    shutil.copytree(WRITTEN, folder)
    with closing(sqlite3.connect(folder / "state/journal.sqlite")) as db:
        db.executescript((folder / "state/journal.sql").read_text())
    return folder


def test_what_0_1_wrote_is_read(written: Path) -> None:
    [action] = read_plan(written / "plan.json").actions
    assert isinstance(action, UpdateNetwork)
    assert (action.record, len(action.properties)) == (RECORD, 5)
    [record] = read_report(written / "report.json").records
    assert (record.id, record.verdict) == (RECORD, Verdict.DRIFTED)
    [waiver] = read_accepted(written / ACCEPTED_NAME)
    assert waiver.item.record == "WP90005"
    last = find_last(written / "state", *PLACE)
    assert last is not None
    assert last.records == 9
    with Journal.open(written / "state") as journal:
        assert [run.id for run in journal.list_runs()] == [RUN]
        assert journal.read_action(RUN, 0) == action
        assert journal.read_entries(RUN, 0)[-1].step == ""
        assert journal.read_outcomes(RUN)[0].outcome is Outcome.DONE
    backup = BackupStore(written / "state").read(RUN, NETWORK)
    assert backup is not None
    assert backup.summary.id == NETWORK


def read_journal(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with Journal.open(path.parent):
        pass


@pytest.mark.parametrize(
    ("name", "old", "new", "read", "command"),
    [
        ("plan.json", '"version": 3', '"version": 99', read_plan, "ndex-sync plan --out"),
        ("report.json", 'version":1', 'version":99', read_report, "ndex-sync check --format json="),
        ("report.json", "{", '{"x99":1,', read_report, "ndex-sync check --format json="),
        (ACCEPTED_NAME, "#", "version = 99\n#", read_accepted, "pip install --upgrade ndex-sync"),
        ("state/journal.sqlite", "", "", read_journal, "ndex-sync apply PLAN"),
    ],
    ids=["plan", "report", "report with a new field", "accepted file", "journal"],
)
def test_what_a_later_version_wrote_is_refused_with_what_to_do(
    written: Path, name: str, old: str, new: str, read: Callable[[Path], object], command: str
) -> None:
    path = written / name
    if old:
        path.write_text(path.read_text().replace(old, new, 1))

    with pytest.raises(ConfigError) as refused:
        read(path)

    assert str(refused.value).startswith(f"{path}: ")
    assert "99" in str(refused.value)
    assert command in str(refused.value)


def test_a_run_that_a_later_version_noted_is_passed_over(written: Path) -> None:
    runs = written / "state" / FILE_NAME
    runs.write_bytes(runs.read_bytes().replace(b'"version":1', b'"version":2'))

    assert find_last(runs.parent, *PLACE) is None
    found = examine_age(runs.parent, *PLACE, 24)
    assert str(runs) in found.advice
    assert found.advice.endswith("ndex-sync check")
