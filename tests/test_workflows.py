"""What the workflows install is locked: exact versions, each held to its hash."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
LOCKS = ["build", "runtime", "dev", "docs"]
LOCKED = re.compile(r"--require-hashes (?:--no-deps )?--requirement (\S+)")


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_exact_and_held_to_its_hashes(name: str) -> None:
    text = (ROOT / f".ci/{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.replace("\\\n", " "))
    requirements = [entry for entry in entries if not entry.startswith("#") and entry.strip()]

    assert any(entry.startswith("hatchling==") for entry in requirements)
    for entry in requirements:
        assert re.match(r"[\w.-]+==[\w.]+ ", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_installs_what_is_locked_and_runs_on_nothing_that_moves(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert all((ROOT / lock).is_file() for lock in LOCKED.findall(text))
    assert "ubuntu-latest" not in text
    assert ":latest" not in text
    assert "constraints.txt" not in text
