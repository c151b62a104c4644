"""What is built from the checkout, and what stands in it for people who have just found it."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from sync.cli.origin import find_own_commit, is_commit
from sync.version import REPOSITORY, __version__

ROOT = Path(__file__).resolve().parents[1]
_ADDRESS = re.compile(r"https://github\.com/(?:[\w-]+)/ndex-sync\b")


def build(source: Path, kind: str, folder: Path) -> Path:
    """Build an sdist or a wheel of a folder, by its own build backend, and return the file."""
    command = f"from hatchling.build import build_{kind} as build; print(build({str(folder)!r}))"
    python = (sys.executable, "-c", command)
    done = subprocess.run(python, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / done.stdout.split()[-1]


def stamped(package: Path) -> str:
    with zipfile.ZipFile(package) as wheel:
        return wheel.read("sync/commit.txt").decode().strip()


@pytest.mark.slow
def test_what_is_built_knows_its_commit_also_where_there_is_no_git(tmp_path: Path) -> None:
    commit = find_own_commit(ROOT / "sync") if (ROOT / "sync").is_dir() else None
    if commit is None:
        pytest.skip("this ndex-sync does not lie in a git checkout")

    assert stamped(build(ROOT, "wheel", tmp_path)) == commit
    with tarfile.open(build(ROOT, "sdist", tmp_path)) as sdist:
        sdist.extractall(tmp_path, filter="data")
    unpacked = tmp_path / f"ndex_sync-{__version__}"
    assert stamped(build(unpacked, "wheel", tmp_path / "from-sdist")) == commit
    assert (unpacked / "dev.py").is_file()
    assert find_own_commit(unpacked / "sync") == commit


def test_an_archive_of_the_checkout_is_given_its_commit_by_git() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this ndex-sync does not lie in a git checkout")
    archived = subprocess.run(
        ["git", "-C", ROOT, "archive", "HEAD", "sync/commit.txt"], capture_output=True, check=True
    )

    found = re.findall(rb"\b[0-9a-f]{40}\b", archived.stdout)
    assert len(set(found)) == 1
    assert is_commit(found[0].decode())


def test_the_address_of_the_repository_is_the_same_wherever_it_stands() -> None:
    """It is not settled yet: to change it, change ``[project.urls]`` and follow this test."""
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]

    assert urls["Repository"] == REPOSITORY
    assert all(url.startswith(REPOSITORY) for url in urls.values())
    kinds = ("*.md", "*.py", "*.toml", "*.yml", "*.yaml", "*.cff", "Dockerfile")
    folders = ("sync", "docs", ".github", ".ci")
    files = [path for kind in kinds for path in ROOT.glob(kind)]
    files += [path for kind in kinds for each in folders for path in (ROOT / each).rglob(kind)]
    for path in files:
        found = set(_ADDRESS.findall(path.read_text(encoding="utf-8")))
        assert found <= {REPOSITORY}, path
