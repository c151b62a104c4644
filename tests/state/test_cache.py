"""The cache as a file: what it finds again, and what becomes of one that cannot be used."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory
from threading import Barrier, Thread

import pytest
from msgspec import structs

from sync.model import (
    Dialect,
    Gene,
    Layout,
    Network,
    NetworkId,
    Record,
    RecordId,
)
from sync.state.cache import FORGETFUL, Cache, KeptVerdict, KnownNetwork, Reuse
from sync.state.encoded_record import EncodedRecord, FreshRecord
from sync.state.kept_file import uri_of
from tests.nouns import BARE_SUMMARY

SERVER = "https://example.org"
NETWORK = Network(Dialect.PFOCR_CX2, (Gene("TNF"),), 1)
RECORD = Record(
    RecordId("PMC1__f1"), Layout.PFOCR, "_figures/PMC1__f1.md", 2, None, {}, (Gene("TNF"),)
)


def kept_at(path: str) -> EncodedRecord:
    return FreshRecord(replace(RECORD, path=path), b"digest", "fingerprint").encode()


KEPT = kept_at(RECORD.path)
KNOWN = KnownNetwork(b"facts", RECORD.id, "pfocrId")
VERDICT = KeptVerdict(b"grounds", b"result")
SUMMARY = replace(BARE_SUMMARY, id=NetworkId("00000001-0000-11ea-99da-0ac135e8bacf"))


_NOBODY = 65_534
_SET_DATA = "SET data = CAST(substr(data, 1, length(data) - 1) || x'00' AS BLOB)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "cache.db"


@pytest.fixture
def filled(path: Path) -> Path:
    """A file that holds one record and one network."""
    with Cache(path, SERVER) as cache:
        keep_both(cache)
    return path


def keep_both(cache: Cache) -> None:
    """Keep one record and one network, with all that is kept of them."""
    cache.keep_record(KEPT, "settings")
    cache.keep_verdict(RECORD.path, b"scope", VERDICT)
    cache.keep_network(SUMMARY, NETWORK)
    cache.keep_known(SUMMARY.id, KNOWN)


def find_both(cache: Cache) -> tuple[EncodedRecord | None, Network | None]:
    return find_record(cache), cache.find_network(SUMMARY)


def find_record(
    cache: Cache, path: str = RECORD.path, settings: str = "settings"
) -> EncodedRecord | None:
    return find_kept(cache, [path], settings).get(path)


def find_kept(
    cache: Cache, paths: Sequence[str], settings: str = "settings"
) -> dict[str, EncodedRecord]:
    """Return records with all that is kept of them."""
    cache.flush()
    found = {}
    for path, (row, fingerprint) in cache.find_records(paths, settings).items():
        if (data := cache.find_record_data(row, settings)) is not None:
            found[path] = EncodedRecord(row, data, fingerprint)
    return found


def test_what_was_kept_is_found_by_the_next_run(filled: Path) -> None:
    with Cache(filled, SERVER) as cache:
        assert find_both(cache) == (KEPT, NETWORK)
        assert cache.find_known([SUMMARY.id]) == {SUMMARY.id: KNOWN}
        assert cache.find_verdicts([RECORD.path, "other"], b"scope") == {RECORD.path: VERDICT}


def test_the_last_word_on_a_record_counts(filled: Path) -> None:
    newer = FreshRecord(replace(RECORD, line=9), b"other digest", "newer").encode()
    with Cache(filled, SERVER) as cache:
        cache.keep_record(newer, "settings")
    with Cache(filled, SERVER) as cache:
        assert find_record(cache) == newer


@pytest.mark.parametrize(
    "wanted",
    [[0, 299], [299, 0], [*range(0, 300, 7)], [5, 6, 7, 8], [17], [5, 6, 300], [300]],
    ids=str,
)
def test_only_what_is_asked_for_is_found_however_much_lies_between(
    path: Path, wanted: list[int]
) -> None:
    kept = {number: kept_at(f"{number:03}.md") for number in range(300)}
    with Cache(path, SERVER) as cache:
        for each in kept.values():
            cache.keep_record(each, "settings")
    with Cache(path, SERVER) as cache:
        found = find_kept(cache, [f"{number:03}.md" for number in wanted])
    assert sorted(found) == [f"{number:03}.md" for number in sorted(wanted) if number in kept]
    assert all(found[f"{number:03}.md"] == kept[number] for number in wanted if number in kept)


@pytest.mark.parametrize(
    "changes",
    [
        {"modified_ms": 3},
        {"modified_ms": 1},
        {"node_count": 2},
        {"completed": False},
        {"valid": False},
        {"error_message": "CX parsing failed"},
        {"error_message": "Failed to create Index on network"},
        {"id": NetworkId("00000002-0000-11ea-99da-0ac135e8bacf")},
    ],
    ids=str,
)
def test_a_content_is_found_only_under_the_summary_it_was_read_with(
    filled: Path, changes: dict[str, object]
) -> None:
    with Cache(filled, SERVER) as cache:
        assert cache.find_network(replace(SUMMARY, **changes)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes", [{"completed": False}, {"valid": False}, {"error_message": "failed"}], ids=str
)
def test_a_content_of_an_unfinished_load_is_not_kept(
    path: Path, changes: dict[str, object]
) -> None:
    with Cache(path, SERVER) as cache:
        cache.keep_network(replace(SUMMARY, **changes), NETWORK)  # type: ignore[arg-type]
    with Cache(path, SERVER) as cache:
        assert cache.find_network(SUMMARY) is None


def test_servers_and_settings_do_not_answer_for_each_other(filled: Path) -> None:
    with Cache(filled, "https://other.example.org") as cache:
        assert cache.find_network(SUMMARY) is None
        assert cache.find_known([SUMMARY.id]) == {}
        assert find_record(cache, settings="other settings") is None
        assert cache.find_verdicts([RECORD.path], b"other scope") == {}


def test_a_refresh_finds_nothing_and_keeps_anew(filled: Path) -> None:
    with Cache(filled, SERVER, Reuse.REFRESH) as cache:
        assert find_both(cache) == (None, None)
        assert cache.find_known([SUMMARY.id]) == {}
        cache.keep_network(replace(SUMMARY, modified_ms=5), NETWORK)
    with Cache(filled, SERVER) as cache:
        assert cache.find_network(replace(SUMMARY, modified_ms=5)) == NETWORK


def test_without_a_file_nothing_is_kept_or_found() -> None:
    with FORGETFUL as cache:
        assert not cache.keeps
        cache.keep_record(KEPT, "settings")
        cache.keep_network(SUMMARY, NETWORK)
        assert find_both(cache) == (None, None)


def test_text_that_is_no_unicode_is_kept_as_well(path: Path) -> None:
    record, network = kept_at("\udcff.md"), replace(NETWORK, attributes={"name": "\udcff"})
    with Cache(path, SERVER) as cache:
        cache.keep_record(record, "settings")
        cache.keep_network(SUMMARY, network)
    with Cache(path, SERVER) as cache:
        assert find_record(cache, record.row.path) == record
        assert cache.find_network(SUMMARY) == network


def test_a_layout_that_no_version_wrote_is_no_record(path: Path) -> None:
    forged = structs.replace(KEPT, row=structs.replace(KEPT.row, layout="other"))
    with Cache(path, SERVER) as cache:
        cache.keep_record(forged, "settings")
    with Cache(path, SERVER) as cache:
        assert find_record(cache) is None


def test_a_file_of_another_version_is_emptied_and_filled_anew(
    filled: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite3.connect(filled) as db:
        db.execute("UPDATE version SET text = '0 of ndex-sync 0.0'")
        db.execute("CREATE TABLE of_old (a)")
    db.close()
    with Cache(filled, SERVER) as cache:
        assert find_both(cache) == (None, None)
        cache.keep_record(KEPT, "settings")
    with Cache(filled, SERVER) as cache:
        assert find_both(cache) == (KEPT, None)
    assert caplog.text == ""


def other_database() -> bytes:
    """Return the file of another program."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE precious (a)")
        return db.serialize()


