"""``ndex-sync resolve``."""

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
    LogFormat,
    LogFormatOption,
    NoStateOption,
    OutputOptions,
    QuietOption,
    RateOption,
    RefreshOption,
    SelectOption,
    ServerOption,
    StateOption,
    Target,
    VerboseOption,
)


def resolve(
    *,
    config: ConfigOption = Path("ndex-sync.toml"),
    server: ServerOption = None,
    collection: CollectionOption = None,
    select: SelectOption = None,
    changed_since: ChangedSinceOption = None,
    only_unmapped: Annotated[
        bool, typer.Option("--only-unmapped", help="Only records that name no network.")
    ] = False,
    from_map: Annotated[
        bool,
        typer.Option("--from-map", help="Trust the map file and ask no server."),
    ] = False,
    write: Annotated[
        Target | None,
        typer.Option("--write", help="Write what was found into records, map file or both."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Print what --write would change as a unified diff."),
    ] = False,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="NAME[=PATH]",
            help="terminal or json, to a file with =PATH. Repeatable.",
        ),
    ] = None,
    concurrency: ConcurrencyOption = 8,
    rate: RateOption = None,
    state: StateOption = None,
    no_state: NoStateOption = False,
    refresh: RefreshOption = False,
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Find every record's network, show conflicts, and write back what is certain.

    Nothing is written without --write. Records in conflict, and those whose look-up failed, are
    never written. Exit status: 0 every record is linked, 1 some are not or files would change,
    2 usage or configuration error, 3 incomplete.
    """
    from sync.cli.resolve_run import ResolveRequest, Writing, run_resolve
    from sync.collection.select import Selection, open_collections
    from sync.config import read_config
    from sync.errors import ConfigError
    from sync.ndex.auth import take_credentials
    from sync.ndex.policy import ClientPolicy
    from sync.report.render.formats import RESOLUTION_FORMATS, parse_formats
    from sync.session import (
        choose_cache,
        choose_server,
        choose_state,
        find_home,
        open_session,
    )

    environ = take_credentials(os.environ)
    settings = read_config(config)
    selection = Selection(select or (), changed_since, only_unmapped)
    collections = open_collections(settings, config.parent, collection or (), selection)
    if from_map and (mapless := [name for name, each in collections if each.map_path is None]):
        raise ConfigError(
            f"collection {', '.join(mapless)} has no map for --from-map; add its `map` to {config},"
            " or name the others with --collection"
        )
    chosen = choose_server(server, settings.server, config.parent)
    folder = None if no_state else choose_state(state, config.parent)
    policy = ClientPolicy(concurrency=concurrency, rate_per_s=rate)
    opening = partial(open_session, chosen, policy, environ, find_home())
    asked = Writing.FILES if write is not None else Writing.NONE
    status = run_resolve(
        ResolveRequest(
            server="offline" if from_map else chosen.url,
            open_client=None if from_map else opening,
            cache=choose_cache(folder, chosen.url, refresh=refresh),
            collections=collections,
            target=write or Target.BOTH,
            writing=Writing.DIFF if dry_run else asked,
            formats=parse_formats(formats or ["terminal"], RESOLUTION_FORMATS),
            output=OutputOptions(verbose, quiet, log_format),
            changed_since=changed_since,
        )
    )
    raise typer.Exit(status)
