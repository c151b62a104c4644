"""Labels: their lines, where they stand in their box, and letters that fit it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sync.picture.paint import escape, number
from sync.records.drawing import Box, Font

FONT = "Arial,Helvetica,sans-serif"
"""The font of what names none of its own."""

FONT_SIZE = 12.0
"""The size of what names none of its own, in pixels."""

_MARGIN = 5.0
_LINE_HEIGHT = 1.15
_ASCENT = 0.9
_SMALLEST = 0.6
_BREAK = re.compile(r"\r\n|\r|\n")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9 _-]+")
_DEFAULT_NAMES = frozenset({"", "arial", "helvetica", "sansserif", "dialog", "symbol"})
_SERIF = re.compile(r"\bserif|times|georgia|garamond|palatino|cambria", re.IGNORECASE)
_MONOSPACED = re.compile(r"mono|courier|consol", re.IGNORECASE)

# How wide letters are in Arial, by their share of the size; what is not listed is 0.56 wide.
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
    """A label in its box; ``is_framed`` shrinks letters that would reach out of the box."""

    label: str
    box: Box
    font: Font
    is_framed: bool = False

    @property
    def lines(self) -> list[str]:
        """The lines of the label."""
        return [line.strip() for line in _BREAK.split(self.label.strip())]

    @property
    def size(self) -> float:
        """The size of the letters, in pixels; no less than 0.6 of what the font asks for."""
        if not self.is_framed:
            return self.font.size
        wide = self._widest(self.font.size)
        high = len(self.lines) * self.font.size * _LINE_HEIGHT
        fitting = min(
            1.0,
            max(self.box.width - 4, 1) / max(wide, 1),
            max(self.box.height, 1) / max(high, 1) if len(self.lines) > 1 else 1.0,
        )
        return self.font.size * max(fitting, _SMALLEST)

    def _widest(self, size: float) -> float:
        bold = _BOLD if self.font.bold else 1.0
        return (
            bold
            * size
            * max(sum(_WIDTHS.get(letter, _OTHER_WIDTH) for letter in line) for line in self.lines)
        )

    @property
    def bounds(self) -> Box:
        """The place that the letters take, by an estimate of their widths."""
        size = self.size
        width, height = self._widest(size), len(self.lines) * size * _LINE_HEIGHT
        middle = self._x + {"Left": width / 2, "Right": -width / 2}.get(self.font.align, 0.0)
        return Box(middle, self._top(size) + height / 2, width, height)

    @property
    def _x(self) -> float:
        match self.font.align:
            case "Left":
                return self.box.left + _MARGIN
            case "Right":
                return self.box.right - _MARGIN
            case _:
                return self.box.x

    def _top(self, size: float) -> float:
        height = len(self.lines) * size * _LINE_HEIGHT
        match self.font.valign:
            case "Top":
                return self.box.top + _MARGIN
            case "Bottom":
                return self.box.bottom - _MARGIN - height
            case _:
                return self.box.y - height / 2

    def draw(self, color: str = "") -> str:
        """Return the element of the label; ``color`` is an attribute that sets its colour."""
        size = self.size
        x, top = number(self._x), self._top(size) + _ASCENT * size
        ys = (number(top + place * size * _LINE_HEIGHT) for place in range(len(self.lines)))
        written = [(y, escape(line)) for y, line in zip(ys, self.lines, strict=True) if line]
        style = f'{color} fill="currentColor" stroke="none"{self._style(size)}'
        if len(written) == 1:
            return f'<text x="{x}" y="{written[0][0]}"{style}>{written[0][1]}</text>'
        spans = "".join(f'<tspan x="{x}" y="{y}">{line}</tspan>' for y, line in written)
        return f"<text{style}>{spans}</text>"

    def _style(self, size: float) -> str:
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
            "font-size": number(size) if number(size) != number(FONT_SIZE) else "",
            "font-weight": "bold" if font.bold else "",
            "font-style": "italic" if font.italic else "",
            "text-decoration": decoration,
            "text-anchor": {"Left": "start", "Right": "end"}.get(font.align, ""),
        }
        return "".join(f' {name}="{value}"' for name, value in written.items() if value)


def _family(name: str) -> str:
    """Return the families to try for a font, an empty text for the default ones."""
    plain = " ".join(_NOT_IN_NAMES.sub("", name).split())
    if plain.lower() in _DEFAULT_NAMES:
        return ""
    if _SERIF.search(plain) and "sans" not in plain.lower():
        return f"{plain},serif"
    return f"{plain},monospace" if _MONOSPACED.search(plain) else f"{plain},sans-serif"
