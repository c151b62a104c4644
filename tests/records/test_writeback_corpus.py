"""Real records and map files: writing back touches one line each, and can be taken back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sync.errors import RecordError
from sync.model import NetworkId, RecordId
from sync.records.discover import find_records
from sync.records.frontmatter import parse_front_matter
from sync.records.header import read_network
from sync.records.mapfile import read_map
from sync.records.maprows import set_rows
from sync.records.networkline import set_network

NEW = NetworkId("f0f0f0f0-0000-4000-8000-000000000001")
COLLECTIONS = pytest.mark.parametrize(
    ("folder", "pattern", "count", "inserted"),
    [
        ("wikipathways", "pathways/*/*.md", 476, 84),
        ("pfocr", "_figures/*.md", 61, 0),
        ("pfocr-2022", "_figures/*.md", 40, 0),
        ("pfocr-2021", "_figures/*.md", 2, 0),
    ],
    ids=["pathways", "figures", "embedded", "embedded, 2021"],
)
MAPS = pytest.mark.parametrize(
    ("path", "single"),
    [
        ("wikipathways/downstream/ndex_lookup.csv", 57),
        ("pfocr/_data/ndex_map.first480.tsv", 480),
        ("pfocr/_data/ndex_map.last86.tsv", 86),
    ],
    ids=["lookup", "first", "last"],
)


def network_of(path: str, data: bytes) -> NetworkId | None:
    return read_network(parse_front_matter(path, data.decode()))


def own_rows(corpus: Path, path: str) -> dict[RecordId, NetworkId]:
    """The rows of the records that have one row only, in file order."""
    entries = read_map(corpus, path).entries
    rows = Counter(entry.record for entry in entries)
    return {entry.record: entry.network for entry in entries if rows[entry.record] == 1}


@COLLECTIONS
def test_linking_changes_or_inserts_one_line_and_can_be_taken_back(
    corpus: Path, folder: str, pattern: str, count: int, inserted: int
) -> None:
    kinds: Counter[str] = Counter()
    for path in find_records(corpus / folder, pattern):
        data = (corpus / folder / path).read_bytes()
        old = network_of(path, data)
        linked = set_network(data, path, NEW)
        before, after = data.split(b"\n"), linked.split(b"\n")
        at = after.index(f"ndex: {NEW}".encode())

        assert set_network(data, path, old) == data
        kinds["restored"] += set_network(linked, path, old) == data
        if len(after) > len(before):
            kinds["inserted"] += 1
            assert after[:at] + after[at + 1 :] == before
            assert after[at - 1].startswith(b"last-edited: ")
            assert after[at + 1] == b"organisms:"
        else:
            kinds["changed"] += 1
            assert before[at].startswith(b"ndex: ")
            assert [*after[:at], before[at], *after[at + 1 :]] == before

    changed = count - inserted
    assert kinds == Counter(changed=changed, restored=changed, inserted=inserted)


@MAPS
def test_all_networks_of_a_real_map_change_where_they_stand(
    corpus: Path, path: str, single: int
) -> None:
    data = (corpus / path).read_bytes()
    own = own_rows(corpus, path)
    assert len(own) == single
    assert set_rows(data, path, own) == data

    changed = set_rows(data, path, dict.fromkeys(own, NEW))

    assert changed.count(NEW.encode()) == single
    text = changed.decode()
    for network in own.values():
        text = text.replace(NEW, network, 1)
    assert text.encode() == data


@MAPS
def test_rows_added_to_a_real_map_come_behind_all_old_bytes(
    corpus: Path, path: str, single: int
) -> None:
    del single
    data = (corpus / path).read_bytes()
    last = data.splitlines(keepends=True)[-1].decode()
    entry = read_map(corpus, path).entries[-1]
    first, second = RecordId("WP900001"), RecordId("WP900002")

    added = set_rows(data, path, {second: NEW, first: NEW}).removeprefix(data).decode()

    assert added == "".join(
        last.replace(entry.record, record).replace(entry.network, NEW) for record in (first, second)
    )


@pytest.mark.parametrize("record", ["WP106", "WP236", "WP244", "WP528"])
def test_a_pathway_with_several_real_rows_is_refused(corpus: Path, record: str) -> None:
    path = "wikipathways/downstream/ndex_lookup.csv"

    with pytest.raises(RecordError, match=f"ambiguous: {record} is in 3 rows"):
        set_rows((corpus / path).read_bytes(), path, {RecordId(record): NEW})
