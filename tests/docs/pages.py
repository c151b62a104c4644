"""A page as its readers and the tests see it: fenced blocks in order, headings and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from docs.generate.markdown import anchor_of

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md")))
"""Every page for users and developers, by its path in the repository."""

ADD = "add to ndex-sync.toml"
"""The hidden comment before a block that its readers put into their configuration."""

_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
_SETUP = re.compile(r"setup: (\w+)")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of code: its language, its first line in the page, and the comment before it."""

    language: str
    text: str
    line: int
    comment: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page; ``setup`` names what its commands find in their folder, None if none run."""

    name: str
    setup: str | None
    blocks: tuple[Block, ...]
    anchors: frozenset[str]
    links: tuple[str, ...]
    literals: tuple[str, ...]


def read_page(name: str) -> Page:
    """Read a page of the repository."""
    text = (ROOT / name).read_text(encoding="utf-8")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [inner for token in tokens for inner in token.children or ()]
    setup = _SETUP.search(text)
    return Page(
        name=name,
        setup=setup[1] if setup else None,
        blocks=tuple(_blocks(tokens)),
        anchors=frozenset(_anchors(tokens)),
        links=tuple(str(each.attrs["href"]) for each in inline if each.type == "link_open"),
        literals=tuple(each.content for each in inline if each.type == "code_inline"),
    )


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    comment = ""
    for token in tokens:
        if token.type == "html_block":
            found = _COMMENT.search(token.content)
            comment = found[1] if found else ""
        elif token.type in {"fence", "code_block"}:
            line = token.map[0] + 1 if token.map else 0
            yield Block(token.info.strip(), token.content, line, comment)
            comment = ""
        elif token.type == "paragraph_open":
            comment = ""


def _anchors(tokens: list[Token]) -> Iterator[str]:
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            children = tokens[place + 1].children or ()
            yield anchor_of("".join(each.content for each in children))
