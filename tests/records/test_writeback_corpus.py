"""Real records and map files: writing back touches one line each, and can be taken back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sync.model import NetworkId
from sync.records.discover import find_records
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


@COLLECTIONS
def test_linking_changes_or_inserts_one_line(
    corpus: Path, folder: str, pattern: str, count: int, inserted: int
) -> None:
    kinds: Counter[str] = Counter()
    for path in find_records(corpus / folder, pattern):
        data = (corpus / folder / path).read_bytes()
        linked = set_network(data, path, NEW)
        before, after = data.split(b"\n"), linked.split(b"\n")
        at = after.index(f"ndex: {NEW}".encode())

        if len(after) > len(before):
            kinds["inserted"] += 1
            assert after[:at] + after[at + 1 :] == before
            assert after[at - 1].startswith(b"last-edited: ")
            assert after[at + 1] == b"organisms:"
        else:
            kinds["changed"] += 1
            assert before[at].startswith(b"ndex: ")
            assert [*after[:at], before[at], *after[at + 1 :]] == before

    assert kinds == Counter(changed=count - inserted, inserted=inserted)


@MAPS
def test_all_networks_of_a_real_map_change_where_they_stand(
    corpus: Path, path: str, single: int
) -> None:
    data = (corpus / path).read_bytes()
    entries = read_map(corpus, path).entries
    rows = Counter(entry.record for entry in entries)
    own = {entry.record: entry.network for entry in entries if rows[entry.record] == 1}
    assert len(own) == single
    assert set_rows(data, path, own) == data

    changed = set_rows(data, path, dict.fromkeys(own, NEW))

    assert changed.count(NEW.encode()) == single
    text = changed.decode()
    for network in own.values():
        text = text.replace(NEW, network, 1)
    assert text.encode() == data
