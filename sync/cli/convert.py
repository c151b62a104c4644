"""``ndex-sync convert``: drawings and figure records to networks or pictures, offline."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sync.cli.options import QuietOption

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sync.convert.files import Converted, NotConverted


def convert(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE-OR-FOLDER...",
            help="Drawings (.gpml) or figures' records (.md), or folders of them.",
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FOLDER", help="Where to write; beside the sources if not given."
        ),
    ] = None,
    to: Annotated[
        Literal["cx2", "svg"], typer.Option("--to", help="A network (cx2) or a picture (svg).")
    ] = "cx2",
    quiet: QuietOption = False,
) -> None:
    """Convert drawings of pathways or records of figures to networks or pictures.

    Asks no server. The record (.md) and node table (-datanodes.tsv) beside a drawing give the
    network its properties and identifiers. A file that cannot be converted is named with its
    verdict and reason; the others are still converted. Exit status: 0 all converted, 2 usage error,
    3 at least one was refused, 130 stopped by Ctrl-C.
    """
    from sync.convert.files import NotConverted, OutputFormat, convert_files, plan_jobs
    from sync.errors import refuse_write
    from sync.report.exit_status import ExitStatus

    # CI ends a cancelled job with SIGTERM. Treat it as Ctrl-C, so that no half-written file stays.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    target = OutputFormat(to)
    jobs = plan_jobs(sources, out, target)
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise refuse_write(f"--out {out}", error) from error
    done: list[Converted] = []
    refused: list[NotConverted] = []
    for outcome in convert_files(jobs, target):
        if isinstance(outcome, NotConverted):
            refused.append(outcome)
            typer.echo(_refusal(outcome))
        else:
            done.append(outcome)
    if not quiet:
        _sum_up(done, len(jobs))
    raise typer.Exit(ExitStatus.INCOMPLETE if refused else ExitStatus.IN_SYNC)


def _refusal(outcome: NotConverted) -> str:
    from sync.report.text import visible

    place = outcome.job.source.parent / outcome.path
    line = "" if outcome.line is None else f":{outcome.line}"
    return visible(f"{outcome.verdict.value}  {place}{line}: {outcome.reason}")


def _sum_up(done: Iterable[Converted], jobs: int) -> None:
    """Print how many files were written, and what was left out of them."""
    from collections import Counter

    from sync.amounts import plural

    drawn: Counter[str] = Counter()
    left_out: Counter[tuple[str, str]] = Counter()
    count = 0
    for each in done:
        count += 1
        for kind, tally in each.tallies.items():
            drawn[kind] += tally.drawn
            left_out.update({(kind, why): number for why, number in tally.left_out.items()})
    typer.echo(f"Converted {count:,} of {plural(jobs, 'file')}")
    for (kind, why), number in sorted(left_out.items()):
        typer.echo(f"Left out {number:,} of {drawn[kind]:,} {kind}: {why}")
