"""Several caches joined in one: the newer row stays, and no bad file or row does harm."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ConfigError
from sync.model import Gene, Network, NetworkId, Record, Summary
from sync.state.cache import Cache, KeptVerdict, KnownNetwork
from sync.state.cache_merge import merge_caches
from sync.state.encoded_record import FreshRecord, open_record
from tests.state.test_cache import NETWORK, RECORD, SERVER, SUMMARY, find_record


def numbered(number: int, word: int) -> tuple[Record, Summary, Network]:
    """Return a record and a network of that number, in one of their states."""
    network = NetworkId(f"{number:08x}-0000-11ea-99da-0ac135e8bacf")
    return (
        replace(RECORD, path=f"{number}.md", line=word + 1),
        replace(SUMMARY, id=network, modified_ms=word),
        replace(NETWORK, genes=(Gene(f"GENE{word}"),)),
    )


def keep(folder: Path, kept: Sequence[tuple[int, int]], at_ms: int) -> Path:
    """Keep records and networks, each with its word, at a time; return the folder."""
    with Cache(folder / "cache.db", SERVER, now_ms=lambda: at_ms) as cache:
        for number, word in kept:
            record, summary, network = numbered(number, word)
            kept_record = FreshRecord(record, b"digest", f"fingerprint {word}").encode()
            cache.keep_record(kept_record, "settings")
            cache.keep_network(summary, network)
            cache.keep_known(summary.id, KnownNetwork(b"%d" % word, None, None))
            cache.keep_verdict(record.path, b"scope", KeptVerdict(b"%d" % word, b"result"))
    return folder


def words(folder: Path, number: int) -> tuple[int | None, list[int]]:
    """Return the word kept on a record, and those under which a content is found."""
    with Cache(folder / "cache.db", SERVER) as cache:
        found = find_record(cache, f"{number}.md")
        states = [numbered(number, word) for word in range(9)]
        contents = [
            summary.modified_ms
            for _, summary, network in states
            if cache.find_network(summary) == network
        ]
    return None if found is None else open_record(found.row.path, found.data).line - 1, contents


def grounds(folder: Path, number: int) -> set[bytes]:
    """Return what is kept of a verdict and of a network's facts."""
    path = f"{number}.md"
    with Cache(folder / "cache.db", SERVER) as cache:
        verdict = cache.find_verdicts([path], b"scope")[path]
        [known] = cache.find_known([numbered(number, 0)[1].id]).values()
    return {verdict.grounds, known.facts}


def test_what_any_shard_kept_is_found_in_one_file(tmp_path: Path) -> None:
    shards = [keep(tmp_path / f"{number}", [(number, number)], 1_000) for number in range(1, 5)]
    keep(tmp_path / "all", [(8, 8)], 500)
    merge_caches(shards, tmp_path / "all")

    for number in (1, 2, 3, 4, 8):
        assert words(tmp_path / "all", number) == (number, [number])
        assert grounds(tmp_path / "all", number) == {b"%d" % number}


@given(st.lists(st.tuples(st.integers(1, 99), st.sets(st.integers(1, 3))), max_size=5))
def test_of_several_words_the_latest_counts_in_whatever_order(
    shards: list[tuple[int, set[int]]],
) -> None:
    latest: dict[int, int] = {}
    for at_ms, numbers in shards:
        latest |= {number: max(at_ms, latest.get(number, 0)) for number in numbers}
    with TemporaryDirectory() as name:
        folders = [
            keep(Path(name, str(place)), [(number, at_ms % 9) for number in numbers], at_ms)
            for place, (at_ms, numbers) in enumerate(shards)
        ]
        merge_caches(folders, Path(name, "into"))
        for number, at_ms in latest.items():
            assert words(Path(name, "into"), number) == (at_ms % 9, [at_ms % 9])


