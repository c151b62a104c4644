"""What became of a plan, in every format: all of it is told, and no text has power."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from msgspec import structs

from sync.plan.actions import Skipped
from sync.report.applied import AppliedAction, AppliedReport, Ending
from sync.report.github_job import Job
from sync.report.publish import publish_applied
from sync.report.render.annotations import BUDGET
from sync.report.render.applied import APPLIED_FORMATS
from sync.report.render.formats import FormatRequest
from tests.report import samples

HOSTILE = "::error::x\n::set-output name=a::b ##[error]<script>`\x1b[31m"
NETWORK = "85034b42-de8a-11ea-99da-0ac135e8bacf"


def made(*endings: Ending, text: str = "somebody changed it") -> AppliedReport:
    return AppliedReport(
        run="20261130-7f3a",
        server="https://www.ndexbio.org",
        account="curator",
        collection="figures",
        exit_status=1,
        actions=tuple(
            AppliedAction(
                kind="update",
                ending=each,
                record=f"WP{n}{text}",
                path="a.md",
                network=NETWORK,
                message=text,
            )
            for n, each in enumerate(endings)
        ),
        left=(Skipped(f"WP9{text}", f"ambiguous {text}"),),
        undo="ndex-sync restore 20261130-7f3a",
    )


def rendered(name: str, report: AppliedReport) -> str:
    return samples.rendered(APPLIED_FORMATS[name], report)


@pytest.mark.parametrize("name", APPLIED_FORMATS)
def test_it_tells_the_run_what_was_left_and_the_way_back(name: str) -> None:
    text = rendered(name, made(Ending.DONE, Ending.CONFLICT, Ending.FAILED))

    for part in ("20261130-7f3a", "somebody changed it", "ndex-sync restore 20261130-7f3a"):
        assert part in text
    if name in {"json", "markdown"}:
        assert "ambiguous" in text
    if name != "json":
        assert "1 done, 1 in conflict, 1 failed" in text


def test_the_terminal_counts_the_records_that_the_plan_left_alone() -> None:
    left = (
        Skipped("WP1", "its network belongs to another record"),
        Skipped("WP2", "extra genes with edges stay"),
        Skipped("WP2", "another reason"),
        Skipped("WP3", "what differs was accepted", accepted=True),
    )
    text = rendered("terminal", structs.replace(made(Ending.DONE), left=left))

    assert "\nLeft alone by the plan: 2 records\n" in text


@pytest.mark.parametrize("name", APPLIED_FORMATS)
def test_no_text_starts_a_command_of_a_runner(name: str) -> None:
    text = rendered(name, made(*Ending, text=HOSTILE))

    commands = [line for line in text.splitlines() if re.match(r"\s*::", line)]
    assert all(re.match("::(error|warning|notice) ", line) for line in commands)
    assert bool(commands) == (name == "github")
    assert "##[" not in text
    assert "\x1b" not in text


def test_each_level_has_its_own_budget() -> None:
    lines = rendered("github", made(*[Ending.FAILED] * 30, *[Ending.CONFLICT] * 30)).splitlines()

    levels = [line.split()[0] for line in lines]
    assert levels == ["::error"] * BUDGET + ["::warning"] * BUDGET + ["::notice"]
    assert lines[0].endswith("Apply the same plan again; what is done is not done twice.")


def test_a_job_gets_a_summary_and_outputs(tmp_path: Path) -> None:
    job = Job(tmp_path / "summary", tmp_path / "output", "records")
    formats = [FormatRequest("github"), FormatRequest("json", str(tmp_path / "applied.json"))]
    stdout = io.StringIO()
    publish_applied(made(Ending.DONE, Ending.FAILED), formats, job, stdout)

    assert "file=records/a.md" in stdout.getvalue()
    assert (tmp_path / "summary").read_text().startswith("## Applied: 1 done, 1 failed\n")
    outputs = (tmp_path / "output").read_text().splitlines()
    assert {"run=20261130-7f3a", "done=1", "failed=1", "not_begun=0", "left=1"} <= set(outputs)
    assert "undo=ndex-sync restore 20261130-7f3a" in outputs
    document = json.loads((tmp_path / "applied.json").read_text())
    assert (document["version"], document["actions"][1]["ending"]) == (1, "failed")
