"""The commands by name. Each command imports its work only when it is called, so that
``ndex-sync --help`` starts at once.
"""

from __future__ import annotations

from typing import Annotated

import typer

from sync.cli.accept import accept
from sync.cli.apply import apply
from sync.cli.check import check
from sync.cli.convert import convert
from sync.cli.demo import demo
from sync.cli.doctor import doctor
from sync.cli.init import init
from sync.cli.plan import plan
from sync.cli.push import push
from sync.cli.report import report
from sync.cli.resolve import resolve
from sync.cli.restore import restore
from sync.cli.sandbox import sandbox
from sync.version import __version__

app = typer.Typer(
    name="ndex-sync",
    help="Keep WikiPathways and PFOCR pathway records and their NDEx networks in step.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(check)
app.command()(convert)
app.command()(demo)
app.command()(doctor)
app.command()(init)
app.command()(resolve)
app.command()(accept)
app.command()(plan)
app.command()(apply)
app.command()(push)
app.command()(restore)
app.add_typer(report, name="report")
app.add_typer(sandbox, name="sandbox")


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"ndex-sync {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Keep WikiPathways and PFOCR pathway records and their NDEx networks in step."""
