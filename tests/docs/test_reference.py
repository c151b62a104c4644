"""The reference says what the code says, and the code says something of everything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from docs.generate.commandline import Command, list_commands
from docs.generate.exit_statuses import list_statuses
from docs.generate.pages import (
    ACTION,
    COMMAND,
    PAGES,
    SCHEMAS,
    render_page,
    render_root_action,
    render_schema,
)
from sync.config import CollectionConfig, Limits, ServerConfig

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [pytest.param(each, id=each.words) for each in list_commands()]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_code_makes_it(name: str) -> None:
    path = ROOT / name
    text = path.read_text(encoding="utf-8") if path.exists() else ""

    assert text == render_page(name), f"{name} is out of date; fix it with: {COMMAND}"


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_as_the_code_makes_it(name: str) -> None:
    shipped = (ROOT / name).read_text(encoding="utf-8")

    assert shipped == render_schema(name), f"{name} is out of date; fix it with: {COMMAND}"


def test_the_action_of_the_top_folder_is_the_one_beside_its_scripts() -> None:
    action = (ROOT / ACTION).read_text(encoding="utf-8")

    made = render_root_action(action)
    assert (ROOT / "action.yml").read_text(encoding="utf-8") == made, f"fix it with: {COMMAND}"
    scripts = re.findall(r'"\$GITHUB_ACTION_PATH/(\S+)"', made)
    assert scripts
    assert all((ROOT / script).is_file() for script in scripts)


def test_no_other_page_stands_among_them() -> None:
    assert {str(path.relative_to(ROOT)) for path in (ROOT / "docs/reference").iterdir()} == {*PAGES}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_its_parameters_and_exit_statuses(command: Command) -> None:
    statuses = [int(status) for status, _ in list_statuses(command)]

    assert command.help
    assert all(each.meaning for each in command.parameters)
    assert {0, 2} <= set(statuses) <= {0, 1, 2, 3, 130}
    assert statuses == sorted(statuses)


@pytest.mark.parametrize("model", [ServerConfig, CollectionConfig, Limits])
def test_every_key_of_the_configuration_has_a_meaning(model: type[BaseModel]) -> None:
    tables = {"limits"}
    fields = model.model_fields.items()

    assert [key for key, field in fields if not field.description and key not in tables] == []
