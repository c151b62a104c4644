"""Words that the rules in CONTRIBUTING.md rule out, in messages, docstrings and pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

BANNED = re.compile(
    r"(?<!there )\bis no\s+(?:UUID|CX|JSON|URL|report|record|sandbox|plan of|list|number|server)\b"
    r"|\banew\b|\bwhoever\b|\bbefall|\bof its own accord\b|\bmend\b|\bturn the exit status\b",
    re.IGNORECASE,
)
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the strings of a module, docstrings too, or the lines of a page."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        yield from enumerate(text.splitlines(), 1)
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


@pytest.mark.parametrize("name", ["sync", "docs"])
def test_nothing_is_worded_as_the_rules_forbid(name: str) -> None:
    files = PAGES if name == "docs" else sorted((ROOT / "sync").rglob("*.py"))
    found = [
        f"{path.relative_to(ROOT)}:{line}: {banned[0]}"
        for path in files
        for line, text in texts_of(path)
        if (banned := BANNED.search(text))
    ]

    assert found == []
