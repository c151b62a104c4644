"""``ndex-sync report``: render saved reports, compare two, or join those of shards."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import FormatOption
from sync.cli.usage import GroupedCommand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.report.document import Report
    from sync.report.merge import ShardReport

report = typer.Typer(
    help="Render a saved JSON report in other formats, compare two reports, or join shards.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@report.command(cls=GroupedCommand)
def render(
    file: Annotated[
        Path, typer.Argument(metavar="REPORT", help="A report made by --format json=PATH.")
    ],
    *,
    formats: FormatOption = None,
    previous: Annotated[
        Path | None,
        typer.Option(
            "--previous", metavar="PATH", help="An earlier report; html shows what changed since."
        ),
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option(
            "--records",
            exists=True,
            file_okay=False,
            metavar="FOLDER",
            help="The folder of the configuration; html draws pathways from their drawings there.",
        ),
    ] = None,
) -> None:
    """Render a saved report in any format.

    Exit status: 0 rendered, whatever the report says, 2 the file is not a report.
    """
    from sync.report.github_job import Job
    from sync.report.pictures import pictures_of
    from sync.report.publish import publish_report
    from sync.report.render.formats import parse_formats
    from sync.report.render.html.render import render_html

    requests = parse_formats(formats or ["terminal"])
    job = Job.from_environment(os.environ, Path())
    earlier = None if previous is None else read_report(previous)
    saved = read_report(file)
    roots = {} if records is None else {each.name: records for each in saved.collections}
    html = partial(render_html, previous=earlier, pictures=pictures_of(roots))
    publish_report(saved, requests, job, sys.stdout, html=html)


@report.command(cls=GroupedCommand)
def diff(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="The earlier report, as JSON.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="The later report, as JSON.")],
    *,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="NAME[=PATH]",
            help="terminal, json or markdown, to a file with =PATH. Repeatable.",
        ),
    ] = None,
) -> None:
    """Show what changed between two runs.

    Lists new, solved and changed records.

    Exit status: 0 nothing new or changed (something may be solved), 1 something is, 2 a file is
    not a report.
    """
    from sync.report.diff import compare_reports
    from sync.report.exit_status import ExitStatus
    from sync.report.render.formats import COMPARISON_FORMATS, parse_formats
    from sync.report.write import write_reports

    requests = parse_formats(formats or ["terminal"], COMPARISON_FORMATS)
    comparison = compare_reports(read_report(before), read_report(after))
    write_reports(COMPARISON_FORMATS, comparison, requests, sys.stdout)
    raise typer.Exit(ExitStatus.DIFFERENCES if comparison.has_news else ExitStatus.IN_SYNC)


@report.command(cls=GroupedCommand)
def merge(
    files: Annotated[
        list[Path], typer.Argument(metavar="REPORT", help="The report of every shard.")
    ],
    *,
    formats: FormatOption = None,
    state: Annotated[
        list[Path] | None,
        typer.Option(
            "--state",
            exists=True,
            file_okay=False,
            metavar="FOLDER",
            help="The state folder of a shard. Repeatable.",
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option("--into", metavar="FOLDER", help="The folder to join the states into."),
    ] = None,
) -> None:
    """Join the reports of all shards of a run into one.

    The reports are made by check --shard. With --state and --into, the caches of the shards are
    joined too, and the run is noted, for the next run.

    Exit status: 0 everything in sync, 1 differences found, 2 the reports are not all the shards of
    one run, 3 incomplete (at least one record could not be checked, or a shard was interrupted).
    """
    from sync.cli.log import configure_logging
    from sync.cli.options import OutputOptions
    from sync.errors import ConfigError, refuse_write
    from sync.report.exit_status import exit_status
    from sync.report.github_job import Job
    from sync.report.merge import merge_reports
    from sync.report.publish import publish_report
    from sync.report.render.formats import parse_formats
    from sync.report.since import describe_since, note_report
    from sync.state.cache_merge import merge_caches

    configure_logging(OutputOptions())
    requests = parse_formats(formats or ["terminal"])
    if bool(state) != (into is not None):
        raise ConfigError("--state and --into go together: which states, and where to join them")
    merged = merge_reports(_read_shards(files))
    if state and into is not None:
        try:
            merged = note_report(merged, into, state)
        except OSError as error:
            raise refuse_write(f"--into {into}", error) from error
        if since := describe_since(merged):
            typer.echo(since, err=True)
    publish_report(merged, requests, Job.from_environment(os.environ, Path()), sys.stdout)
    if state and into is not None:
        merge_caches(state, into)
    raise typer.Exit(exit_status(merged))


def _read_shards(files: Sequence[Path]) -> list[ShardReport]:
    """Read the reports of shards; raises ConfigError with what is wrong with any of them."""
    from sync.errors import ConfigError
    from sync.report.merge import ShardReport

    shards = []
    problems: list[str] = []
    for file in files:
        try:
            shards.append(ShardReport(str(file), read_report(file)))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(*problems)
    return shards


def read_report(path: Path) -> Report:
    """Read a saved report; raises ConfigError, which names the file, if it is not one."""
    from sync.errors import ConfigError
    from sync.report.document import parse_report

    try:
        return parse_report(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    except ConfigError as error:
        raise ConfigError(*(f"{path}: {problem}" for problem in error.problems)) from error
