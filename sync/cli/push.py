"""``ndex-sync push``."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from sync.cli.options import (
    AppliedFormatOption,
    ApproveOption,
    ChangedSinceOption,
    ConcurrencyOption,
    ConfigOption,
    KindOption,
    LogFormat,
    LogFormatOption,
    OneCollectionOption,
    OutputOptions,
    PruneOption,
    QuietOption,
    RateOption,
    SelectOption,
    ServerOption,
    StateOption,
    VerboseOption,
    YesOption,
)


def push(
    *,
    config: ConfigOption = Path("ndex-sync.toml"),
    server: ServerOption = None,
    collection: OneCollectionOption = None,
    select: SelectOption = None,
    changed_since: ChangedSinceOption = None,
    kind: KindOption = None,
    prune: PruneOption = False,
    yes: YesOption = False,
    approve: ApproveOption = None,
    formats: AppliedFormatOption = None,
    state: StateOption = None,
    concurrency: ConcurrencyOption = 8,
    rate: RateOption = None,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Plan, show the plan, ask, and apply it.

    Exit status: 0 everything is in step, 1 something is left that a person must look at, 2 usage
    error or refused by a guard, 3 not everything could be done, 130 stopped by Ctrl-C.
    """
    from sync.cli.kinds import read_kinds
    from sync.cli.push_run import ApplyOptions, PlanOptions, run_push
    from sync.collection.select import Selection
    from sync.ndex.auth import take_credentials
    from sync.ndex.policy import ClientPolicy
    from sync.push import read_push_settings
    from sync.report.render.applied import APPLIED_FORMATS
    from sync.report.render.formats import parse_formats

    settings = read_push_settings(
        config,
        collection,
        server,
        state,
        ClientPolicy(concurrency=concurrency, rate_per_s=rate),
        take_credentials(os.environ),
    )
    output = OutputOptions(verbose, quiet, log_format)
    wanted = parse_formats(formats or ["terminal"], APPLIED_FORMATS)
    selection = Selection(tuple(select or ()), changed_since)
    options = PlanOptions(output, selection, prune, kinds=read_kinds(kind or ()))
    raise typer.Exit(run_push(settings, options, ApplyOptions(output, approve, not yes, wanted)))
