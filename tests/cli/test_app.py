"""The list of commands, which is shown without importing any of them."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from sync.cli.app import COMMANDS, app, load_command

WIDTH = 80


def test_every_command_stands_in_one_line_of_a_terminal() -> None:
    lines = CliRunner().invoke(app, ["--help"], terminal_width=WIDTH).output.splitlines()
    listed = [line.split() for line in lines[lines.index("Commands:") + 1 :]]

    assert max(map(len, lines)) < WIDTH
    assert {words[0]: " ".join(words[1:]) for words in listed} == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_is_there(name: str) -> None:
    assert load_command(name).registered_commands
    assert CliRunner().invoke(app, [name, "--help"]).exit_code == 0
