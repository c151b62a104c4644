"""An apply that is killed anywhere is finished by the next one, and nothing is doubled."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.apply.killed_pushes import NIGHT_STEP
from tests.samples import network_id

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
GIVEN = {network_id(number) for number in (1, 2, 4, 5, 6)}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Everything that became of every kill."""
    folder = tmp_path_factory.mktemp("killed")
    done = subprocess.run(
        [sys.executable, "-m", "tests.apply.killed_pushes", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return [orjson.loads(line) for line in done.stdout.splitlines()]


def test_every_moment_of_a_push_and_a_restore_was_tried(reports: list[dict[str, Any]]) -> None:
    counts = Counter(report["plan"] for report in reports if report["killed"])
    print(f"kill points: {counts['push']} of a push, {counts['restore']} of a restore")  # noqa: T201

    assert counts["push"] > 100
    assert counts["restore"] > 50
    unharmed = [r["moment"] for r in reports if not r["killed"]]
    assert unharmed == [counts["push"], NIGHT_STEP * counts["night"], counts["restore"]]
    assert counts["night"] > 25


def anonymous(report: dict[str, Any]) -> bytes:
    """Return what the server and the record hold, with the new network's UUID blotted out."""
    text = orjson.dumps([report["networks"], report["record"]], option=orjson.OPT_SORT_KEYS)
    for made in set(report["networks"]) - GIVEN:
        text = text.replace(made.encode(), b"NEW")
    return text


def test_a_killed_run_ends_where_an_unharmed_one_does(reports: list[dict[str, Any]]) -> None:
    unharmed = {r["plan"]: anonymous(r) for r in reports if not r["killed"]}

    wrong = [
        (report["plan"], report["moment"])
        for report in reports
        if anonymous(report) != unharmed[report["plan"]]
    ]

    assert wrong == []


def test_a_killed_run_makes_no_network_twice(reports: list[dict[str, Any]]) -> None:
    assert {len(set(report["networks"]) - GIVEN) for report in reports} == {1}


def test_a_killed_run_is_finished_by_the_next(reports: list[dict[str, Any]]) -> None:
    assert [report["moment"] for report in reports if report["unfinished"]] == []
