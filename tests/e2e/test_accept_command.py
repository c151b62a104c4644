"""Accepted drift from the first red check to the entry that is no longer needed."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.accepted.file import ACCEPTED_NAME, read_accepted
from sync.report.document import Report, parse_report
from sync.sandbox.store import Store
from tests.e2e.running import configure, refusal, run_command
from tests.samples import CHEMOKINES, Genes, Sample, figure

CONFIG = configure(server="sandbox:sandbox.db")
TODAY = datetime.now(UTC).date()
UNTIL = str(TODAY + timedelta(days=90))
WITH_TNF: Genes = (*CHEMOKINES, ("TNF", "7124"))
WITH_IL4: Genes = (*WITH_TNF, ("IL4", "3565"))
AGREED = ("--reason", "the figure shows it", "--until", UNTIL)


class Project:
    """A checkout with its server, checked as a nightly job does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / ACCEPTED_NAME
        (root / "ndex-sync.toml").write_text(CONFIG)

    def serve(self, remote: Genes, **changes: str | None) -> None:
        """Have the server hold these genes for the first figure, and what agrees with others."""
        for stale in ("networks", "_figures"):
            shutil.rmtree(self.root / stale, ignore_errors=True)
        sample = Sample(self.root)
        sample.add_pair(1, remote=remote, **changes)
        sample.add_pair(2)
        sample.add_record(figure(3))
        (self.root / "sandbox.db").unlink(missing_ok=True)
        with Store.open(self.root / "sandbox.db") as store:
            sample.fill(store)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ndex-sync here."""
        return run_command(*arguments, cwd=self.root)

    def check(self, *options: str) -> tuple[int, str, Report]:
        """Return exit status, what a person sees, and the report."""
        formats = ("--format", "terminal", "--format", "json=report.json")
        done = self.run("check", *formats, *options)
        said = done.stderr.splitlines()
        assert all(line.startswith("Since the last complete run") for line in said), said
        return done.returncode, done.stdout, parse_report((self.root / "report.json").read_bytes())

    def accept(self, *choice: str) -> str:
        """Accept from the last report, and return what that says."""
        done = self.run("accept", "report.json", *choice, *AGREED)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.serve(WITH_TNF)
    return made


@pytest.mark.slow
def test_accepted_drift_from_beginning_to_end(project: Project) -> None:
    status, _, report = project.check()
    assert status == 1
    assert {str(record.verdict) for record in report.records} == {"drifted", "in_sync", "unmapped"}

    told = project.accept("--select", figure(1), "--kind", "gene_extra", "--gene", "TNF")
    assert f"Accepted until {UNTIL}: 1 item\n  figures {figure(1)} gene_extra TNF\n" in told
    project.accept("--kind", "unmapped")

    status, shown, report = project.check()
    assert status == 0
    assert "1 of 3 records in sync, 2 accepted: nothing to do" in shown
    assert f"only on NDEx 1, unmapped 1, in 2 records, until {UNTIL}" in " ".join(shown.split())
    assert [len(record.accepted) for record in report.records] == [1, 0, 1]

    project.serve(WITH_IL4)
    status, shown, report = project.check()
    assert status == 1
    first = next(iter(report.records))
    assert [getattr(each, "symbol", "") for each in first.differences] == ["IL4"]
    assert len(first.accepted) == 1

    accepted = project.file.read_text()
    project.serve(WITH_TNF)
    project.file.write_text(accepted.replace(UNTIL, str(TODAY - timedelta(days=1))))
    status, shown, report = project.check()
    assert status == 1
    assert len(report.accepted.expired) == 2
    assert f"{ACCEPTED_NAME}:10" in shown
    assert "accept it again" in " ".join(shown.split())

    project.file.write_text(accepted)
    project.serve(CHEMOKINES)
    status, shown, report = project.check()
    assert status == 0
    [stale] = report.accepted.stale
    assert (stale.record, stale.gene, stale.reason) == (figure(1), "TNF", "the figure shows it")
    assert accepted.splitlines()[(stale.line or 0) - 1].lstrip().startswith("{ record = ")


def test_it_is_told_what_was_replaced_and_left_out(project: Project) -> None:
    evil = '"]\n[[accepted]]\u202e <script> \\u0041 \x1b[31m'
    for title in ("A preprint.", evil):
        project.serve(CHEMOKINES, paperTitle=title)
        (project.root / "_figures" / "PMC9__f9.md").write_text("---\nfigid: [\n---\n")
        assert project.check()[0] == 3
        told = project.accept("--select", "*")

    assert "1 outdated, replaced" in told
    assert "1 accepted before: reason and date replaced" in told
    assert "Left out: 1 record that could not be checked" in told
    assert "\x1b" not in told
    remote = {entry.item.record: entry.item.remote for entry in read_accepted(project.file)}
    assert remote == {figure(1): (("value", evil),), figure(3): None}


def test_a_dry_run_prints_the_diff_and_writes_nothing(project: Project) -> None:
    project.check()

    shown = project.accept("--gene", "TNF", "--dry-run")

    assert not project.file.exists()
    assert shown.startswith(f"--- /dev/null\n+++ b/{ACCEPTED_NAME}\n")
    patched = subprocess.run(
        ["git", "apply"], cwd=project.root, input=shown, text=True, check=False, capture_output=True
    )
    assert patched.returncode == 0, patched.stderr
    assert project.accept("--gene", "TNF") == f"{ACCEPTED_NAME} has this already\n"


YESTERDAY = str(TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--gene", "TNF", "--reason", "x", "--until", YESTERDAY), "this day is past"),
        (("--gene", "TNF", "--reason", " ", "--until", UNTIL), "--reason is empty: say why"),
        (("--gene", "TNF", "--until", UNTIL), "missing option '--reason'"),
        (("--gene", "TNF", "--reason", "x"), "missing option '--until'"),
        (("--gene", "TNF", "--reason", "x", "--until", "soon"), "soon"),
        (AGREED, "choose what to accept"),
        (("--gene", "PDK1", *AGREED), "--gene PDK1: nothing that you chose"),
        (("--kind", "failed", *AGREED), "--kind failed: failed cannot be accepted"),
        (("--kind", "genes", *AGREED), "--kind genes: must be one of gene_missing"),
        (("--kind", "unmaped", *AGREED), "(did you mean 'unmapped'?)"),
        (("--gene", "TNF", "--config", "other.toml", *AGREED), "other.toml: no such file"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    project: Project, arguments: tuple[str, ...], problem: str
) -> None:
    project.check()

    assert problem in refusal(project.run("accept", "report.json", *arguments))
    assert not project.file.exists()


def test_a_report_of_another_configuration_is_refused(project: Project) -> None:
    project.check()
    (project.root / "ndex-sync.toml").write_text(CONFIG.replace('"figures"', '"pathways"'))

    assert "a collection that ndex-sync.toml does not have: figures" in refusal(
        project.run("accept", "report.json", "--gene", "TNF", *AGREED)
    )


@pytest.mark.parametrize(
    "command", [("check",), ("accept", "report.json", "--gene", "TNF", *AGREED)]
)
def test_a_broken_accepted_file_is_a_configuration_error_with_its_line(
    project: Project, command: tuple[str, ...]
) -> None:
    project.check()
    project.file.write_text('[[accepted]]\ncollection = "figures"\nreason = 7\n')

    said = refusal(project.run(*command))

    assert f"{ACCEPTED_NAME}:3: reason: " in said
    assert f"{ACCEPTED_NAME}:1: until: is missing" in said
