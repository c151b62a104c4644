"""Paths as texts: the same as pathlib makes of them, which is what they are short for."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.records.source import places_beside, read_text, stem_of

NAMES = st.text("ab. -é", min_size=1, max_size=6).filter(lambda name: not name.endswith("."))
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@given(PATHS)
def test_a_stem_is_that_of_pathlib(path: str) -> None:
    assert stem_of(path) == PurePosixPath(path).stem


@given(PATHS)
def test_places_beside_a_record_are_those_that_pathlib_joins(path: str) -> None:
    folder = PurePosixPath(path).parent
    above = PurePosixPath("..") if folder == PurePosixPath() else folder.parent
    joined = [folder / "t.tsv", above / "_data" / "t.tsv", PurePosixPath("_data", "t.tsv")]

    assert places_beside(path, "t.tsv") == tuple(dict.fromkeys(map(str, joined)))


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")
def test_a_file_that_is_longer_than_it_says_is_read_whole() -> None:
    """As one that grows while it is read; those in /proc say that they are empty."""
    text = read_text(Path("/proc/self"), "status", inside=None, limit_bytes=2**16)

    assert text.startswith("Name:")
    assert text.endswith("\n")
    assert len(text) > 100
