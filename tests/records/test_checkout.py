"""What git has and the disk has not: records of a sparse checkout are not gone."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from sync.collection.select import require_checked_out
from sync.errors import ConfigError
from sync.records.checkout import find_absent
from tests.records.writing import write


@pytest.mark.parametrize("way", ["sparse", "deleted"])
def test_records_that_git_tracks_and_that_are_not_here_are_found(tmp_path: Path, way: str) -> None:
    root = tmp_path / "site"
    for number in range(3):
        write(root, f"_figures/PMC{number}.md", "x")
        write(root, f"pathways/WP{number}/WP{number}.md", "x")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    assert find_absent(root, "_figures/*.md") == []
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "x"]):
        subprocess.run([*git, *words], check=True)
    assert find_absent(root, "_figures/*.md") == []
    if way == "sparse":
        subprocess.run([*git, "sparse-checkout", "set", "site/pathways/WP1"], check=True)
    else:
        (root / "_figures/PMC1.md").unlink()
        shutil.rmtree(root / "pathways/WP0")

    absent = find_absent(root, "_figures/*.md")

    assert "_figures/PMC1.md" in absent
    assert len(absent) == (3 if way == "sparse" else 1)
    assert find_absent(root, "**/WP1.md") == []
    assert find_absent(root, "pathways/*/WP0.md") == ["pathways/WP0/WP0.md"]
    with pytest.raises(ConfigError, match=r"--prune: git tracks \d records? .*sparse-checkout"):
        require_checked_out(root, "_figures/*.md")


def test_a_repository_that_git_cannot_read_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: nowhere")

    with pytest.raises(ConfigError, match="it is not known whether all records are checked out"):
        find_absent(tmp_path, "*.md")
