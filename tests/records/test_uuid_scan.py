"""Which network a file names, whatever else is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.model import MapEntry, NetworkId, RecordId
from sync.records.uuid_scan import find_mentions, find_named, scan_networks

NETWORK = "ee8a08e7-de8d-11ea-99da-0ac135e8bacf"


@pytest.mark.parametrize(
    "text",
    [
        f"---\nndex: {NETWORK}\n---\n",
        f"---\nndex: '{NETWORK}'\n---\n",
        f'---\r\nndex:\t"{NETWORK.upper()}"  # a comment\r\n---\r\n',
        f"\ufeff---\ntitle: &a x\n ndex : {NETWORK}\n",
        f"no front matter\nndex: {NETWORK}",
    ],
    ids=["plain", "quoted", "CRLF and upper case", "broken YAML", "no front matter"],
)
def test_a_network_is_found_in_any_state_of_the_file(tmp_path: Path, text: str) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_bytes(text.encode())

    assert scan_networks(tmp_path, ["a.md", "b.md"]) == {NETWORK: ["a.md", "b.md"]}


@pytest.mark.parametrize(
    "text",
    ["", "ndex: ''\n", "ndex: null\n", f"note: ndex: {NETWORK}\n", "ndex: 1-2-3-4-5\n"],
    ids=["empty", "none", "null", "in another value", "no UUID"],
)
def test_what_names_no_network_names_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(text)

    assert scan_networks(tmp_path, ["a.md", "missing.md"]) == {}


@pytest.mark.parametrize(
    "text",
    [
        NETWORK,
        f'---\n"ndex": {NETWORK.upper()}\n---\n',
        f"https://www.ndexbio.org/viewer/networks/{NETWORK}#",
        f"one-two-{NETWORK}, x{NETWORK}",
        f"\xe9\xe9{NETWORK}",
    ],
    ids=["alone", "key in quotes", "in an address", "among others", "after other letters"],
)
def test_a_mention_is_found_anywhere_in_a_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    (tmp_path / "b.md").write_text(f"{NETWORK[1:]} {NETWORK[:-1]} -{NETWORK[8:]}")
    paths = ["a.md", "b.md", "missing.md"]

    assert find_mentions(tmp_path, paths, {NetworkId(NETWORK)}) == {"a.md"}
    assert find_mentions(tmp_path, paths, set()) == set()


def test_a_map_row_names_a_network_for_a_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "PMC1__f1.md").write_text("")
    rows = [
        MapEntry(RecordId(record), NetworkId(NETWORK), "map.tsv", line)
        for line, record in enumerate(["PMC1__f1", "PMC2__f1"], start=1)
    ]

    assert find_named(tmp_path, ["PMC1__f1.md"], rows) == {NETWORK: ["map.tsv:1"]}
