"""The documentation as a site, and what it tells of messages: each is one that is printed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.docs.pages import PAGES, ROOT

TROUBLES = (ROOT / "docs/how-to/troubleshooting.md").read_text(encoding="utf-8")
MESSAGES = re.findall(r"^### `(.+)`$", TROUBLES, re.M)
PLACES = ("sync", ".github/actions", ".github/workflows")


def leaves(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    else:
        for each in entry if isinstance(entry, list) else entry.values():
            yield from leaves(each)


def test_every_page_is_in_the_menu_of_the_site() -> None:
    menu = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]

    assert {f"docs/{page}" for page in leaves(menu)} == {*PAGES} - {"README.md"}


@pytest.fixture(scope="module")
def said() -> str:
    """All texts that the code holds, what is put into them left out."""
    texts = [path.read_text("utf-8") for place in PLACES for path in (ROOT / place).rglob("*.yml")]
    for path in (each for place in PLACES for each in (ROOT / place).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (each.value for each in node.values if isinstance(each, ast.Constant))
                texts.append("".join(str(part) for part in parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
    return "\n".join(texts)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_that_is_explained_is_one_that_is_printed(said: str, message: str) -> None:
    assert message in said
