"""``ndex-sync accept``: leave differences as they are, for a reason and until a day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from sync.cli.options import CollectionOption, ConfigOption, KindOption


def accept(
    report: Annotated[
        Path, typer.Argument(metavar="REPORT", help="A report made by check --format json=PATH.")
    ],
    *,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, for those who review it.")
    ],
    until: Annotated[
        datetime,
        typer.Option(
            "--until",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="The last day on which they are accepted.",
        ),
    ],
    select: Annotated[
        list[str] | None,
        typer.Option(
            "--select",
            metavar="GLOB",
            help="Only this record id, or UUID of a network without record. Repeatable.",
        ),
    ] = None,
    kind: KindOption = None,
    gene: Annotated[
        list[str] | None,
        typer.Option(
            "--gene", metavar="SYMBOL", help="Only this gene, by symbol or identifier. Repeatable."
        ),
    ] = None,
    properties: Annotated[
        list[str] | None,
        typer.Option("--property", metavar="NAME", help="Only this property. Repeatable."),
    ] = None,
    collection: CollectionOption = None,
    config: ConfigOption = Path("ndex-sync.toml"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be written, as a diff.")
    ] = False,
) -> None:
    """Record differences of a report as accepted, in ndex-sync-accepted.toml.

    The file is beside the configuration. Accepted differences are reported separately, do not
    affect the exit status, and are not pushed. They come back when they expire or change.

    Exit status: 0 recorded, 2 nothing was chosen, the day is past, or a file cannot be read.
    """
    from sync.cli.accept_run import AcceptRequest, run_accept
    from sync.cli.kinds import read_kinds
    from sync.report.selection import Choice

    choice = Choice(
        records=tuple(select or ()),
        collections=tuple(collection or ()),
        kinds=read_kinds(kind or ()),
        genes=tuple(gene or ()),
        properties=tuple(properties or ()),
    )
    run_accept(AcceptRequest(report, config, choice, reason, until.date(), dry_run))
