"""``ndex-sync check``."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from sync.cli.options import (
    ChangedSinceOption,
    CollectionOption,
    ConcurrencyOption,
    ConfigOption,
    FormatOption,
    LogFormat,
    LogFormatOption,
    NoStateOption,
    OutputOptions,
    QuietOption,
    RateOption,
    RefreshOption,
    RunIdOption,
    SelectOption,
    ServerOption,
    ShardOption,
    StateOption,
    VerboseOption,
)


def check(
    *,
    config: ConfigOption = Path("ndex-sync.toml"),
    server: ServerOption = None,
    collection: CollectionOption = None,
    select: SelectOption = None,
    changed_since: ChangedSinceOption = None,
    shard: ShardOption = None,
    run_id: RunIdOption = None,
    formats: FormatOption = None,
    concurrency: ConcurrencyOption = 8,
    rate: RateOption = None,
    state: StateOption = None,
    no_state: NoStateOption = False,
    refresh: RefreshOption = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Only read the records; ask no server.")
    ] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit 0 whatever is found, for report-only jobs.")
    ] = False,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Compare every record with its network on NDEx and report.

    Exit status: 0 everything in sync, 1 differences found, 2 usage or configuration error,
    3 incomplete (at least one record could not be checked), 130 stopped by Ctrl-C.
    """
    from sync.collection.select import Selection, open_collections
    from sync.collection.shards import parse_shard
    from sync.config import read_config
    from sync.errors import ConfigError
    from sync.ndex.auth import take_credentials
    from sync.records.checkout import find_commit
    from sync.report.github_job import Job
    from sync.report.render.formats import parse_formats
    from sync.session import (
        choose_cache,
        choose_server,
        choose_state,
        find_home,
        open_session,
        open_waivers,
    )

    environ = take_credentials(os.environ)
    if offline and shard:
        raise ConfigError("--offline is one quick run, which has no --shard; leave one of them out")
    if run_id is not None and shard is None:
        raise ConfigError("--run-id names the run that shards make up: give --shard too")
    part = None if shard is None else parse_shard(shard, run_id, os.environ)
    output = OutputOptions(verbose, quiet, log_format)
    settings = read_config(config)
    selection = Selection(select or (), changed_since, shard=part)
    collections = open_collections(settings, config.parent, collection or (), selection)
    requests = parse_formats(formats or ["terminal"])
    commit = find_commit(config.parent)
    job = Job.from_environment(os.environ, config.parent)
    if offline:
        from sync.cli.offline import OfflineRequest, run_offline

        status = run_offline(OfflineRequest(collections, requests, output, job, commit))
    else:
        from sync.build_report import ReportRequest
        from sync.cli.check_run import CheckRequest, run_check
        from sync.ndex.policy import ClientPolicy

        chosen = choose_server(server, settings.server, config.parent)
        folder = None if no_state else choose_state(state, config.parent)
        policy = ClientPolicy(concurrency=concurrency, rate_per_s=rate)
        status = run_check(
            CheckRequest(
                server=chosen.url,
                open_client=partial(open_session, chosen, policy, environ, find_home()),
                subject=ReportRequest(
                    collections,
                    choose_cache(folder, chosen.url, refresh=refresh),
                    open_waivers(settings, config.parent),
                    commit,
                    job.source(commit),
                    part,
                ),
                formats=requests,
                output=output,
                job=job,
                state=folder,
                changed_since=changed_since,
            )
        )
    raise typer.Exit(0 if exit_zero and status in {1, 3} else status)
