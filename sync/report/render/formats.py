"""The formats of a document by name, and the option ``--format NAME[=PATH]``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO, TypeVar

from sync.errors import ConfigError
from sync.suggest import did_you_mean

if TYPE_CHECKING:
    from sync.report.diff import Comparison
    from sync.report.document import Report
    from sync.report.resolution import Resolution

Document = TypeVar("Document")

Renderer = Callable[[Document, TextIO], None]
"""Writes a whole document to a text stream (a file, a terminal, a pipe), which stays open."""


def later(module: str, name: str) -> Callable[..., None]:
    """Return a function that imports a renderer when called; importing all is
    slower than a check.
    """

    def render(document: object, out: TextIO, **facts: object) -> None:
        getattr(import_module(f"sync.report.{module}"), name)(document, out, **facts)

    return render


FORMATS: Mapping[str, Renderer[Report]] = MappingProxyType(
    {
        "terminal": later("render.terminal", "render_terminal"),
        "json": later("json", "render_json"),
        "jsonl": later("render.jsonl", "render_jsonl"),
        "tsv": later("render.tsv", "render_tsv"),
        "markdown": later("render.markdown", "render_markdown"),
        "html": later("render.html.render", "render_html"),
        "junit": later("render.junit", "render_junit"),
        "github": later("render.github", "render_github"),
    }
)
"""Every format of a report that ``--format`` knows."""

RESOLUTION_FORMATS: Mapping[str, Renderer[Resolution]] = MappingProxyType(
    {
        "terminal": later("render.resolution", "print_resolution"),
        "json": later("resolution", "render_resolution"),
    }
)
"""Every format of what ``resolve`` found."""


COMPARISON_FORMATS: Mapping[str, Renderer[Comparison]] = MappingProxyType(
    {
        "terminal": later("render.diff", "print_comparison"),
        "json": later("diff", "render_comparison"),
        "markdown": later("render.diff", "render_comparison_markdown"),
    }
)
"""Every format of what changed between two reports."""


@dataclass(frozen=True, slots=True)
class FormatRequest:
    """One ``--format``: the format's name, and the file to write; None is standard output."""

    name: str
    path: str | None = None


TERMINAL = FormatRequest("terminal")
"""The format if none is asked for."""

_AMONG_OTHERS = "github"  # a runner finds its commands in any other output


def parse_formats(
    texts: Sequence[str], known: Collection[str] = FORMATS
) -> tuple[FormatRequest, ...]:
    """Read all ``--format`` options of a command, ``json=report.json`` or ``terminal``.

    Raises:
        ConfigError: a format is unknown, or two would be written to one place; lists all reasons.
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
