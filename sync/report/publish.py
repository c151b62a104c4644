"""Write a report everywhere it was asked for, and to the GitHub job it runs in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING, TextIO

from sync.report.document import Report
from sync.report.github_job import Job, add_to_job, write_job_files
from sync.report.render.formats import FORMATS, FormatRequest, Renderer, later
from sync.report.write import write_reports

if TYPE_CHECKING:
    from sync.report.applied import AppliedReport

_GITHUB = "github"


def publish_report(
    report: Report,
    requests: Sequence[FormatRequest],
    job: Job,
    stdout: TextIO,
    terminal: Renderer[Report] = FORMATS["terminal"],
    html: Renderer[Report] = FORMATS["html"],
) -> None:
    """Write a report in every format asked for; ``github`` also sets the job's outputs.

    ``terminal`` and ``html`` write these two formats here. Files are written before anything is
    printed.

    Raises:
        ConfigError, DiskFull: a file cannot be written. The files before it are written.
    """
    formats: dict[str, Renderer[Report]] = {
        **FORMATS,
        "terminal": terminal,
        "html": html,
        _GITHUB: partial(later("render.github", "render_github"), folder=job.folder),
    }
    write_reports(formats, report, [each for each in requests if each.path is not None], stdout)
    if any(request.name == _GITHUB for request in requests):
        write_job_files(report, requests, job)
    write_reports(formats, report, [each for each in requests if each.path is None], stdout)


def publish_applied(
    report: AppliedReport, requests: Sequence[FormatRequest], job: Job, stdout: TextIO
) -> None:
    """Write the result of an apply in every format asked for; ``github`` also sets outputs.

    Raises:
        ConfigError, DiskFull: a file cannot be written. The files before it are written.
    """
    from sync.report.render.applied import (  # noqa: PLC0415 - a check applies nothing
        APPLIED_FORMATS,
        list_outputs,
        write_applied_github,
        write_applied_markdown,
    )

    formats: dict[str, Renderer[AppliedReport]] = {
        **APPLIED_FORMATS,
        _GITHUB: partial(write_applied_github, folder=job.folder),
    }
    if any(request.name == _GITHUB for request in requests):
        page = StringIO()
        write_applied_markdown(report, page)
        add_to_job(job, page.getvalue(), report.headline, list_outputs(report), requests)
    write_reports(formats, report, requests, stdout)
