"""An apply that is killed anywhere is finished by the next one, and nothing is doubled."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.samples import network_id

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
GIVEN = {network_id(number) for number in (1, 2, 4, 5, 6)}
LEAST_MOMENTS = {"push": 100, "restore": 50, "night": 100, "drawings": 35}
"""A run has more moments than this; so many are there to be killed at."""
STEP = 12
NIGHTLY = [
    pytest.param(first, id=str(first), marks=[pytest.mark.nightly] if first else [])
    for first in range(STEP)
]


@pytest.mark.parametrize("first", NIGHTLY)
@pytest.mark.parametrize("run", LEAST_MOMENTS)
def test_a_killed_run_is_finished_by_the_next_and_makes_nothing_twice(
    tmp_path: Path, run: str, first: int
) -> None:
    """Killed at every twelfth moment from ``first``: where each ends, one that is unharmed ends."""
    *killed, unharmed = reports(tmp_path, run, first)

    assert unharmed["moment"] > LEAST_MOMENTS[run]
    assert [each["moment"] for each in killed] == [*range(first, unharmed["moment"], STEP)]
    assert not unharmed["killed"]
    for each in (*killed, unharmed):
        told = f"killed at moment {each['moment']}"
        assert anonymous(each) == anonymous(unharmed), told
        assert len(set(each["networks"]) - GIVEN) == 1, told
        assert each["unfinished"] == [], told


def reports(folder: Path, run: str, first: int) -> list[dict[str, Any]]:
    """Return what became of each kill, and of a run that nothing happened to."""
    arguments = [str(folder), run, str(first), str(STEP)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.apply.killed_pushes", *arguments],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return [orjson.loads(line) for line in done.stdout.splitlines()]


def anonymous(report: dict[str, Any]) -> bytes:
    """Return what the server and the record hold, with the new network's UUID blotted out."""
    text = orjson.dumps([report["networks"], report["record"]], option=orjson.OPT_SORT_KEYS)
    for made in set(report["networks"]) - GIVEN:
        text = text.replace(made.encode(), b"NEW")
    return text
