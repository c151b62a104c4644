"""``ndex-sync report`` as it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.model import Verdict
from sync.report.document import Report
from sync.report.render.formats import FORMATS
from tests.builders import make_report, make_result
from tests.e2e.running import clean_environment, refusal, run_command
from tests.pathways import Pathway


def save(report: Report, path: Path) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        FORMATS["json"](report, stream)
    return path


@pytest.fixture
def drifted(tmp_path: Path) -> Path:
    report = make_report(make_result(), make_result("WP2", Verdict.DRIFTED))
    return save(report, tmp_path / "drifted.json")


@pytest.fixture
def in_sync(tmp_path: Path) -> Path:
    return save(make_report(make_result(), make_result("WP2")), tmp_path / "in-sync.json")


def test_a_saved_report_is_shown_in_any_format(drifted: Path, tmp_path: Path) -> None:
    environment = clean_environment(
        HOME=str(tmp_path), GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md")
    )
    formats = [
        argument
        for name in FORMATS
        if name not in {"terminal", "github"}
        for argument in ("--format", f"{name}={name}.out")
    ]
    done = run_command(
        *("report", "render", drifted, "--format", "terminal", "--format", "github"),
        *formats,
        cwd=tmp_path,
        environment=environment,
    )

    assert done.returncode == 0, done.stderr
    assert "1 of 2 records in sync" in done.stdout
    assert "::warning file=_pathways/WP2.md" in done.stdout
    assert (tmp_path / "json.out").read_bytes() == drifted.read_bytes()
    assert (tmp_path / "markdown.out").read_text() == (tmp_path / "summary.md").read_text()


def test_a_page_has_pictures_if_it_is_told_where_the_records_are(tmp_path: Path) -> None:
    Pathway().write(tmp_path)
    result = make_result("WP1", Verdict.DRIFTED, path="pathways/WP1/WP1.md")
    saved = save(make_report(result), tmp_path / "report.json")
    page = tmp_path / "page.html"
    pictures = []
    for options in ((), ("--records", ".")):
        render = ("report", "render", saved, "--format", f"html={page}", *options)
        assert run_command(*render, cwd=tmp_path).returncode == 0
        pictures.append(page.read_text(encoding="utf-8").count("data-picture="))

    assert pictures[0] < pictures[1]
    refused = run_command("report", "render", saved, "--records", "gone", cwd=tmp_path)
    assert "'gone' does not exist" in refusal(refused)


def test_a_page_shows_what_changed_since_an_earlier_report(
    drifted: Path, in_sync: Path, tmp_path: Path
) -> None:
    done = run_command(
        *("report", "render", drifted, "--previous", in_sync, "--format", "html=page.html"),
        cwd=tmp_path,
    )

    assert done.returncode == 0, done.stderr
    assert "1 new, 0 changed, 0 solved, 1 unchanged" in (tmp_path / "page.html").read_text("utf-8")


def test_news_exit_1_and_solved_ones_0(drifted: Path, in_sync: Path, tmp_path: Path) -> None:
    new = run_command("report", "diff", in_sync, drifted, cwd=tmp_path)
    solved = run_command(
        *("report", "diff", drifted, in_sync, "--format", "markdown"), cwd=tmp_path
    )

    assert (new.returncode, solved.returncode) == (1, 0)
    assert "1 new, 0 changed, 0 solved, 1 unchanged" in new.stdout
    assert "**0 new, 0 changed, 1 solved, 1 unchanged**" in solved.stdout


@pytest.mark.parametrize("command", ["render", "merge"])
@pytest.mark.parametrize("text", [None, "{}"], ids=["no file", "no report"])
def test_what_is_no_report_exits_2_and_is_named(
    text: str | None, command: str, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / "x.json").write_text(text)
    done = run_command("report", command, "x.json", cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith("ndex-sync: x.json: ")
