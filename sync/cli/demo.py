"""``ndex-sync demo``: the sample collection, checked against a server inside this program."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import FormatOption, OutputOptions, QuietOption
from sync.errors import ConfigError

if TYPE_CHECKING:
    from sync.report.render.formats import FormatRequest
    from sync.sandbox.manifest import UserEntry

_NETWORKS = "networks"
_SANDBOX = "ndex.sqlite"
_FAULT = (
    "GET /v3/networks/d3e00116-dec4-11ea-8000-020000000000 error "
    "message='Connection pool exhausted.'"
)
_KEEP = """\
Practise: keep the collection with its server, change records, check again.
  ndex-sync demo --keep practice
"""
_KEPT = "Practise: change records in {folder} and check again.\n"
_PRACTISE = """\
  cd {folder}
  ndex-sync check
As the owner of the networks you see more:
  NDEX_USERNAME={user} NDEX_PASSWORD={password} ndex-sync check
The same server on a port, for any NDEx client:
  ndex-sync sandbox serve --server sandbox:{sandbox}
"""
_OWN_RECORDS = """\
Check your own records: write ndex-sync.toml into the folder that they are in,
  [[collection]]
  name = "figures"
  records = "_figures/*.md"       # for WikiPathways: "pathways/*/WP*.md"
  map = "_data/ndex_map.tsv"      # leave it out where there is none
and there
  ndex-sync check --offline       # only reads your files
  ndex-sync check                 # asks www.ndexbio.org, writes nothing
"""


def demo(
    *,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep",
            metavar="FOLDER",
            help="Keep the collection and the server's file in a new folder, to practise on.",
        ),
    ] = None,
    formats: FormatOption = None,
    quiet: QuietOption = False,
) -> None:
    """Check a sample collection that shows every verdict, and say what to do next.

    Works offline: the NDEx server is built in. Your credentials and files are not used. Exit
    status: 0 the demo worked, although the check that it shows finds differences, 2 usage error,
    130 stopped by Ctrl-C.
    """
    from sync.cli.stop import INTERRUPTED
    from sync.report.render.formats import TERMINAL, parse_formats

    requests = parse_formats(formats or [TERMINAL.name])
    with _practice_folder(keep) as folder:
        _fill_sandbox(folder)
        owner = _owner(folder)
        status = _check(folder, owner, requests, OutputOptions(quiet=quiet))
    if status == INTERRUPTED:
        raise typer.Exit(status)
    if TERMINAL in requests:
        _print_next_steps(keep, owner)


@contextmanager
def _practice_folder(keep: Path | None) -> Iterator[Path]:
    """Copy the sample collection to the folder to keep, or to one that is deleted afterwards."""
    if keep is None:
        with TemporaryDirectory(prefix="ndex-sync-demo-") as temporary:
            _copy_samples(Path(temporary))
            yield Path(temporary)
        return
    if keep.exists() and not (keep.is_dir() and not any(keep.iterdir())):
        raise ConfigError(f"--keep {keep}: exists already; name a new folder")
    _copy_samples(keep)
    yield keep


def _copy_samples(folder: Path) -> None:
    try:
        shutil.copytree(_find_samples(), folder, copy_function=shutil.copyfile, dirs_exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: the samples cannot be copied there: {error}") from error


def _find_samples() -> Path:
    """Return the sample collection: inside the package as installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for place in (package, package.parent):
        samples = place / "fixtures" / "demo"
        if samples.is_dir():
            return samples
    raise ConfigError("the sample collection is missing; install ndex-sync again")


def _fill_sandbox(folder: Path) -> None:
    """Load the sample networks; one of them fails to load, on purpose."""
    from sync.sandbox.fill import load_into
    from sync.sandbox.store import Store

    with Store.open(folder / _SANDBOX) as store:
        load_into(store, [folder / _NETWORKS])


def _owner(folder: Path) -> UserEntry:
    """Return the account of the samples: only an owner sees why a load failed (contract 3.3)."""
    from sync.sandbox.manifest import read_manifest

    return read_manifest(folder / _NETWORKS).users[0]


def _check(
    folder: Path, owner: UserEntry, formats: Sequence[FormatRequest], output: OutputOptions
) -> int:
    """Run ``ndex-sync check`` in the folder; return its exit status.

    To show how a check handles this, the server fails every call for one network.
    """
    from sync.build_report import ReportRequest
    from sync.cli.check_run import CheckRequest, run_check
    from sync.collection.select import open_collections
    from sync.config import CONFIG_NAME, read_config
    from sync.ndex.auth import basic
    from sync.ndex.policy import ClientPolicy
    from sync.sandbox.faults import parse_rules
    from sync.sandbox.settings import SandboxSettings
    from sync.session import open_sandbox, open_waivers
    from sync.state.cache import Cache

    config = read_config(folder / CONFIG_NAME)
    open_client = partial(
        open_sandbox,
        folder / _SANDBOX,
        SandboxSettings(faults=parse_rules(_FAULT)),
        basic(owner.name, owner.password or "", _NETWORKS),
        ClientPolicy(max_tries=3, base_wait_s=0.02, max_wait_s=0.05),
    )
    return run_check(
        CheckRequest(
            server=config.server.url,
            open_client=open_client,
            subject=ReportRequest(
                open_collections(config, folder, ()), Cache(), open_waivers(config, folder)
            ),
            formats=formats,
            output=output,
        )
    )


def _print_next_steps(keep: Path | None, owner: UserEntry) -> None:
    folder = "practice" if keep is None else shlex.quote(str(keep))
    typer.echo("\nWhat to do next\n")
    if shutil.which("ndex-sync") is None:
        scripts = shlex.quote(str(Path(sys.executable).parent))
        typer.echo(f"Let the shell find ndex-sync:\n  export PATH={scripts}:$PATH\n")
    typer.echo(_KEEP if keep is None else _KEPT.format(folder=folder), nl=False)
    typer.echo(
        _PRACTISE.format(folder=folder, user=owner.name, password=owner.password, sandbox=_SANDBOX)
    )
    typer.echo(_OWN_RECORDS, nl=False)
