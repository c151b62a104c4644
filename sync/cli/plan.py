"""``ndex-sync plan``."""

from __future__ import annotations

import os
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
    PlanFormatOption,
    PruneOption,
    QuietOption,
    RateOption,
    SelectOption,
    ServerOption,
    StateOption,
    VerboseOption,
)


def plan(
    *,
    config: ConfigOption = Path("ndex-sync.toml"),
    server: ServerOption = None,
    collection: OneCollectionOption = None,
    select: SelectOption = None,
    changed_since: ChangedSinceOption = None,
    kind: KindOption = None,
    prune: PruneOption = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the plan file, for ndex-sync apply."),
    ] = None,
    formats: PlanFormatOption = None,
    state: StateOption = None,
    concurrency: ConcurrencyOption = 8,
    rate: RateOption = None,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Say what a push would do and why; change nothing.

    Exit status: 0 nothing to do, 1 something to do or left alone, 2 usage or configuration error,
    3 nothing is planned and not every record could be looked up.
    """
    from sync.cli.kinds import read_kinds
    from sync.cli.push_run import PlanOptions, run_plan
    from sync.collection.select import Selection
    from sync.ndex.auth import take_credentials
    from sync.ndex.policy import ClientPolicy
    from sync.push import read_push_settings
    from sync.report.render.formats import FormatRequest, parse_formats
    from sync.report.render.plan import PLAN_FORMATS

    settings = read_push_settings(
        config,
        collection,
        server,
        state,
        ClientPolicy(concurrency=concurrency, rate_per_s=rate),
        take_credentials(os.environ),
    )
    output = OutputOptions(verbose, quiet, log_format)
    wanted = parse_formats(formats or ["terminal"], PLAN_FORMATS)
    if out is not None:
        wanted = (*wanted, FormatRequest("json", str(out)))
    options = PlanOptions(
        output, Selection(tuple(select or ()), changed_since), prune, wanted, read_kinds(kind or ())
    )
    raise typer.Exit(run_plan(settings, options))
