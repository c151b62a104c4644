"""Which network a file names, whatever else is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.records.scan import scan_networks

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
    (tmp_path / "a.md").write_bytes(text.encode())

    assert scan_networks(tmp_path, ["a.md"]) == {NETWORK: ["a.md"]}


@pytest.mark.parametrize(
    "text",
    ["", "ndex: ''\n", "ndex: null\n", f"note: ndex: {NETWORK}\n", "ndex: 1-2-3-4-5\n"],
    ids=["empty", "none", "null", "in another value", "no UUID"],
)
def test_what_names_no_network_names_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(text)

    assert scan_networks(tmp_path, ["a.md", "missing.md"]) == {}


def test_files_that_name_one_network_are_listed_together(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(f"ndex: {NETWORK}\n")

    assert scan_networks(tmp_path, ["a.md", "b.md"]) == {NETWORK: ["a.md", "b.md"]}
