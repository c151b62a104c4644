"""The formats of a document by name, and what ``--format NAME[=PATH]`` asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TextIO, TypeVar

from sync.errors import ConfigError
from sync.report.diff import Comparison, render_comparison
from sync.report.document import Report
from sync.report.json import render_json
from sync.report.render.diff import print_comparison, render_comparison_markdown
from sync.report.render.github import render_github
from sync.report.render.html.render import render_html
from sync.report.render.jsonl import render_jsonl
from sync.report.render.junit import render_junit
from sync.report.render.markdown import render_markdown
from sync.report.render.resolution import print_resolution
from sync.report.render.terminal import render_terminal
from sync.report.render.tsv import render_tsv
from sync.report.resolution import Resolution, render_resolution
from sync.suggest import did_you_mean

Document = TypeVar("Document")

Renderer = Callable[[Document, TextIO], None]
"""Writes a whole document to a text stream (a file, a terminal, a pipe), which stays open."""

FORMATS: Mapping[str, Renderer[Report]] = MappingProxyType(
    {
        "terminal": render_terminal,
        "json": render_json,
        "jsonl": render_jsonl,
        "tsv": render_tsv,
        "markdown": render_markdown,
        "html": render_html,
        "junit": render_junit,
        "github": render_github,
    }
)
"""Every format of a report that ``--format`` knows."""

RESOLUTION_FORMATS: Mapping[str, Renderer[Resolution]] = MappingProxyType(
    {"terminal": print_resolution, "json": render_resolution}
)
"""Every format of what ``resolve`` found."""


COMPARISON_FORMATS: Mapping[str, Renderer[Comparison]] = MappingProxyType(
    {
        "terminal": print_comparison,
        "json": render_comparison,
        "markdown": render_comparison_markdown,
    }
)
"""Every format of what changed between two reports."""


@dataclass(frozen=True, slots=True)
class FormatRequest:
    """One ``--format``: the format's name, and the file to write; None: the standard output."""

    name: str
    path: str | None = None


TERMINAL = FormatRequest("terminal")
"""What is asked for where nothing is."""

_AMONG_OTHERS = "github"  # a runner finds its commands in whatever else a step prints


def parse_formats(
    texts: Sequence[str], known: Collection[str] = FORMATS
) -> tuple[FormatRequest, ...]:
    """Read all ``--format`` options of a command, ``json=report.json`` or ``terminal``.

    Raises:
        ConfigError: A format is unknown, or two would be written to one place; lists all reasons.
    """
    requests = tuple(_request(text) for text in texts)
    problems = tuple(_problems(requests, known))
    if problems:
        raise ConfigError(*problems)
    return requests


def _request(text: str) -> FormatRequest:
    name, equals, path = text.partition("=")
    return FormatRequest(name, path if equals else None)


def _problems(requests: Sequence[FormatRequest], known: Collection[str]) -> Iterator[str]:
    for request in requests:
        if request.name not in known:
            meant = did_you_mean(request.name, known)
            yield f"--format: unknown format {request.name!r}{meant}; use {', '.join(known)}"
        if request.path == "":
            yield f"--format {request.name}= names no file: write {request.name}=PATH"
    places = (
        request.path
        for request in requests
        if request.path is not None or request.name != _AMONG_OTHERS
    )
    for path, count in Counter(places).items():
        if count > 1 and path is None:
            yield f"{count} formats go to the standard output: give all but one a file, NAME=PATH"
        elif count > 1 and path:
            yield f"{count} formats go to {path}: give each its own file"
