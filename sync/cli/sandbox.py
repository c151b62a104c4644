"""``ndex-sync sandbox``: fill the built-in server, and run it on a port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import (
    LogFormat,
    LogFormatOption,
    OutputOptions,
    QuietOption,
    VerboseOption,
)
from sync.cli.usage import GroupedCommand

if TYPE_CHECKING:
    from sync.model import NetworkId
    from sync.sandbox.fill import FailedLoad, LoadSummary

_MEMORY = "sandbox:"

sandbox = typer.Typer(
    help="Fill and run the built-in NDEx server, for tests and practice.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@sandbox.command(cls=GroupedCommand)
def load(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE-OR-FOLDER...",
            help="CX or CX2 files, or folders of them; a manifest.json in a folder gives UUIDs, "
            "owners, users and network sets.",
        ),
    ],
    *,
    server: Annotated[
        str,
        typer.Option("--server", metavar="sandbox:PATH", help="The SQLite file to load into."),
    ],
    uuid: Annotated[
        str | None,
        typer.Option("--uuid", metavar="UUID", help="The network's UUID, if you load one file."),
    ] = None,
    owner: Annotated[
        str, typer.Option("--owner", metavar="NAME", help="The owner of networks that name none.")
    ] = "sandbox",
) -> None:
    """Load networks into a sandbox file; make it if needed.

    Loading a network again replaces it. A network that NDEx would refuse is stored as NDEx stores
    it: empty, hidden and with its error. Exit status: 0 all loaded, 1 at least one network was
    refused, 2 usage error.
    """
    from sync.errors import ConfigError
    from sync.sandbox.fill import load_into
    from sync.sandbox.store import Store

    path = _path_of(server)
    if path is None:
        raise ConfigError("--server sandbox: keeps nothing; give a file, as sandbox:PATH")
    network = None if uuid is None else _parse_uuid(uuid)
    with Store.open(path) as store:
        summary = load_into(store, sources, uuid=network, owner=owner)
    _print_summary(summary, path)
    raise typer.Exit(1 if summary.failed else 0)


@sandbox.command(cls=GroupedCommand)
def serve(
    *,
    server: Annotated[
        str,
        typer.Option(
            "--server",
            metavar="sandbox:PATH",
            help="The SQLite file to serve, made if needed; sandbox: keeps everything in memory.",
        ),
    ] = _MEMORY,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            "--port", metavar="NUMBER", min=0, max=65535, help="The port; 0 picks a free one."
        ),
    ] = 0,
    load_delay: Annotated[
        float | None,
        typer.Option(
            "--load-delay",
            metavar="SECONDS",
            min=0,
            help="How long an upload loads; default: as long as on a real server that is idle.",
        ),
    ] = None,
    faults: Annotated[
        str,
        typer.Option(
            "--fault",
            metavar="RULES",
            help="What goes wrong: [METHOD] PATH KIND KEY=VALUE..., separated by semicolons, as "
            "in 'GET /v3/* latency seconds=0.5; * error status=503 rate=0.1'.",
        ),
    ] = "",
    verbose: VerboseOption = 0,
    quiet: QuietOption = False,
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Run a sandbox on a port until Ctrl-C.

    The first line printed is its URL. The next lines name what is in it: accounts, network sets
    and folders. Use it for tests and practice with any NDEx client, not for production. Exit
    status: 0 stopped by Ctrl-C, 2 usage error.
    """
    from sync.cli.log import configure_logging
    from sync.report.text import disarm, visible
    from sync.sandbox.faults import parse_rules
    from sync.sandbox.serve import describe
    from sync.sandbox.serve import serve as serve_store
    from sync.sandbox.settings import SandboxSettings
    from sync.sandbox.store import Store

    configure_logging(OutputOptions(verbose, quiet, log_format))
    settings = SandboxSettings(faults=parse_rules(faults))
    if load_delay is not None:
        settings = replace(settings, load_delay_s=load_delay)
    with Store.open(_path_of(server)) as store:

        def announce(url: str) -> None:
            typer.echo("\n".join([url, *(disarm(visible(line)) for line in describe(store))]))

        try:
            serve_store(store, settings, host, port, ready=announce)
        except KeyboardInterrupt:
            # Ctrl-C is the normal way to end the server; it has answered all requests.
            return


def _path_of(server: str) -> Path | None:
    """Return the file that ``sandbox:PATH`` names, None for memory; raises ConfigError."""
    from sync.config import SANDBOX_SCHEME
    from sync.errors import ConfigError
    from sync.ndex.redaction import redact_url

    if not server.startswith(SANDBOX_SCHEME):
        shown = redact_url(server)
        raise ConfigError(f"--server {shown!r} is not a sandbox; give a file, as sandbox:PATH")
    name = server.removeprefix(SANDBOX_SCHEME)
    return Path(name) if name else None


def _parse_uuid(text: str) -> NetworkId:
    from sync.errors import ConfigError
    from sync.match.identifiers import normalise_network_id

    network = normalise_network_id(text)
    if network is None:
        raise ConfigError(f"--uuid {text!r} is not a UUID (expected 8-4-4-4-12 hexadecimal digits)")
    return network


def _print_summary(summary: LoadSummary, path: Path) -> None:
    from sync.amounts import plural

    loaded = ", ".join(
        (
            plural(summary.networks - len(summary.failed), "network"),
            plural(summary.users, "user"),
            plural(summary.network_sets, "network set"),
        )
    )
    typer.echo(f"Loaded into {path}: {loaded}")
    if summary.failed:
        _print_failed(summary.failed)


def _print_failed(failed: Sequence[FailedLoad]) -> None:
    from sync.amounts import plural
    from sync.report.text import disarm, visible

    typer.echo(f"Refused, as NDEx would: {plural(len(failed), 'network')}")
    for each in failed:
        typer.echo(disarm(visible(f"  {each.path.name} ({each.network}): {each.reason}")))
