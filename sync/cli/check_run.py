"""Run one check, from open collections to the reports and the exit status."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer

from sync.build_report import Findings, ReportRequest, check_collections, make_report
from sync.cli.log import configure_logging
from sync.cli.options import OutputOptions
from sync.cli.progress import say_if_unchanged, show_progress
from sync.cli.stop import INTERRUPTED, Stop
from sync.errors import NdexSyncError
from sync.ndex.client import NdexClient
from sync.report.build import start_run
from sync.report.document import Report
from sync.report.exit_status import exit_status
from sync.report.github_job import NO_JOB, Job
from sync.report.pictures import pictures_of
from sync.report.publish import publish_report
from sync.report.record_buffer import RecordBuffer
from sync.report.render.formats import FormatRequest, later
from sync.report.since import describe_since, note_report
from sync.report.write import require_writable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What to check, on which server, and how to report it.

    ``server`` is the name in the report of the server that ``open_client`` opens a client for.
    ``job`` is the GitHub job that the format ``github`` writes for. ``state`` is the folder whose
    journal says what earlier runs left, None if none is used. ``changed_since`` is the commit by
    which the records were selected.
    """

    server: str
    open_client: Callable[[], AbstractAsyncContextManager[NdexClient]]
    subject: ReportRequest
    formats: Sequence[FormatRequest]
    output: OutputOptions
    job: Job = NO_JOB
    state: Path | None = None
    changed_since: str | None = None


def run_check(request: CheckRequest) -> int:
    """Check, write the reports, and return the exit status (design: Exit status).

    Ctrl-C or SIGTERM stops cleanly: what was checked until then is reported.
    """
    configure_logging(request.output)
    require_writable(request.formats)
    run, subject = start_run("check", request.server), request.subject
    total = sum(len(collection.paths) for _, collection in subject.collections)
    with subject.cache as cache:
        findings = Findings(RecordBuffer([name for name, _ in subject.collections], cache.own))
        with show_progress("Checking", total, quiet=request.output.quiet) as advance:
            # A shard with no record still has to account for networks.
            if total or any(each.complete for _, each in subject.collections):
                asyncio.run(_check_all(request, findings, advance))
            else:
                findings.complete = True
        report = _with_last_run(request, make_report(subject, findings, run))
        pictures = pictures_of({name: each.root for name, each in subject.collections})
        html = partial(later("render.html.render", "render_html"), pictures=pictures)
        publish_report(report, request.formats, request.job, sys.stdout, html=html)
        say_if_unchanged(total, request.changed_since)
        return exit_status(report) if findings.complete else INTERRUPTED


def _with_last_run(request: CheckRequest, report: Report) -> Report:
    """Say what changed since the last complete run, and note this one if it is complete too."""
    if request.state is None:
        return report
    try:
        report = note_report(report, request.state)
    except OSError as error:
        logger.warning("cannot keep the history of runs in %s: %s", request.state, error)
    if (since := describe_since(report)) and not request.output.quiet:
        typer.echo(since, err=True)
    return report


async def _check_all(
    request: CheckRequest, findings: Findings, advance: Callable[[], None]
) -> None:
    Stop.on_signals()
    try:
        async with request.open_client() as client:
            await check_collections(request.subject, client, findings, advance)
            await _name_remains(request, client)
            findings.counts = client.counts
    except asyncio.CancelledError:
        logger.warning("stopped before the end; the report has what was checked until then")


async def _name_remains(request: CheckRequest, client: NdexClient) -> None:
    """Say what earlier runs left on the server, which a check does not change."""
    if request.state is None:
        return
    from sync.cli.remains import describe_remains, find_remains

    try:
        found = await find_remains(request.state, client, request.server)
    except NdexSyncError as error:
        logger.warning("cannot say what earlier runs left: %s", error)
        return
    for each in found:
        logger.warning(describe_remains(each))
