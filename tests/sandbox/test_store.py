"""The store's promises: all of a write or nothing, no matter who else writes or what kills it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sync.errors import ConfigError
from sync.sandbox.schema import VERSION
from sync.sandbox.store import Store, next_number

WRITER = """
import sys
from pathlib import Path
from sync.sandbox import accounts
from sync.sandbox.store import Store

with Store.open(Path(sys.argv[1])) as store:
    with store.writing() as db:
        accounts.create(db, "kept", None, 1)
        db.execute("PRAGMA cache_size = 5")  # so that half a write is on disk already
    with store.writing() as db:
        for number in range(2000):
            accounts.create(db, f"half-{number}", None, 1)
        print("in the middle", flush=True)
        sys.stdin.read()
"""


def account_names(path: Path) -> list[str]:
    with Store.open(path) as store, store.reading() as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return [row["name"] for row in db.execute("SELECT name FROM account ORDER BY name")]


def test_what_was_written_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    for expected in (1, 2):
        with Store.open(path) as store, store.writing() as db:
            assert next_number(db) == expected


def test_a_store_without_a_path_forgets() -> None:
    for _ in range(2):
        with Store.open(None) as store, store.writing() as db:
            assert next_number(db) == 1


def test_a_write_that_fails_changes_nothing() -> None:
    with Store.open(None) as store:
        with pytest.raises(sqlite3.IntegrityError), store.writing() as db:
            _write_half(db)
        with store.writing() as db:
            assert next_number(db) == 1


def _write_half(db: sqlite3.Connection) -> None:
    next_number(db)
    db.execute("INSERT INTO set_member VALUES ('no set', 'no network')")


def test_a_kill_in_the_middle_of_a_write_leaves_all_before_and_nothing_of_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sandbox.db"
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "in the middle\n"
        writer.kill()
    assert writer.returncode == -signal.SIGKILL
    assert account_names(path) == ["kept"]


def test_threads_and_other_openers_of_the_file_do_not_lose_each_others_writes(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sandbox.db"
    numbers: list[int] = []

    def write(store: Store) -> None:
        for _ in range(50):
            with store.writing() as db:
                numbers.append(next_number(db))

    with Store.open(path) as first, Store.open(path) as second:
        threads = [threading.Thread(target=write, args=(store,)) for store in (first, second) * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(numbers) == list(range(1, 201))


def test_a_reader_sees_one_moment_while_another_opener_writes(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    with Store.open(path) as reader, Store.open(path) as writer, reader.reading() as seen:
        before = seen.execute("SELECT n FROM counter").fetchone()["n"]
        with writer.writing() as db:
            next_number(db)
        assert seen.execute("SELECT n FROM counter").fetchone()["n"] == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database " * 100)
    with pytest.raises(ConfigError, match=r"notes\.txt: the sandbox file cannot be used"):
        Store.open(path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"missing/sandbox\.db: .* cannot be opened"):
        Store.open(tmp_path / "missing" / "sandbox.db")


def test_somebody_elses_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE precious (x)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="not a sandbox's"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_file_of_another_version_is_refused_with_a_way_out(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    with Store.open(path) as store, store.writing() as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(ConfigError, match=r"another version of ndex-sync.*delete it"):
        Store.open(path)
