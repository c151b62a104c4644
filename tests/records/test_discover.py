"""Which files are records: sorted, below the root, whatever the links say."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.errors import ConfigError
from sync.records.discover import find_records
from tests.records.writing import write


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("_figures/*.md", ["_figures/PMC1__a.md", "_figures/PMC2__b.md"]),
        ("pathways/*/WP*.md", ["pathways/WP1/WP1.md"]),
        ("**/*.md", ["_figures/PMC1__a.md", "_figures/PMC2__b.md", "pathways/WP1/WP1.md"]),
        ("pathways/WP1/WP1.md", ["pathways/WP1/WP1.md"]),
        ("./_figures/PMC1*", ["_figures/PMC1__a.md"]),
        ("pathways/*", []),
        ("nowhere/*.md", []),
        ("**/**/WP1.md", ["pathways/WP1/WP1.md"]),
        ("**/WP1/**/*.md", ["pathways/WP1/WP1.md"]),
        ("**/pathways/**/WP1/*", ["pathways/WP1/WP1.md"]),
        ("_figures/PMC[0-1]__?.md", ["_figures/PMC1__a.md"]),
        ("_figures/pmc1__a.md/*", []),
    ],
)
def test_files_that_match_are_found_in_order(
    tmp_path: Path, pattern: str, found: list[str]
) -> None:
    for path in ("_figures/PMC2__b.md", "_figures/PMC1__a.md", "pathways/WP1/WP1.md", "x.txt"):
        write(tmp_path, path, "")

    assert find_records(tmp_path, pattern) == found


def test_links_are_followed_inside_the_root_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = tmp_path / "root"
    write(root, "a/1.md", "")
    write(tmp_path, "outside/2.md", "")
    (root / "inside").symlink_to("a")
    (root / "leading-out").symlink_to(tmp_path / "outside")
    (root / "a/3.md").symlink_to(tmp_path / "outside/2.md")
    (root / "a/4.md").symlink_to("1.md")
    (root / "a/5.md").symlink_to("5.md")
    (root / "a/6.md").symlink_to("gone.md")

    assert find_records(root, "*/*.md") == ["a/1.md", "a/4.md", "inside/1.md", "inside/4.md"]
    # Those of ``inside`` are the same three again.
    [warning] = caplog.messages
    assert warning.startswith("6 links are ignored, such as a/3.md: a link must lead to a file")
    assert find_records(root, "leading-out/*.md") == []


def test_any_number_of_folders_are_none_that_a_link_leads_to(tmp_path: Path) -> None:
    write(tmp_path, "a/1.md", "")
    (tmp_path / "a/again").symlink_to(".")
    (tmp_path / "b").symlink_to("a")

    assert find_records(tmp_path, "**/*.md") == ["a/1.md"]
    assert find_records(tmp_path, "*/again/*.md") == ["a/again/1.md", "b/again/1.md"]


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A file below 1,500 folders, and one whose path is longer than any that the system takes.

    The tree is taken away by what does not recurse.
    """
    folder = os.open(tmp_path, os.O_RDONLY)
    for level in range(1, 2_101):
        os.mkdir("a", dir_fd=folder)
        inner = os.open("a", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
        if level in (1_500, 2_100):
            os.close(os.open("1.md", os.O_CREAT, dir_fd=folder))
    os.close(folder)
    yield tmp_path
    subprocess.run(["rm", "-r", tmp_path / "a"], check=True)


def test_a_tree_may_be_deep_and_a_folder_that_cannot_be_listed_is_told_of(
    deep: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(deep, "b/2.md", "")

    assert find_records(deep, "**/*.md") == ["a/" * 1_500 + "1.md", "b/2.md"]
    [told] = caplog.messages
    assert told.endswith("a/a/ cannot be listed (File name too long): its records are ignored")


def test_a_root_given_as_a_link_is_searched(tmp_path: Path) -> None:
    write(tmp_path / "real", "1.md", "")
    (tmp_path / "root").symlink_to("real")

    assert find_records(tmp_path / "root", "*.md") == ["1.md"]


@pytest.mark.parametrize(
    "pattern",
    ["", ".", "/etc/*", "../*.md", "a/../../*.md", "a**/b.md", "**.md", "a\0b", "**", "a/**"],
)
def test_a_pattern_that_leads_out_or_is_no_glob_is_refused(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(ConfigError) as caught:
        find_records(tmp_path, pattern)

    assert f"records = {pattern!r}: " in str(caught.value)


def test_a_root_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        find_records(tmp_path / "gone", "*.md")
