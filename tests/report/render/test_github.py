"""Annotations, read as GitHub's runner reads them; the summary and the outputs of a job."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from sync.errors import ConfigError
from sync.model import DifferenceKind, Verdict
from sync.report.document import LastRun, Report
from sync.report.github_job import Job, write_job_files
from sync.report.labels import VERDICTS
from sync.report.publish import publish_report
from sync.report.render.annotations import BUDGET
from sync.report.render.formats import FormatRequest
from sync.report.render.github import render_github
from sync.report.text import shorten, visible
from tests.builders import make_difference, make_report, make_result
from tests.report import samples

COMMAND = re.compile(r"^::(?P<level>[a-z]+)(?: (?P<properties>.*?))?::(?P<message>.*)$")
"""How the runner takes a line apart: the first ``::`` after the first ends the properties."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A workflow command as the runner understands it."""

    level: str
    properties: dict[str, str]
    message: str


def shown(report: Report, folder: str = "") -> list[Annotation]:
    return [
        understood(line)
        for line in samples.rendered(render_github, report, folder).split("\n")[:-1]
    ]


def understood(line: str) -> Annotation:
    found = COMMAND.match(line)
    assert found is not None, line
    pairs = (pair.partition("=") for pair in found["properties"].split(","))
    return Annotation(
        found["level"],
        {name: unescaped(value) for name, _, value in pairs},
        unescaped(found["message"]),
    )


def unescaped(text: str) -> str:
    for code, letter in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, letter)
    return text


def test_a_drifted_record_is_a_warning_on_its_line() -> None:
    last = LastRun(datetime(2026, 11, 1, tzinfo=UTC), 1, {Verdict.IN_SYNC: 1})
    report = make_report(make_result(verdict=Verdict.DRIFTED))
    first, notice = shown(structs.replace(report, last_run=last), "docs")

    assert first == Annotation(
        "warning",
        {"file": "docs/_pathways/WP1.md", "line": "17", "title": "WP1: drifted"},
        "record and network differ; only in the record: CXCL8. Update the network from the record"
        " (ndex-sync plan), or correct the record.",
    )
    assert notice.properties == {"title": "ndex-sync"}
    assert notice.message.startswith(
        "0 of 1 record in sync: differences found. Since the last complete run (2026-11-01 "
    )
    assert notice.message.endswith("in sync 1 → 0, drifted 0 → 1")


def test_of_many_differences_the_first_are_named_and_the_rest_counted() -> None:
    genes = [make_difference(symbol=f"GENE{number}") for number in range(10)]
    warning, _ = shown(samples.drifted(*genes))

    assert "GENE6, GENE7, … 2 more. " in warning.message


def test_two_long_texts_are_shown_where_they_differ() -> None:
    same = "Every pathway begins with the same words. " * 3
    longer = make_difference(
        kind=DifferenceKind.PROPERTY,
        name="description",
        local={"value": same + "It has an end."},
        remote={"value": same},
    )
    warning, _ = shown(samples.drifted(longer))

    assert "It has an end." in warning.message


def test_what_is_most_urgent_of_each_level_is_annotated_and_the_rest_is_counted() -> None:
    verdicts = [Verdict.DRIFTED] * 30 + [Verdict.FAILED] * 12 + [Verdict.UNMAPPED] * 12
    results = [make_result(f"WP{n}", verdict, line=None) for n, verdict in enumerate(verdicts)]
    annotations = shown(make_report(*results, unclaimed=(samples.REMOTE,)))

    levels = [each.level for each in annotations]
    assert levels == ["error"] * BUDGET + ["warning"] * BUDGET + ["notice"] * BUDGET
    assert "line" not in annotations[0].properties
    assert annotations[-1].message == (
        "0 of 54 records in sync: not every record was checked; not annotated: 2 failed, "
        "20 drifted, 3 unmapped, 1 remote only; the step's summary lists them"
    )


