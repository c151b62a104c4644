"""GitHub's workflow commands that annotate a line of a file, and how many it shows.

A runner obeys commands anywhere in a step's output, so every text is escaped as GitHub's own
toolkit does it; line breaks are written visibly, as in every report.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sync.report.text import shorten, visible

Level = Literal["error", "warning", "notice"]

BUDGET = 10
"""How many annotations of each level GitHub shows for one step; it silently drops more."""

_MAX_MESSAGE = 2_000
_MAX_TITLE = 120


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation. The first sentence of ``message`` is the fault, the next what to do."""

    level: Level
    title: str
    message: str
    path: str = ""
    line: int | None = None

    def command(self, folder: str = "") -> str:
        """Return the command as a line; ``folder`` is the path from the
        repository to the records.
        """
        message = visible(shorten(self.message, _MAX_MESSAGE)).replace("%", "%25")
        return f"::{self.level} {','.join(self._properties(folder))}::{message}\n"

    def _properties(self, folder: str) -> Iterator[str]:
        if self.path:
            yield f"file={_value(posixpath.normpath(posixpath.join(folder, self.path)))}"
            if self.line is not None:
                yield f"line={self.line}"
        yield f"title={_value(shorten(self.title, _MAX_TITLE))}"


def _value(text: str) -> str:
    return visible(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