@pytest.mark.parametrize(
    "data",
    [b"no database at all", b"SQLite format 3\0" + b"\xff" * 4096, other_database()],
    ids=["other text", "broken pages", "another program's"],
)
def test_a_damaged_file_is_set_aside_and_made_anew(
    filled: Path, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    filled.write_bytes(data)
    with Cache(filled, SERVER) as cache:
        assert find_both(cache) == (None, None)
        cache.keep_record(KEPT, "settings")
    with Cache(filled, SERVER) as cache:
        assert find_both(cache) == (KEPT, None)
    assert filled.with_name("cache.db.damaged").read_bytes() == data
    assert caplog.text.count("WARNING") == 1
    assert "cache.db.damaged" in caplog.text


def test_runs_that_begin_at_once_share_the_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    together = Barrier(4)

    def run(path: Path, number: int) -> None:
        together.wait()
        with Cache(path, SERVER) as cache:
            cache.keep_record(kept_at(f"{number}.md"), "settings")

    for path in [tmp_path / f"{attempt}" / "cache.db" for attempt in range(8)]:
        with ThreadPoolExecutor(4) as pool:
            assert [*pool.map(run, [path] * 4, range(4))] == [None] * 4
        with Cache(path, SERVER) as cache:
            assert all(find_record(cache, f"{number}.md") for number in range(4))
    assert caplog.text == ""


def test_damage_found_while_running_costs_only_what_was_kept(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Cache(path, SERVER) as cache:
        for number in range(600):
            kept = kept_at(f"{number}.md")
            cache.keep_record(kept, "settings")
    data = bytearray(path.read_bytes())
    data[8192:] = bytes(len(data) - 8192)
    path.write_bytes(data)
    with Cache(path, SERVER) as cache:
        found = [find_record(cache, f"{number}.md") for number in range(600)]
        assert None in found
        cache.keep_record(KEPT, "settings")
    with Cache(path, SERVER) as cache:
        assert find_record(cache) == KEPT
    assert "cache.db is damaged" in caplog.text


def test_damage_to_a_file_that_this_run_made_is_set_aside_at_once(path: Path) -> None:
    names = [f"{number}.md" for number in range(600)]
    with Cache(path, SERVER) as cache:
        for name in names:
            cache.keep_record(kept_at(name), "settings")
        cache.flush()
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as file:
            file.seek(65_536)
            file.write(bytes(path.stat().st_size - 65_536))
        assert find_record(cache, names[0]) is None
        assert path.with_name("cache.db.damaged").exists()


def test_a_run_leaves_alone_what_another_has_rebuilt(path: Path) -> None:
    names = [f"{number}.md" for number in range(600)]
    with Cache(path, SERVER) as cache:
        for name in names:
            cache.keep_record(kept_at(name), "settings")
    data = bytearray(path.read_bytes())
    data[65_536:] = bytes(len(data) - 65_536)
    path.write_bytes(data)
    with Cache(path, SERVER) as one, Cache(path, SERVER) as other:
        for cache in (one, other):
            assert None in [find_record(cache, name) for name in names]
            cache.keep_record(KEPT if cache is one else kept_at("other.md"), "settings")
            cache.flush()
    with Cache(path, SERVER) as cache:
        assert find_record(cache) == KEPT
        assert find_record(cache, "other.md") is not None
    assert path.with_name("cache.db.damaged").stat().st_size == len(data)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE record_data " + _SET_DATA,
        "UPDATE record_data SET digest = x'00'",
        "UPDATE record SET fingerprint = 'other'",
        "UPDATE record SET digest = x'00'",
        "UPDATE record SET id = 'other'",
        "UPDATE record SET layout = 'wikipathways'",
        "UPDATE record SET network = 'other'",
        "UPDATE network_data " + _SET_DATA,
        "UPDATE network_data SET node_count = 1, modified_ms = 2, data = x'5b5d'",
        "UPDATE network SET facts = x'00'",
        "UPDATE network SET claims = 'other'",
        "UPDATE verdict SET grounds = x'00'",
        "UPDATE verdict SET result = x'00'",
    ],
)
def test_a_row_in_which_a_bit_has_changed_is_not_believed(filled: Path, damage: str) -> None:
    with sqlite3.connect(filled) as db:
        db.execute(damage)
    db.close()
    with Cache(filled, SERVER) as cache:
        found: list[object] = [*find_both(cache), cache.find_known([SUMMARY.id])]
        found.append(cache.find_verdicts([RECORD.path], b"scope"))
    whole = [KEPT, NETWORK, {SUMMARY.id: KNOWN}, {RECORD.path: VERDICT}]
    # What was damaged is not found, and what is found is as it was.
    assert [each for each in found if each] != whole
    assert all(each in whole for each in found if each)


