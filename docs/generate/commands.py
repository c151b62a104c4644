"""The page of the commands, from their help."""

from __future__ import annotations

from collections.abc import Iterator

from docs.generate.commandline import PROGRAM, Command, Parameter, list_commands
from docs.generate.markdown import anchor_of, code, from_docstring, render_table

_HEAD = """\
# Commands

`ndex-sync --help` and `ndex-sync COMMAND -h` say the same. An option that you may repeat says so.
`ndex-sync --version` shows the version. For all exit statuses side by side, see
[exit status](exit-status.md).

Your shell can complete commands and options. `ndex-sync --install-completion` sets this up for
bash, zsh, fish and PowerShell: it finds out which shell you use and adds a line to its
configuration. To do it yourself, run `ndex-sync --show-completion` and put what it prints into
the configuration of your shell (`~/.bashrc`, `~/.zshrc` after `compinit`,
`~/.config/fish/completions/ndex-sync.fish`, `$PROFILE`).
"""


def render_commands() -> str:
    """Return the page."""
    commands = list_commands()
    table = render_table(
        ["command", "what it does"],
        ([_link(each), from_docstring(each.help).partition("\n\n")[0]] for each in commands),
    )
    return "\n".join([_HEAD, table, *(_render(each) for each in commands)])


def _link(command: Command) -> str:
    heading = f"{PROGRAM} {command.words}"
    return f"[`{command.words}`](#{anchor_of(heading)})"


def _render(command: Command) -> str:
    return "\n".join(_sections(command))


def _sections(command: Command) -> Iterator[str]:
    usage = " ".join([PROGRAM, command.words, *(each.value for each in command.arguments)])
    yield f"## {PROGRAM} {command.words}\n"
    yield f"{from_docstring(command.help)}\n"
    yield f"```text\n{usage} [OPTION...]\n```\n"
    if command.arguments:
        rows = ([code(each.value), each.meaning] for each in command.arguments)
        yield render_table(["argument", "meaning"], rows)
    yield render_table(["option", "meaning", "default"], map(_option, command.options))


def _option(option: Parameter) -> list[str]:
    names = ", ".join(code(f"{name} {option.value}".strip()) for name in option.names)
    return [names, option.meaning, code(option.default)]
