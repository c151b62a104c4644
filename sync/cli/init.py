"""``ndex-sync init``: write a configuration and, if asked, a workflow for a repository."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import ConfigOption
from sync.errors import ConfigError

if TYPE_CHECKING:
    from sync.records.recognise import Recognised


def init(
    *,
    config: ConfigOption = Path("ndex-sync.toml"),
    server: Annotated[
        str | None,
        typer.Option(
            "--server",
            metavar="URL",
            help="The NDEx server to write into the file. Default: https://www.ndexbio.org.",
        ),
    ] = None,
    workflow: Annotated[
        bool,
        typer.Option(
            "--workflow",
            help="Also write .github/workflows/ndex-sync.yml; write only that if the "
            "configuration exists.",
        ),
    ] = False,
    pin: Annotated[
        str | None,
        typer.Option(
            "--pin", metavar="COMMIT", help="The commit of ndex-sync that the workflow uses."
        ),
    ] = None,
) -> None:
    """Look at the repository and write a commented ndex-sync.toml for it.

    Recognises PFOCR checkouts and those of WikiPathways and its site. Never overwrites a file.
    Exit status: 0 written, 2 usage error, no records found, or a file already exists.
    """
    from sync.cli.init_files import WORKFLOW_PATH, render_config, render_workflow
    from sync.config import parse_config, read_config
    from sync.ndex.address import PUBLIC_SERVER
    from sync.records.recognise import recognise_collections

    root = config.parent
    files: dict[Path, str] = {}
    found: tuple[Recognised, ...] = ()
    if workflow and config.exists():
        _refuse_server(server, config)
        server = read_config(config).server.url
    else:
        found = recognise_collections(root)
        files[config] = render_config(server or PUBLIC_SERVER, _require_any(found, root))
        parse_config(config, files[config])
    if workflow:
        path = _workflow_path(root, WORKFLOW_PATH)
        files[path] = render_workflow(_pinned(pin), config.name, server or PUBLIC_SERVER)
    _write_new(files)
    for each in found:
        layout = each.layout or "mixed layouts"
        typer.echo(f"Found {each.name}: {each.count:,} x {each.records} ({layout})")
    for path in files:
        typer.echo(f"Wrote {path}")
    typer.echo("Next: ndex-sync doctor, then ndex-sync check")


def _refuse_server(server: str | None, config: Path) -> None:
    if server is not None:
        raise ConfigError(f"--server: {config} exists and names the server; leave the option out")


def _require_any(found: tuple[Recognised, ...], root: Path) -> tuple[Recognised, ...]:
    from sync.records.recognise import PLACES

    if not found:
        raise ConfigError(
            f"no records were found in {root.resolve()} (looked for {', '.join(PLACES)}); run "
            "init at the top of the checkout, or write the file by hand (see the README)"
        )
    return found


def _workflow_path(root: Path, path: str) -> Path:
    if not (root / ".git").exists():
        raise ConfigError(
            f"--workflow: {root.resolve()} is not the top of a git checkout, and GitHub reads "
            "workflows only there; run init at its top"
        )
    return root / path


def _pinned(pin: str | None) -> str:
    from sync.cli.origin import find_own_commit, is_commit

    commit = pin or find_own_commit(Path(__file__).resolve().parents[1])
    if commit is None:
        raise ConfigError(
            "--workflow: the commit of this ndex-sync is not known; name one with --pin"
        )
    if not is_commit(commit):
        raise ConfigError(f"--pin {commit!r} is not a full commit id (40 hexadecimal digits)")
    return commit


def _write_new(files: dict[Path, str]) -> None:
    """Write all files or none; existing files are not touched."""
    if there := [str(path) for path in files if path.exists() or path.is_symlink()]:
        raise ConfigError(
            f"{', '.join(there)}: exists already, and init overwrites nothing; move it away first"
        )
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written: {error.strerror or error}") from error