def test_joining_again_changes_nothing_and_the_shards_stay_as_they_were(tmp_path: Path) -> None:
    shard = keep(tmp_path / "shard", [(1, 1)], 1_000)
    before = {file.name: file.read_bytes() for file in shard.iterdir()}
    for _ in range(2):
        merge_caches([shard], tmp_path / "all")

    assert words(tmp_path / "all", 1) == (1, [1])
    assert {file.name: file.read_bytes() for file in shard.iterdir()} == before


def test_the_log_of_a_run_that_was_killed_is_read_too(tmp_path: Path) -> None:
    running = keep(tmp_path / "running", [], 1_000)
    with closing(sqlite3.connect(running / "cache.db")) as reader:
        reader.execute("SELECT * FROM record").fetchall()
        keep(running, [(1, 1)], 1_000)
        shutil.copytree(running, tmp_path / "killed")
    assert (tmp_path / "killed" / "cache.db-wal").stat().st_size > 0
    merge_caches([tmp_path / "killed"], tmp_path / "all")

    assert words(tmp_path / "all", 1) == (1, [1])


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE version SET text = '0 of ndex-sync 0.0'", "another version"),
        ("PRAGMA application_id = 1", "another version"),
        ("DROP TABLE version", "is damaged"),
        ("DROP TABLE network_data", "is damaged"),
        ("UPDATE network_data SET node_count = 7", "1 damaged rows are left out"),
        ("UPDATE network_data SET kept_ms = 99999", "1 damaged rows are left out"),
        ("UPDATE network_data SET id = CAST(x'ff' AS TEXT)", "1 damaged rows are left out"),
    ],
)
def test_what_is_not_as_it_was_written_is_left_out_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str, told: str
) -> None:
    good, bad = (keep(tmp_path / name, [(1, 1)], 1_000) for name in ("good", "bad"))
    keep(bad, [(1, 2)], 2_000)
    with closing(sqlite3.connect(bad / "cache.db", isolation_level=None)) as db:
        db.execute(damage)
    merge_caches([bad, good], tmp_path / "all")

    assert words(tmp_path / "all", 1)[1] == [1]
    assert told in caplog.text
    assert str(bad / "cache.db") in caplog.text


@pytest.mark.parametrize("data", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_cache_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    shard = keep(tmp_path / "shard", [(1, 1)], 1_000)
    (tmp_path / "bad").mkdir()
    (tmp_path / "none").mkdir()
    (tmp_path / "bad" / "cache.db").write_bytes(data)
    merge_caches([tmp_path / "bad", tmp_path / "none", shard], tmp_path / "all")

    assert words(tmp_path / "all", 1) == (1, [1])
    assert caplog.text.count("WARNING") == 2
    assert "no such file" in caplog.text


def test_of_broken_pages_what_can_be_read_is_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shard = keep(tmp_path / "shard", [(number, 1) for number in range(600)], 1_000)
    data = bytearray((shard / "cache.db").read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    (shard / "cache.db").write_bytes(data)
    merge_caches([shard], tmp_path / "all")

    assert "is damaged" in caplog.text
    found = [words(tmp_path / "all", number)[0] for number in range(0, 600, 20)]
    assert set(found) == {1, None}


def test_what_was_kept_by_another_version_gives_way(tmp_path: Path) -> None:
    old = keep(tmp_path / "all", [(1, 2)], 2_000)
    with closing(sqlite3.connect(old / "cache.db", isolation_level=None)) as db:
        db.execute("UPDATE version SET text = '0 of ndex-sync 0.0'")
    merge_caches([keep(tmp_path / "shard", [(1, 1)], 1_000)], old)

    assert words(old, 1) == (1, [1])


@pytest.mark.parametrize("place", ["file", "damaged"])
def test_a_place_that_cannot_be_written_is_an_error_that_says_what_to_do(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "cache.db").write_text("no database")
    with pytest.raises(ConfigError, match="delete it, or name another folder"):
        merge_caches([keep(tmp_path / "shard", [(1, 1)], 1_000)], tmp_path / place)