@pytest.mark.parametrize(
    "text", ["%0A::error::owned", "a,file=/etc/passwd", "x::y", *samples.HOSTILE]
)
def test_no_text_from_outside_ends_its_place(text: str) -> None:
    result = make_result(text, Verdict.FAILED, path=f"_figures/{text}x.md", messages=(text,))
    annotations = shown(make_report(result))

    assert len(annotations) == 2
    assert set(annotations[0].properties) == {"file", "line", "title"}
    assert annotations[0].properties["title"] == visible(shorten(f"{text}: failed", 120))
    assert annotations[0].properties["file"].endswith("x.md")
    assert annotations[0].message.startswith("NDEx did not answer")
    assert visible(text)[:20] in annotations[0].message
    assert annotations[0].message.endswith(VERDICTS[Verdict.FAILED].advice)


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_the_runner_reads_the_text_that_a_person_would(text: str) -> None:
    annotation = shown(make_report(make_result("WP1", Verdict.FAILED, messages=(text,))))[0]

    assert f"; {visible(text).rstrip('.')}. " in annotation.message


def test_the_environment_says_where_files_and_records_are(tmp_path: Path) -> None:
    environ = {
        "GITHUB_WORKSPACE": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_OUTPUT": "",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "wikipathways/pfocr",
    }

    job = Job.from_environment(environ, tmp_path / "a b" / "c")

    assert (job.summary, job.output, job.folder) == (tmp_path / "summary", None, "a b/c")
    assert job.source("c0ffee") == "https://github.com/wikipathways/pfocr/blob/c0ffee/a%20b/c"
    assert job.source(None) is None
    assert Job.from_environment(environ, tmp_path).folder == ""
    assert Job.from_environment(environ, tmp_path.parent).folder == ""
    assert Job.from_environment({}, tmp_path) == Job()
    assert Job().source("c0ffee") is None


REPORT = make_report(make_result(), make_result("WP2", Verdict.DRIFTED))


def test_summary_and_outputs_are_added_to_what_is_there(tmp_path: Path) -> None:
    job = Job(tmp_path / "summary", tmp_path / "output")
    for path in (tmp_path / "summary", tmp_path / "output"):
        path.write_text("before=1\n")
    report = tmp_path / "report.json"

    stdout = StringIO()
    publish_report(
        REPORT, [FormatRequest("github"), FormatRequest("json", str(report))], job, stdout
    )

    assert stdout.getvalue().startswith("::warning ")
    assert (tmp_path / "summary").read_text().startswith("before=1\n# `ndex-sync check`\n")
    lines = (tmp_path / "output").read_text().splitlines()
    assert lines[:8] == [
        "before=1",
        "exit_status=1",
        "complete=true",
        "records=2",
        "checked=2",
        "in_sync=1",
        "accepted=0",
        "drifted=1",
    ]
    assert "failed=0" in lines
    assert lines[-2] == str(report)
    assert lines[-3] == f"report_json<<{lines[-1]}"


def test_other_formats_leave_the_job_alone(tmp_path: Path) -> None:
    job = Job(tmp_path / "summary", tmp_path / "output")

    publish_report(REPORT, [FormatRequest("markdown")], job, StringIO())

    assert list(tmp_path.iterdir()) == []


def test_a_report_path_cannot_add_an_output(tmp_path: Path) -> None:
    job = Job(output=tmp_path / "output")

    write_job_files(REPORT, [FormatRequest("json", "a\nend\nexit_status=0")], job)

    lines = (tmp_path / "output").read_text().splitlines()
    opening = next(i for i, line in enumerate(lines) if line.startswith("report_json<<"))
    assert lines[opening + 1 :] == ["a", "end", "exit_status=0", lines[opening].split("<<")[1]]
    assert lines[opening].split("<<")[1] not in lines[opening + 1 : -1]


@pytest.mark.parametrize(
    ("used", "told"),
    [(1_000_000, "**1 of 2 records in sync: differences found** (no room"), (1_048_575, "")],
    ids=["a line fits", "nothing fits"],
)
def test_a_summary_never_grows_beyond_what_github_shows(
    tmp_path: Path, used: int, told: str
) -> None:
    summary = tmp_path / "summary"
    summary.write_bytes(b"x" * used)
    big = make_result("WP2", Verdict.DRIFTED, messages=("`" * 390,) * 200)

    write_job_files(make_report(make_result(), big), [], Job(summary=summary))

    text = summary.read_text()[used:]
    assert text.startswith(told)
    assert len(summary.read_bytes()) < 1024 * 1024
    assert bool(text) == bool(told)


def test_a_file_that_cannot_be_written_is_an_error_that_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^GITHUB_OUTPUT=.*: Is a directory"):
        write_job_files(REPORT, [], Job(output=tmp_path))
