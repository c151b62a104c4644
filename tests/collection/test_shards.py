"""Which shard a record falls in, and how a shard is asked for."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.collection.shards import Shard, find_index, parse_shard
from sync.errors import ConfigError

NAMES = st.text(st.characters(), max_size=30)
"""Any text, half a surrogate pair too: a file name may hold any byte."""

IN_JOB = {"GITHUB_RUN_ID": "1658821493", "GITHUB_RUN_ATTEMPT": "2"}


def divide(names: list[str], of: int) -> list[list[str]]:
    shards = [Shard(index, of, "run") for index in range(1, of + 1)]
    return [[name for name in names if shard.holds(name)] for shard in shards]


@given(st.lists(NAMES, unique=True), st.integers(1, 40))
def test_every_record_is_in_exactly_one_shard(names: list[str], of: int) -> None:
    held = [name for shard in divide(names, of) for name in shard]

    assert sorted(held) == sorted(names)


@pytest.mark.parametrize(
    "names",
    [
        [f"PMC{7_000_000 + number}__fig{number % 9}" for number in range(5_000)],
        [f"WP{number}" for number in range(1, 5_001)],
    ],
    ids=["figures", "pathways"],
)
@pytest.mark.parametrize("of", [2, 8, 50])
def test_shards_are_nearly_equal_in_size(names: list[str], of: int) -> None:
    """Five standard deviations of what chance makes of it."""
    fair = len(names) / of
    sizes = Counter(find_index(name, of) for name in names)

    assert all(abs(sizes[index] - fair) < 5 * fair**0.5 for index in range(1, of + 1)), sizes


@pytest.mark.parametrize(
    ("name", "index"), [("PMC1__f1", 1), ("WP4255", 5), ("WP1", 6), ("", 5), ("caf\udce9", 3)]
)
def test_the_division_is_the_same_for_ever(name: str, index: int) -> None:
    assert find_index(name, 8) == index


def test_github_names_the_run_where_nothing_else_does() -> None:
    assert parse_shard("3/8", None, IN_JOB) == Shard(3, 8, "1658821493-2")
    assert parse_shard("3/8", "nightly", IN_JOB) == Shard(3, 8, "nightly")


@pytest.mark.parametrize(
    "text", ["", "3", "0/8", "9/8", "1/0", "-1/8", "3/8/2", "3 / 8", "٣/٨", "03/8", "1/10001"]
)
def test_what_is_no_part_of_a_whole_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="write which part of how many") as caught:
        parse_shard(text, "run", {})

    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("missing", [["GITHUB_RUN_ID"], ["GITHUB_RUN_ATTEMPT"], [*IN_JOB]])
def test_a_shard_of_no_run_is_refused_with_what_to_do(missing: list[str]) -> None:
    environ = {name: "" if name in missing else text for name, text in IN_JOB.items()}
    with pytest.raises(ConfigError, match="--shard needs --run-id ID"):
        parse_shard("3/8", None, environ)


@pytest.mark.parametrize("run", ["", " ", "a\nb", "\x1b[31m", "x" * 201])
def test_a_run_id_that_cannot_be_shown_is_refused(run: str) -> None:
    with pytest.raises(ConfigError, match="--run-id"):
        parse_shard("3/8", run, IN_JOB)


def test_all_reasons_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_shard("9/8", None, {})

    assert len(caught.value.problems) == 2
