"""Markdown as GitHub shows it, from the texts of the code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from inspect import cleandoc

_LITERAL = re.compile(r"``([^`]+)``")
_SOURCE = re.compile(r"\s*\((?:design|contract|formats)\b[^)]*\)")


def render_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a cell may hold Markdown, its bars and line breaks are taken care of."""
    lines = [_row(heads), _row(["---"] * len(heads)), *map(_row, rows)]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """Return a text as code, nothing for nothing."""
    return f"`{text}`" if text else ""


def from_docstring(text: str) -> str:
    """Return a docstring as Markdown, without the sources that it names for developers."""
    return _LITERAL.sub(r"`\1`", _SOURCE.sub("", cleandoc(text)))


def capitalised(text: str) -> str:
    """Return a text that begins a sentence or a cell."""
    return text[:1].upper() + text[1:]


def anchor_of(heading: str) -> str:
    """Return the fragment by which GitHub links to a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


def _row(cells: Sequence[str]) -> str:
    inner = " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells)
    return f"| {inner} |"
