"""Find the commands by name; each is imported only when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from sync.cli.usage import GroupedCommand
from sync.version import __version__

COMMANDS: Final = {
    "check": "Compare every record with its network on NDEx and report.",
    "convert": "Convert drawings or figure records to networks or pictures.",
    "demo": "Check a sample collection that shows every verdict.",
    "doctor": "Check configuration, records, server, clock and login.",
    "init": "Write a commented ndex-sync.toml for this repository.",
    "resolve": "Find every record's network and write back what is certain.",
    "accept": "Accept differences of a report, with a reason and an expiry date.",
    "review": "Go through drifted records one by one: push, accept or leave.",
    "plan": "Say what a push would do and why; change nothing.",
    "apply": "Do exactly what a plan says, or continue where it stopped.",
    "push": "Plan, show the plan, ask, and apply it.",
    "restore": "Restore what a run overwrote or deleted.",
    "report": "Render, compare or join saved reports.",
    "sandbox": "Run the built-in NDEx server, for tests and practice.",
}
"""The modules of this package that are commands, each with its line in the list of commands."""


def load_command(name: str) -> typer.Typer:
    """Import a command: an app of its own, with subcommands if it is a group."""
    found = getattr(import_module(f"sync.cli.{name}"), name)
    if isinstance(found, typer.Typer):
        return found
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(name, cls=GroupedCommand)(found)
    return single


class _Commands(TyperGroup):
    """Lists the commands without importing them, so that ``ndex-sync --help`` starts at once."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in COMMANDS:
            return typer.main.get_command(load_command(cmd_name))
        return super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in (known := self.list_commands(ctx)):
            from sync.suggest import did_you_mean

            ctx.fail(f"no such command: {args[0]}{did_you_mean(args[0], known)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - typer's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    name="ndex-sync",
    cls=_Commands,
    help="Keep WikiPathways and PFOCR pathway records and their NDEx networks in step.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


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
