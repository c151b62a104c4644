"""Place labels in their boxes: their lines, their position, and a size that fits."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from sync.picture.paint import escape, number
from sync.records.drawing import Box, Font

FONT = "Arial,Helvetica,sans-serif"
"""The font of elements that name none."""

FONT_SIZE = 12.0
"""The font size of elements that name none, in pixels."""

_MARGIN = 5.0
_PADDING = 4.0
_LINE_HEIGHT = 1.15
_ASCENT = 0.9
_SMALLEST = 0.6
_BREAK = re.compile(r"\r\n|\r|\n")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9 _-]+")
_DEFAULT_NAMES = frozenset({"", "arial", "helvetica", "sansserif", "dialog", "symbol"})
_SERIF = re.compile(r"\bserif|times|georgia|garamond|palatino|cambria", re.IGNORECASE)
_MONOSPACED = re.compile(r"mono|courier|consol", re.IGNORECASE)

# The width of letters in Arial, as a share of the font size; others are 0.56 wide.
_WIDTHS = {
    letter: width
    for letters, width in (
        ("ijl'|", 0.22),
        (" .,:;!/\\tfI[]()-r", 0.3),
        ('szckvxyJ"*', 0.5),
        ("ABEKPSVXY&", 0.67),
        ("CDHNRUwT", 0.71),
        ("GOQ", 0.78),
        ("mMW%@", 0.88),
    )
    for letter in letters
}
_OTHER_WIDTH = 0.56
_BOLD = 1.07


@dataclass(frozen=True, slots=True)
class Lettering:
    """A label as it is written: ``x`` is where it is aligned, ``bounds`` an estimate."""

    lines: tuple[str, ...]
    font: Font
    size: float
    x: float
    bounds: Box

    def draw(self, attributes: str = "") -> str:
        """Return the element of the label."""
        x, step = number(self.x), self.size * _LINE_HEIGHT
        first = self.bounds.top + _ASCENT * self.size
        written = [
            (number(first + place * step), escape(line))
            for place, line in enumerate(self.lines)
            if line
        ]
        style = f'{attributes} stroke="none"{self._style()}'
        if len(written) == 1:
            return f'<text x="{x}" y="{written[0][0]}"{style}>{written[0][1]}</text>'
        spans = "".join(f'<tspan x="{x}" y="{y}">{line}</tspan>' for y, line in written)
        return f"<text{style}>{spans}</text>"

    def _style(self) -> str:
        font = self.font
        decoration = " ".join(
            name
            for name, is_on in (
                ("underline", font.underline),
                ("line-through", font.strikethrough),
            )
            if is_on
        )
        written = {
            "font-family": _family(font.name),
            "font-size": number(self.size) if self.size != FONT_SIZE else "",
            "font-weight": "bold" if font.bold else "",
            "font-style": "italic" if font.italic else "",
            "text-decoration": decoration,
            "text-anchor": {"Left": "start", "Right": "end"}.get(font.align, ""),
        }
        return "".join(f' {name}="{value}"' for name, value in written.items() if value)


def fit_label(label: str, box: Box, font: Font, *, is_framed: bool) -> Lettering:
    """Place a label in its box.

    Letters that would exceed a frame are made smaller, down to 0.6 of the font's size.
    """
    lines = tuple(line.strip() for line in _BREAK.split(label.strip()))
    widest = max(map(_width, lines)) * (_BOLD if font.bold else 1.0)
    size = font.size
    if is_framed:
        size = min(size, max(_fitting(box, widest, len(lines)), _SMALLEST * size))
    width, height = widest * size, len(lines) * size * _LINE_HEIGHT
    x, middle = _across(box, font.align, width)
    top = _top(box, font.valign, height)
    return Lettering(lines, font, size, x, Box(middle, top + height / 2, width, height))


def _width(line: str) -> float:
    """Return the approximate width of a line, in multiples of the font size."""
    return sum(_WIDTHS.get(letter, _OTHER_WIDTH) for letter in line)


def _fitting(box: Box, widest: float, lines: int) -> float:
    """Return the largest font size that fits a box."""
    by_width = (box.width - _PADDING) / widest if widest else math.inf
    return min(by_width, box.height / (lines * _LINE_HEIGHT)) if lines > 1 else by_width


def _across(box: Box, align: str, width: float) -> tuple[float, float]:
    """Return the position where a label is aligned, and its middle."""
    match align:
        case "Left":
            return box.left + _MARGIN, box.left + _MARGIN + width / 2
        case "Right":
            return box.right - _MARGIN, box.right - _MARGIN - width / 2
        case _:
            return box.x, box.x


def _top(box: Box, valign: str, height: float) -> float:
    match valign:
        case "Top":
            return box.top + _MARGIN
        case "Bottom":
            return box.bottom - _MARGIN - height
        case _:
            return box.y - height / 2


def _family(name: str) -> str:
    """Return the families to try for a font, an empty text for the default ones."""
    plain = " ".join(_NOT_IN_NAMES.sub("", name).split())
    if plain.lower() in _DEFAULT_NAMES:
        return ""
    if _SERIF.search(plain) and "sans" not in plain.lower():
        return f"{plain},serif"
    return f"{plain},monospace" if _MONOSPACED.search(plain) else f"{plain},sans-serif"
