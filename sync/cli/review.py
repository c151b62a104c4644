"""``ndex-sync review``."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from sync.cli.options import (
    ChangedSinceOption,
    ConcurrencyOption,
    ConfigOption,
    KindOption,
    LogFormat,
    LogFormatOption,
    OneCollectionOption,
    OutputOptions,
    QuietOption,
    RateOption,
    SelectOption,
    ServerOption,
    StateOption,
    VerboseOption,
)


def review(
    *,
    config: ConfigOption = Path("ndex-sync.toml"),
    server: ServerOption = None,
    collection: OneCollectionOption = None,
    select: SelectOption = None,
    changed_since: ChangedSinceOption = None,
    kind: KindOption = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The plan file to write.")
    ] = Path("review-plan.json"),
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="The last day on which what you accept holds. [in 90 days]",
        ),
    ] = None,
    state: StateOption = None,
    concurrency: ConcurrencyOption = 8,
    rate: RateOption = None,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Go through drifted records one by one: push, accept or leave each.

    Shows both sides of each record and asks. At the end, what you accepted is written beside the
    configuration, and what you want to push becomes a plan file. Nothing is sent: apply the plan
    when you have read it. Records that are in the plan file already are not asked about again.

    Exit status: 0 nothing is left to do, 1 records are left or the plan waits, 2 usage or
    configuration error, 130 stopped by Ctrl-C, and no plan was written.
    """
    from sync.cli.kinds import read_kinds
    from sync.cli.review_run import ReviewOptions, run_review
    from sync.collection.select import Selection
    from sync.ndex.auth import take_credentials
    from sync.ndex.policy import ClientPolicy
    from sync.push import read_push_settings

    settings = read_push_settings(
        config,
        collection,
        server,
        state,
        ClientPolicy(concurrency=concurrency, rate_per_s=rate),
        take_credentials(os.environ),
    )
    options = ReviewOptions(
        OutputOptions(verbose, quiet, log_format),
        Selection(tuple(select or ()), changed_since),
        read_kinds(kind or ()),
        out,
        None if until is None else until.date(),
    )
    raise typer.Exit(run_review(settings, options))
