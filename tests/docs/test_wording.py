"""Words that the rules in CONTRIBUTING.md rule out, in messages, docstrings, comments and pages.

Of the tests and benchmarks only the docstrings count: other texts there are data.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

BANNED = re.compile(
    r"(?<!there )\bis no\s+(?:UUID|CX|JSON|URL|HTTP|report|record|sandbox|plan of|list|number|whole"
    r"|server|terminal|network|gene|identifier|object|array)\b"
    r"|\b(?:None|(?:Config|Record|Network)Error)\s+where\b|\btells?\s+(?:whether|which|what|how)\b"
    r"|\banew\b|\bwhoever\b|\bbefall|\bof its own accord\b|\bmend(?:s|ed|ing)?\b"
    r"|\bputs?\s+right\b|\bcomes?\s+into\s+question\b|\bhangs?\s+on\b|\bhand(?:s|ed)?\s+out\b"
    r"|\btold\s+apart\b|\bstands?\s+twice\b|\bis\s+there\s+twice\b|\bday\s+is\s+over\b"
    r"|\bat\s+work\s+on\b|\bunder\s+way\b|\bthe word of\b|\bturn the exit status\b",
    re.IGNORECASE,
)
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_Reader = Callable[[Path], Iterator[tuple[int, str]]]
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


def docstrings_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the docstrings of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, _DOCUMENTED) and (text := ast.get_docstring(node, clean=False)):
            yield node.body[0].lineno, text


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the strings of a module, docstrings too, and its comments, or the lines of a page."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        yield from enumerate(text.splitlines(), 1)
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
    for token in tokenize.generate_tokens(StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("sync", texts_of),
        ("docs", texts_of),
        ("tests", docstrings_of),
        ("benchmarks", docstrings_of),
    ],
)
def test_nothing_is_worded_as_the_rules_forbid(name: str, read: _Reader) -> None:
    files = PAGES if name == "docs" else sorted((ROOT / name).rglob("*.py"))
    found = [
        f"{path.relative_to(ROOT)}:{line}: {banned[0]}"
        for path in files
        for line, text in read(path)
        if (banned := BANNED.search(text))
    ]

    assert found == []
