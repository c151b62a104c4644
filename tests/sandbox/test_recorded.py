"""The sandbox against the recorded answers of a real server, scenario by scenario.

``recorded_differences.tsv`` lists the steps that the sandbox answers in another way, with the
reason. What uploads become in detail (``UPLOADS``) is compared document by document elsewhere.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.servers import running_server

DIFFERENCES = Path(__file__).with_name("recorded_differences.tsv")
UPLOADS = {"aspects", "cx1-uploads", "cx2-uploads", "styles"}
SCENARIOS = (
    "access-keys",
    "batch",
    "credentials",
    "export",
    "failed-loads",
    "folders",
    "legacy-and-small-routes",
    "loading",
    "locks",
    "modification-time",
    "network-sets",
    "nul-characters",
    "permissions",
    "profile-and-summary",
    "properties",
    "read-only",
    "replace",
    "search",
    "sharing",
    "shortcuts",
    "system-properties",
    "transport",
    "trash",
    "users",
)
BY_NAME = "replace-what-is-gone"
"""Hangs a server that has ten connections; other tests show that."""


def listed() -> list[dict[str, str]]:
    with DIFFERENCES.open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_every_listed_difference_has_a_scenario_and_a_reason(recorded: Path) -> None:
    scenarios = {path.stem for path in (recorded / "scenarios").glob("*.json")}
    assert scenarios == {*SCENARIOS, *UPLOADS, BY_NAME}
    for row in listed():
        assert row["scenario"] in SCENARIOS
        assert row["reason"]


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_sandbox_answers_as_the_real_server_did(recorded: Path, scenario: str) -> None:
    # A busy queue is the point of one of them; in the others nobody needs to wait.
    delay_s = 0.5 if scenario == "loading" else 0.02
    settings = SandboxSettings(load_delay_s=delay_s, index_delay_s=0.02, lock_pause_s=0.01)
    command = [sys.executable, str(recorded / "replay.py"), "compare", "--patience", "60"]
    with Store.open(None) as store, running_server(store, settings) as url:
        seen = subprocess.run(
            [*command, url, scenario], capture_output=True, text=True, check=False, timeout=600
        )
    assert seen.returncode in (0, 1), seen.stderr
    differing = re.findall(rf"^{scenario}: (.*)$", seen.stdout, re.MULTILINE)
    known = {row["step"] for row in listed() if row["scenario"] == scenario}
    assert set(differing) <= known, seen.stdout
