"""``ndex-sync restore``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from sync.cli.options import (
    ApproveOption,
    ConcurrencyOption,
    ConfigOption,
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
    YesOption,
)


def restore(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's id, as apply prints it.")],
    *,
    config: ConfigOption = Path("ndex-sync.toml"),
    server: ServerOption = None,
    collection: OneCollectionOption = None,
    select: SelectOption = None,
    yes: YesOption = False,
    approve: ApproveOption = None,
    state: StateOption = None,
    concurrency: ConcurrencyOption = 8,
    rate: RateOption = None,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Restore what a run overwrote or deleted, for all or some records.

    Networks that somebody changed since are left alone, and so are networks that the run made.
    Exit status: 0 everything was restored, 1 something is left that a person must look at, 2 usage
    error or refused by a guard, 3 not everything could be done, 130 stopped by Ctrl-C.
    """
    from sync.cli.push_run import ApplyOptions, run_restore
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
    output = OutputOptions(verbose, quiet, log_format)
    options = ApplyOptions(output, approve, ask=not yes)
    raise typer.Exit(run_restore(settings, run, tuple(select or ()), options))
