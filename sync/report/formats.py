"""The formats of a report by name, and what ``--format NAME[=PATH]`` asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, TextIO

from sync.errors import ConfigError
from sync.report.document import Report
from sync.report.json_format import render_json
from sync.report.jsonl import render_jsonl
from sync.report.markdown import render_markdown
from sync.report.terminal import render_terminal


class Renderer(Protocol):
    """Writes a report to a text stream, which may be a file, a terminal or a pipe."""

    def __call__(self, report: Report, stream: TextIO) -> None:
        """Write the whole report; the stream stays open."""


FORMATS: Mapping[str, Renderer] = MappingProxyType(
    {
        "terminal": render_terminal,
        "json": render_json,
        "jsonl": render_jsonl,
        "markdown": render_markdown,
    }
)
"""Every format that ``--format`` knows."""


@dataclass(frozen=True, slots=True)
class FormatRequest:
    """One ``--format``: the format's name, and the file to write; None: the standard output."""

    name: str
    path: str | None = None

    @property
    def renderer(self) -> Renderer:
        """The renderer of the format.

        Raises:
            ConfigError: There is no format of that name.
        """
        if self.name not in FORMATS:
            raise ConfigError(_unknown(self.name))
        return FORMATS[self.name]


TERMINAL = FormatRequest("terminal")
"""What is asked for where nothing is."""


def parse_formats(texts: Sequence[str]) -> tuple[FormatRequest, ...]:
    """Read all ``--format`` options of a command, ``json=report.json`` or ``terminal``.

    Raises:
        ConfigError: A format is unknown, or two would be written to one place; lists all reasons.
    """
    requests = tuple(_request(text) for text in texts)
    problems = tuple(_problems(requests))
    if problems:
        raise ConfigError(*problems)
    return requests


def _request(text: str) -> FormatRequest:
    name, equals, path = text.partition("=")
    return FormatRequest(name, path if equals else None)


def _problems(requests: Sequence[FormatRequest]) -> Iterator[str]:
    for request in requests:
        if request.name not in FORMATS:
            yield _unknown(request.name)
        if request.path == "":
            yield f"--format {request.name}= names no file: write {request.name}=PATH"
    for path, count in Counter(request.path for request in requests).items():
        if count > 1 and path is None:
            yield f"{count} formats go to the standard output: give all but one a file, NAME=PATH"
        elif count > 1 and path:
            yield f"{count} formats go to {path}: give each its own file"


def _unknown(name: str) -> str:
    return f"--format {name!r} is unknown: use {', '.join(FORMATS)}"
