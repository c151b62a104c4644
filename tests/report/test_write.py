"""Reports are written whole or not at all, in UTF-8, where they were asked for."""

from __future__ import annotations

import io
import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pytest
from msgspec import structs

from sync.errors import ConfigError
from sync.model import Verdict
from sync.report.document import Report, parse_report
from sync.report.render.formats import FORMATS, FormatRequest
from sync.report.write import write_reports
from tests.builders import make_report, make_result

REPORT = make_report(make_result("PMC1__β", Verdict.MISSING))


def broken_report() -> Report:
    """Return a report that no renderer can finish: it fails after the first records."""
    return structs.replace(REPORT, records=(*REPORT.records, object()))


def test_every_format_goes_where_it_was_asked_for(tmp_path: Path) -> None:
    stdout = StringIO()
    requests = [
        FormatRequest("terminal"),
        FormatRequest("json", str(tmp_path / "report.json")),
        FormatRequest("jsonl", str(tmp_path / "report.jsonl")),
        FormatRequest("markdown", str(tmp_path / "report.md")),
    ]

    write_reports(FORMATS, REPORT, requests, stdout)

    assert stdout.getvalue().startswith("ndex-sync check")
    assert parse_report((tmp_path / "report.json").read_bytes()) == REPORT
    assert b"\r" not in (tmp_path / "report.jsonl").read_bytes()
    assert (tmp_path / "report.md").read_text("utf-8").startswith("# `ndex-sync check`")
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_is_replaced_and_its_link_kept(tmp_path: Path) -> None:
    old = tmp_path / "2026.json"
    old.write_text("old")
    link = tmp_path / "latest.json"
    link.symlink_to(old)

    write_reports(FORMATS, REPORT, [FormatRequest("json", str(link))], StringIO())

    assert link.is_symlink()
    assert parse_report(old.read_bytes()) == REPORT


def test_a_report_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")

    with pytest.raises(TypeError):
        write_reports(FORMATS, broken_report(), [FormatRequest("jsonl", str(path))], StringIO())

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").touch()

    write_reports(
        FORMATS, REPORT, [FormatRequest("json", str(tmp_path / "report.json"))], StringIO()
    )

    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_a_missing_folder_and_a_folder_are_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    requests = [
        FormatRequest("markdown", str(tmp_path / "report.md")),
        FormatRequest("json", str(tmp_path / "missing" / "report.json")),
        FormatRequest("jsonl", str(tmp_path)),
    ]

    with pytest.raises(ConfigError) as caught:
        write_reports(FORMATS, REPORT, requests, StringIO())

    missing = tmp_path / "missing"
    assert caught.value.problems == (
        f"{missing}/report.json: there is no folder {missing}; make it first",
        f"{tmp_path}: this is a folder; name a file in it",
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_the_system_refuses_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 300)

    with pytest.raises(ConfigError, match=r"xxx: File name too long"):
        write_reports(FORMATS, REPORT, [FormatRequest("json", str(path))], StringIO())


def test_a_full_disk_is_an_error_that_names_the_file_and_leaves_nothing(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="no limit of a file's size can be set here")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    request = FormatRequest("json", str(tmp_path / "report.json"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(ConfigError, match=r"report.json: File too large"):
            write_reports(FORMATS, REPORT, [request], StringIO())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_device_or_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        text = reader.submit(pipe.read_bytes)
        write_reports(FORMATS, REPORT, [FormatRequest("json", str(pipe))], StringIO())

    assert parse_report(text.result()) == REPORT
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("name", ["json", "jsonl", "markdown"])
def test_a_document_on_the_standard_output_is_utf8_in_any_locale(name: str) -> None:
    buffer = io.BytesIO()
    stdout = io.TextIOWrapper(buffer, encoding="ascii")

    stdout.write("before\n")
    write_reports(FORMATS, REPORT, [FormatRequest(name)], stdout)
    stdout.write("after\n")
    stdout.flush()

    lines = buffer.getvalue().decode("utf-8").splitlines()
    assert lines[0] == "before"
    assert any("PMC1__β" in line for line in lines)
    assert lines[-1] == "after"
