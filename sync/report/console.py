"""Print text on a terminal or in a pipe: hanging indents, no line wider than the page.

Boxes and padded tables look broken when piped, pasted or narrow, so a page only has lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from rich.console import Console
from rich.text import Text

from sync.report.text import viewer_url, visible

_ASCII = str.maketrans({"…": "...", "→": "->", "·": "|", "█": "#"})
_NARROWEST = 20
_PAIR_OF_COLONS = re.compile(":(?=:)")


def console_on(stream: TextIO) -> Console:
    """Return a console on a stream, with the colours and width of the stream and
    environment now.
    """
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    console.size = console.size  # otherwise it asks for the size with each line
    return console


@dataclass(frozen=True, slots=True)
class ConsolePage:
    """Prints lines to a console; every text on it was made by ``text`` and so is safe."""

    console: Console

    @property
    def width(self) -> int:
        """How many cells a line may take."""
        return max(self.console.width, _NARROWEST)

    def text(self, content: str, style: str = "") -> Text:
        """Return a text to print: controls made visible, characters that the encoding lacks spelled
        out.

        A line may break anywhere, so two colons are never left next to each other (``disarm``).
        """
        content = _PAIR_OF_COLONS.sub(r"\\x3a", visible(content))
        encoding = self.console.encoding
        if not encoding.startswith("utf"):
            content = (
                content.translate(_ASCII).encode(encoding, "backslashreplace").decode(encoding)
            )
        return Text.styled(content, style)

    def network(self, server: str, network: str | None) -> Text | None:
        """Return the link to a network's page, or its UUID if the server has no pages."""
        if network is None:
            return None
        url = viewer_url(server, network)
        return self.text(url, f"underline link {url}") if url else self.text(network)

    def blank(self) -> None:
        """Print an empty line."""
        self._print([Text()], Text())

    def heading(self, text: str) -> None:
        """Print the title of a part, after an empty line."""
        self.blank()
        self.line(self.text(text, "bold underline"))

    def line(self, text: Text, indent: int = 0) -> None:
        """Print a text, wrapped, with every line indented."""
        self.item(Text(), text, indent)

    def hanging(self, text: Text, indent: int) -> None:
        """Print a text, wrapped, with every line but the first indented."""
        lines = self._wrap(text, self.width - indent)
        self._print(lines[:1], Text())
        self._print(lines[1:], Text(" " * indent))

    def item(self, label: Text, text: Text, indent: int) -> None:
        """Print a text beside a label in the indent; a longer label gets a line
        of its own above.
        """
        indent = min(indent, self.width // 2)
        if label.cell_len > indent:
            self._print(self._wrap(label, self.width), Text())
            label = Text()
        gap = Text(" " * (indent - label.cell_len))
        self._print(self._wrap(text, self.width - indent), label + gap)

    def flow(self, pieces: Sequence[Text], indent: int = 0) -> None:
        """Print pieces two blanks apart, as many on a line as fit.

        A piece that fits on one line only without the full indent (a link at 80 columns) gets less.
        """
        for line in self.fill(pieces, "  ", indent).split("\n"):
            unbroken = " " not in line.plain and line.cell_len <= self.width
            self.line(line, min(indent, self.width - line.cell_len) if unbroken else indent)

    def fill(self, pieces: Sequence[Text], gap: str, indent: int = 0) -> Text:
        """Join pieces to lines that fit beside the indent, broken between pieces if possible."""
        lines: list[Text] = []
        for piece in pieces:
            if lines and lines[-1].cell_len + len(gap) + piece.cell_len < self.width - indent:
                lines[-1] += self.text(gap) + piece
            else:
                lines.append(piece)
        return (self.text(gap.rstrip()) + Text("\n")).join(lines)

    def _wrap(self, text: Text, width: int) -> Sequence[Text]:
        if "\n" not in text.plain and text.cell_len <= width:
            return [text]
        return list(text.wrap(self.console, width, overflow="fold"))

    def _print(self, parts: Iterable[Text], margin: Text) -> None:
        lines = []
        for part in parts:
            line = margin + part
            line.rstrip()
            lines.append(line)
            margin = Text(" " * margin.cell_len)
        if lines and self.console.color_system is None:
            self.console.file.writelines(f"{line.plain}\n" for line in lines)
        elif lines:
            self.console.print(Text("\n").join(lines), soft_wrap=True)
