"""Write numbers, texts, colours and strokes for an SVG."""

from __future__ import annotations

import re
from collections.abc import Iterable

DASHES = ' stroke-dasharray="4"'
"""The attribute of a broken line."""

INVISIBLE = ' stroke="none"'
"""The attribute of a line that is not painted."""

_COLOR = re.compile(r"#[0-9a-f]{6}")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "\t": "#9", "\n": "#10", "\r": "#13"}
_ESCAPED = str.maketrans({sign: f"&{name};" for sign, name in _ESCAPES.items()})


def number(value: float) -> str:
    """Write a number, rounded to 0.1."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def numbers(values: Iterable[float]) -> str:
    """Write numbers with as few separators as possible."""
    return " ".join(map(number, values)).replace(" -", "-")


def escape(text: str) -> str:
    """Write a text for an element or an attribute; characters that XML does not
    allow are left out.
    """
    return _NOT_IN_XML.sub("", text).translate(_ESCAPED)


def color(text: str) -> str:
    """Write a colour of a drawing, an empty text if nothing is painted.

    What is not ``#rrggbb`` is black.
    """
    if not text:
        return ""
    if not _COLOR.fullmatch(text):
        return "#000"
    is_short = text[1] == text[2] and text[3] == text[4] and text[5] == text[6]
    return f"#{text[1]}{text[3]}{text[5]}" if is_short else text


def painted(text: str) -> str:
    """Return the attribute of a colour of a drawing, nothing for black, the default."""
    written = color(text)
    if not written:
        return INVISIBLE
    return f' color="{written}"' if written != "#000" else ""


def element(name: str, content: str, attributes: str = "") -> str:
    """Return the group of an element of the drawing, with its id so that the page can find it."""
    identity = f' data-id="{escape(name)}"' if name else ""
    return f"<g{identity}{attributes}>{content}</g>"


def wide(width: float) -> str:
    """Return the attribute that sets the width of a line, nothing for 1, the default."""
    if not width:
        return INVISIBLE
    text = number(width)
    return "" if text == "1" else f' stroke-width="{text}"'
