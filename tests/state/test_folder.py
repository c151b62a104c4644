"""A state folder is a run's own: what came with the records is refused, and no link is followed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sync.errors import ConfigError
from sync.session import choose_state
from sync.state.backup import BackupStore
from sync.state.cache import Cache
from sync.state.journal import Journal
from sync.state.lock import lock_state
from tests.builders import NETWORK
from tests.state.test_backup import BACKUP

GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org")


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    file = tmp_path / "precious"
    file.write_text("of somebody else")
    return file


def make_checkout(root: Path) -> None:
    root.mkdir()
    subprocess.run([*GIT, "-C", str(root), "init", "--quiet"], check=True)


def test_a_folder_that_runs_made_is_used_and_git_does_not_see_it(tmp_path: Path) -> None:
    root = tmp_path / "checkout"
    make_checkout(root)
    for _ in range(2):
        state = choose_state(None, root)
        with lock_state(state), Journal.open(state), Cache(state / "cache.db"):
            BackupStore(state).write("run-1", BACKUP)

    status = [*GIT, "-C", str(root), "status", "--porcelain"]
    assert subprocess.run(status, capture_output=True, check=True).stdout == b""


@pytest.mark.parametrize("name", ["cache.db", "journal.sqlite", "backups/run-1/x.json.gz", "other"])
@pytest.mark.parametrize("given", [False, True])
def test_a_folder_that_git_tracks_anything_in_is_refused(
    tmp_path: Path, name: str, given: bool
) -> None:
    root = tmp_path / "checkout"
    make_checkout(root)
    file = root / ".ndex-sync" / name
    file.parent.mkdir(parents=True)
    file.write_text("x")
    subprocess.run([*GIT, "-C", str(root), "add", "--force", "."], check=True)

    with pytest.raises(ConfigError, match=f"git tracks {name} in it.* another folder"):
        choose_state(root / ".ndex-sync" if given else None, root)


@pytest.mark.parametrize(
    "name",
    ["cache.db", "cache.db-wal", "journal.sqlite", "lock", "backups/a", "backups-private/a"],
)
def test_a_link_in_a_folder_is_refused(tmp_path: Path, precious: Path, name: str) -> None:
    link = tmp_path / ".ndex-sync" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(precious)

    with pytest.raises(ConfigError, match="is a link"):
        choose_state(None, tmp_path)


def test_only_a_folder_that_was_named_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    for name in (".ndex-sync", "mine"):
        (tmp_path / name).symlink_to("elsewhere")

    for given in (None, tmp_path / ".ndex-sync"):
        with pytest.raises(ConfigError, match="name its target with --state"):
            choose_state(given, tmp_path)
    assert choose_state(tmp_path / "mine", tmp_path) == tmp_path / "mine"


@pytest.mark.parametrize("name", ["lock", "lock-holder.txt"])
def test_a_lock_that_is_a_link_leaves_what_it_leads_to_alone(
    tmp_path: Path, precious: Path, name: str
) -> None:
    (tmp_path / name).symlink_to(precious)

    with pytest.raises(ConfigError, match="cannot be used"), lock_state(tmp_path):
        pass

    assert precious.read_text() == "of somebody else"


def test_a_backup_that_is_a_link_is_neither_read_nor_written(
    tmp_path: Path, precious: Path
) -> None:
    store = BackupStore(tmp_path)
    store.write("run-1", BACKUP)
    [file] = tmp_path.rglob("*.gz")
    file.rename(precious)
    file.symlink_to(precious)
    with pytest.raises(ConfigError, match="cannot be read"):
        store.read("run-1", NETWORK)

    file.unlink()
    file.with_suffix(".tmp").symlink_to(precious)
    before = precious.read_bytes()
    with pytest.raises(ConfigError, match="cannot be written"):
        store.write("run-1", BACKUP)
    assert precious.read_bytes() == before
