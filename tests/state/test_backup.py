"""Backups: kept whole, once a run, and read back as they were."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from sync.errors import ConfigError, StateDamaged
from sync.model import Visibility
from sync.state.backup import Backup, BackupStore
from tests.builders import NETWORK
from tests.plan.test_decide import SUMMARY

CONTENT = [{"CXVersion": "2.0"}, {"nodes": [{"id": 1, "v": {"name": "α", "score": 1.5}}]}]
BACKUP = Backup(SUMMARY, CONTENT, member=False)


def test_a_backup_is_read_as_it_was_written(tmp_path: Path) -> None:
    store = BackupStore(tmp_path)
    store.write("run-1", BACKUP)

    assert store.read("run-1", NETWORK) == BACKUP
    assert store.read("run-2", NETWORK) is None


def test_the_first_backup_of_a_run_stays(tmp_path: Path) -> None:
    store = BackupStore(tmp_path)
    store.write("run-1", BACKUP)
    store.write("run-1", replace(BACKUP, content=None))

    assert store.read("run-1", NETWORK) == BACKUP


def test_a_forgotten_run_has_no_backups(tmp_path: Path) -> None:
    store = BackupStore(tmp_path)
    store.write("run-1", BACKUP)
    for _ in range(2):
        store.forget("run-1")

    assert store.read("run-1", NETWORK) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"junk",
        gzip.compress(b"{}", mtime=0),
        gzip.compress(b"[]", mtime=0)[:-3],
        gzip.compress(b"[]", mtime=0)[:10] + b"\xff" * 12,
    ],
    ids=["empty", "junk", "of another shape", "cut short", "no deflate"],
)
def test_a_damaged_backup_says_what_cannot_be_given_back(tmp_path: Path, data: bytes) -> None:
    store = BackupStore(tmp_path)
    store.write("run-1", BACKUP)
    [file] = tmp_path.rglob("*.gz")
    file.write_bytes(data)

    said = f"{file} is damaged .*run-1 changed in network {NETWORK} cannot be restored.*from a copy"
    with pytest.raises(StateDamaged, match=said):
        store.read("run-1", NETWORK)


def test_a_backup_that_cannot_be_written_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("a file")

    with pytest.raises(ConfigError, match="cannot be written"):
        BackupStore(tmp_path).write("run-1", BACKUP)


def test_a_run_is_no_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a run's id"):
        BackupStore(tmp_path).forget("../..")


def test_backups_of_networks_that_are_not_public_are_kept_apart(tmp_path: Path) -> None:
    store = BackupStore(tmp_path)
    summary = replace(BACKUP.summary, visibility=Visibility.UNLISTED)
    hidden = replace(BACKUP, summary=summary)
    store.write("run-1", hidden)
    store.write("run-1", BACKUP)  # what was kept first stays
    store.write("run-2", BACKUP)

    assert store.read("run-1", summary.id) == hidden
    assert [path.parent.name for path in (tmp_path / "backups").rglob("*.gz")] == ["run-2"]
    private = store.find_private("run-1")
    assert private is not None
    assert [path.name for path in private.iterdir()] == [f"{summary.id}.json.gz"]
    assert store.find_private("run-2") is None

    store.forget("run-1")
    assert store.read("run-1", summary.id) is None
