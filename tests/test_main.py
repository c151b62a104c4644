"""How a process of ndex-sync is set up, whatever the command."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.running import run_command


@pytest.fixture
def usual_collection() -> Iterator[None]:
    """Let Python look for garbage as often as it does by itself."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("usual_collection")
def test_a_command_looks_for_garbage_seldom_and_not_among_what_is_imported(tmp_path: Path) -> None:
    gc.unfreeze()

    assert run_command("--version", cwd=tmp_path).returncode == 0

    assert min(gc.get_threshold()) > 10
    assert gc.get_threshold()[0] > 10_000
    assert gc.get_freeze_count() > 10_000