@pytest.mark.parametrize("place", ["record SET fingerprint", "version SET text"])
def test_a_file_with_text_that_is_no_utf_8_is_set_aside(
    filled: Path, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite3.connect(filled) as db:
        db.execute(f"UPDATE {place} = CAST(x'ff' AS TEXT)")
    db.close()
    with Cache(filled, SERVER) as cache:
        assert find_record(cache) is None
        cache.keep_record(KEPT, "settings")
    with Cache(filled, SERVER) as cache:
        assert find_record(cache) == KEPT
    assert "cache.db is damaged (Could not decode to UTF-8" in caplog.text


@pytest.mark.parametrize("changes", [{"layout": None}, {"digest": "text"}], ids=str)
def test_a_row_of_other_types_is_no_record(filled: Path, changes: dict[str, object]) -> None:
    """A forger can make a table that takes any type, and compute its checksums."""
    forged = structs.replace(KEPT, row=structs.replace(KEPT.row, **changes))
    with sqlite3.connect(filled) as db:
        db.execute("CREATE TABLE loose AS SELECT * FROM record WHERE false")
        db.execute("DROP TABLE record")
        db.execute("ALTER TABLE loose RENAME TO record")
        db.execute("CREATE UNIQUE INDEX record_key ON record (settings, path)")
    db.close()
    with Cache(filled, SERVER) as cache:
        cache.keep_record(forged, "settings")
    with Cache(filled, SERVER) as cache:
        assert find_record(cache) is None


@pytest.mark.parametrize("place", ["file/cache.db", "folder"])
def test_a_file_that_cannot_be_made_is_done_without_and_named_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, place: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with Cache(tmp_path / place, SERVER) as cache:
        assert not cache.keeps
        cache.keep_record(KEPT, "settings")
        assert find_both(cache) == (None, None)
    [said] = caplog.messages
    assert said.startswith(f"{tmp_path / place} cannot be used (")
    assert said.endswith("): the run goes on without it")


@contextmanager
def as_one_who_may_only_read() -> Iterator[None]:
    """Be nobody in this block if the tests run as the user who may do everything."""
    if os.geteuid():
        yield
        return
    os.setresuid(_NOBODY, _NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def fill(folder: Path, *, killed: bool) -> Path:
    """Make a cache, with the log that a run leaves if it is killed."""
    with Cache(folder / "running" / "cache.db", SERVER) as cache:
        keep_both(cache)
        cache.flush()
        if killed:
            shutil.copytree(folder / "running", folder / "state")
    if not killed:
        (folder / "running").rename(folder / "state")
    return folder / "state" / "cache.db"


def read_files(folder: Path) -> dict[str, bytes]:
    """Read all but the one in which SQLite notes who reads."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix != ".db-shm"}


@pytest.mark.skipif(sys.platform != "linux", reason="users and modes as on Linux")
@pytest.mark.parametrize("killed", [False, True], ids=["closed", "killed"])
@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o777), (0o666, 0o555)])
def test_a_file_that_may_only_be_read_is_used_as_it_is(
    killed: bool, file_mode: int, folder_mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    with TemporaryDirectory() as name:
        path = fill(Path(name), killed=killed)
        for file in path.parent.iterdir():
            file.chmod(file_mode)
        path.parent.chmod(folder_mode)
        Path(name).chmod(0o755)
        (link := Path(name) / "link").symlink_to(path)
        before = read_files(path.parent)

        for way in (path, link):
            with as_one_who_may_only_read(), Cache(way, SERVER) as cache:
                assert find_both(cache) == (KEPT, NETWORK)
                assert cache.find_verdicts([RECORD.path], b"scope") == {RECORD.path: VERDICT}
                assert not cache.keeps
                cache.keep_network(replace(SUMMARY, modified_ms=9), NETWORK)

        path.parent.chmod(0o755)
        assert read_files(path.parent) == before
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PurePosixPath("/a?b/50%#.db"), "file:///a%3Fb/50%25%23.db"),
        (PureWindowsPath("C:\\a b\\cache.db"), "file:///C:/a%20b/cache.db"),
        (PureWindowsPath("\\\\host\\share\\cache.db"), "file:////host/share/cache.db"),
    ],
)
def test_sqlite_finds_a_file_on_any_system(path: PurePath, uri: str) -> None:
    assert uri_of(path) == uri


@pytest.mark.skipif(sys.platform != "linux", reason="users and modes as on Linux")
@pytest.mark.parametrize("damage", ["UPDATE version SET text = 'older'", "DROP TABLE version"])
def test_a_bad_file_that_may_only_be_read_is_done_without(
    damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    with TemporaryDirectory() as name:
        path = fill(Path(name), killed=False)
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute(damage)
        path.chmod(0o444)
        Path(name).chmod(0o755)
        with as_one_who_may_only_read(), Cache(path, SERVER) as cache:
            assert find_both(cache) == (None, None)
        assert sorted(file.name for file in path.parent.iterdir()) == [".gitignore", "cache.db"]
    assert "goes on without" in caplog.text


def test_what_a_run_puts_aside_outlives_damage_of_the_file(filled: Path) -> None:
    changing = structs.replace(KEPT, row=structs.replace(KEPT.row, digest=b""))
    with Cache(filled, SERVER) as cache:
        cache.keep_record(changing, "settings")
        cache.add_summaries([SUMMARY])
        cache.own.connection.execute("DROP TABLE kept.network_data")
        assert cache.find_network(SUMMARY) is None
        assert find_record(cache) is None
        assert cache.find_record_data(changing.row, "settings") == KEPT.data
        assert cache.find_summary(SUMMARY.id) == SUMMARY


def test_a_file_that_others_write_to_is_done_without(
    filled: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.state.temporary.BUSY_TIMEOUT_S", 0.01)
    other = sqlite3.connect(filled, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with caplog.at_level(logging.WARNING), Cache(filled, SERVER) as cache:
        assert find_both(cache) == (KEPT, NETWORK)
        cache.keep_record(structs.replace(KEPT, fingerprint="newer"), "settings")
    other.close()
    assert "the run goes on without it" in caplog.text
    with Cache(filled, SERVER) as cache:
        assert find_both(cache) == (KEPT, NETWORK)


def test_several_threads_may_use_it(path: Path) -> None:
    def work(cache: Cache, first: int) -> None:
        for number in range(first, first + 400):
            kept = kept_at(f"{number}.md")
            cache.keep_record(kept, "settings")
            find_record(cache, f"{number - 1}.md")

    with Cache(path, SERVER) as cache:
        threads = [Thread(target=work, args=(cache, first)) for first in (0, 400, 800)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with Cache(path, SERVER) as cache:
        assert all(find_record(cache, f"{number}.md") for number in range(1_200))
