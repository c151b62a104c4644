"""Paths are a sequence like any other."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.records.paths import Paths

NAMES = st.lists(st.binary(max_size=9).map(os.fsdecode))


@given(NAMES, st.slices(12))
def test_paths_are_those_of_a_tuple(names: list[str], part: slice) -> None:
    paths = Paths(iter(names))

    assert tuple(paths) == tuple(names)
    assert len(paths) == len(names)
    assert paths[part] == tuple(names)[part]
    assert [paths[number] for number in range(-len(names), len(names))] == names * 2


def test_there_is_no_path_behind_the_last() -> None:
    paths = Paths(["a.md"])

    for number in (1, -2):
        with pytest.raises(IndexError):
            paths[number]
