"""Commands whose help groups the options, and whose errors read like all others."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from typer.core import TyperCommand

WHAT = "What to look at"
SERVER = "Server"
STATE = "State"
OUTPUT = "Output"
_LAST = "Options"


class GroupedCommand(TyperCommand):
    """A command that lists its own options first, then the shared ones.

    Arguments are named as in the documentation: ``PLAN``, not ``PLAN <path>`` or ``{PLAN}``.
    """

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return what the line of usage shows after the command."""
        names = (_name_argument(each) for each in self.get_params(ctx))
        return ["[OPTIONS]", *filter(None, names)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, each group below its title."""
        groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for parameter in self.get_params(ctx):
            if (row := parameter.get_help_record(ctx)) is not None:
                name = _name_argument(parameter) or row[0]
                groups[getattr(parameter, "rich_help_panel", None) or _LAST].append((name, row[1]))
        for title in (_LAST, WHAT, SERVER, STATE, OUTPUT):
            if rows := groups.get(title):
                with formatter.section(title):
                    formatter.write_dl(rows)


def _name_argument(parameter: Any) -> str | None:
    """Return the name of an argument in help, None for an option."""
    if parameter.param_type_name != "argument":
        return None
    name = str(parameter.metavar)
    return f"{name}..." if parameter.nargs == -1 and not name.endswith("...") else name


def refuse_misuse(error: Any) -> None:
    """Say what is wrong with a command line and where to read more; a bare group shows its help.

    ``error`` is one of typer's, which has no public class for them.

    Raises:
        ConfigError: always, except for a group without a command.
    """
    from sync.errors import ConfigError
    from sync.suggest import did_you_mean

    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return
    message = error.format_message().replace("Value error, ", "").replace("Input should", "must")
    message = message[:1].lower() + message[1:].removesuffix(".")
    if name := getattr(error, "option_name", None):
        options = (each for parameter in error.ctx.command.params for each in parameter.opts)
        message = f"no such option: {name}{did_you_mean(name, options)}"
    context = getattr(error, "ctx", None)
    help_line = () if context is None else (f"for help: {context.command_path} --help",)
    raise ConfigError(message, *help_line)
