"""``ndex-sync apply``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from sync.cli.options import (
    AppliedFormatOption,
    ApproveOption,
    ConcurrencyOption,
    ConfigOption,
    LogFormat,
    LogFormatOption,
    OutputOptions,
    QuietOption,
    RateOption,
    ServerOption,
    StateOption,
    VerboseOption,
)


def apply(
    file: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan file, from plan --out.")],
    *,
    config: ConfigOption = Path("ndex-sync.toml"),
    server: ServerOption = None,
    approve: ApproveOption = None,
    formats: AppliedFormatOption = None,
    state: StateOption = None,
    concurrency: ConcurrencyOption = 8,
    rate: RateOption = None,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Do exactly what a plan says, or stop.

    Apply the same plan again to continue where a run stopped.

    Exit status: 0 all done, 1 some records or networks were left alone, 2 usage error or refused
    by a guard, 3 not everything could be done, 130 stopped by Ctrl-C.
    """
    from sync.cli.push_run import ApplyOptions, run_apply
    from sync.ndex.auth import take_credentials
    from sync.ndex.policy import ClientPolicy
    from sync.plan.file import read_plan
    from sync.push import read_push_settings
    from sync.report.render.applied import APPLIED_FORMATS
    from sync.report.render.formats import parse_formats

    wanted = parse_formats(formats or ["terminal"], APPLIED_FORMATS)
    plan = read_plan(file)
    settings = read_push_settings(
        config,
        plan.collection,
        server,
        state,
        ClientPolicy(concurrency=concurrency, rate_per_s=rate),
        take_credentials(os.environ),
    )
    output = OutputOptions(verbose, quiet, log_format)
    raise typer.Exit(run_apply(settings, plan, ApplyOptions(output, approve, formats=wanted)))
