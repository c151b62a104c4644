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
    """A command that lists its own options first, then the shared ones."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, each group below its title."""
        groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for parameter in self.get_params(ctx):
            if (row := parameter.get_help_record(ctx)) is not None:
                groups[getattr(parameter, "rich_help_panel", None) or _LAST].append(row)
        for title in (_LAST, WHAT, SERVER, STATE, OUTPUT):
            if rows := groups.get(title):
                with formatter.section(title):
                    formatter.write_dl(rows)


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
