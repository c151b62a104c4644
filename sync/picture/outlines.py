"""Draw the outlines of the shapes that GPML names, as path data for SVG.

Each fills its box. Shapes that GPML no longer has are drawn as PathVisio converts them: a cell as a
rounded rectangle, a ribosome as a hexagon.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from sync.picture.paint import number, numbers
from sync.records.drawing import Box

_CORNER = 10.0
_MEMBRANE = 4.0
_COMPLEX_CORNER = 18.0
_FOLD = 0.65
_BOW = 0.18
_ROUND = 0.06
_COMMAND = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_Outline = Callable[[Box], str]


def outline(shape: str, box: Box, *, grown: float = 0.0) -> str:
    """Return the path of a shape in its box, an empty text for ``None``.

    The name may be spelled as in either version of GPML: ``Golgi Apparatus`` or ``GolgiApparatus``.
    An unknown shape is drawn as a rectangle. The shape extends ``grown`` pixels beyond its box on
    each side.
    """
    name = _plain(shape)
    place = _grown(box, grown) if grown else box
    if name in _ROUNDED:
        return _rounded(place, _CORNER + grown)
    return _OUTLINES.get(name, _rectangle)(place)


def double_outline(shape: str, box: Box, width: float) -> str:
    """Return the path of two lines of a width around a shape, with the same width between them."""
    return outline(shape, box, grown=width) + outline(shape, box, grown=-width)


def is_open(shape: str) -> bool:
    """Return whether a shape is a line without an inside; PathVisio does not fill those."""
    return _plain(shape) in _OPEN


def complex_outline(box: Box) -> str:
    """Return the path of the frame around a complex: a rectangle without its corners."""
    cut = min(box.width / 2.5, box.height / 2.5, _COMPLEX_CORNER)
    across, down = box.width - 2 * cut, box.height - 2 * cut
    start = f"M{numbers((box.left + cut, box.top))}h{number(across)}"
    right = f"l{numbers((cut, cut))}v{number(down)}l{numbers((-cut, cut))}"
    return f"{start}{right}h{number(-across)}l{numbers((-cut, -cut))}v{number(-down)}z"


@lru_cache(maxsize=256)
def _plain(shape: str) -> str:
    return "".join(letter for letter in shape.lower() if letter.isalnum())


def _nothing(_box: Box) -> str:
    return ""


def _rectangle(box: Box) -> str:
    width = number(box.width)
    return f"M{numbers((box.left, box.top))}h{width}v{number(box.height)}h-{width}z"


def _rounded(box: Box, radius: float = _CORNER) -> str:
    corner = max(min(radius, box.width / 2, box.height / 2), 0.0)
    across, down = box.width - 2 * corner, box.height - 2 * corner
    turns = (f"q{numbers(turn)}" for turn in _turns(corner))
    sides = (f"h{number(across)}", f"v{number(down)}", f"h{number(-across)}", f"v{number(-down)}")
    rest = "".join(side + turn for side, turn in zip(sides, turns, strict=True))
    return f"M{numbers((box.left + corner, box.top))}{rest}z"


def _turns(size: float) -> tuple[tuple[float, float, float, float], ...]:
    return (
        (size, 0, size, size),
        (0, size, -size, size),
        (-size, 0, -size, -size),
        (0, -size, size, -size),
    )


def _oval(box: Box) -> str:
    half = f"a{numbers((box.width / 2, box.height / 2))} 0 1 0"
    width = number(box.width)
    return f"M{numbers((box.left, box.y))}{half} {width} 0{half}-{width} 0z"


def _arc(box: Box) -> str:
    """Return the lower half of an oval."""
    radii = numbers((box.width / 2, box.height / 2))
    return f"M{numbers((box.left, box.y))}a{radii} 0 0 0 {numbers((box.width, 0))}"


def _doubled(draw: _Outline) -> _Outline:
    """Return an outline with a second line inside the first."""
    return lambda box: draw(box) + draw(_grown(box, -_MEMBRANE))


def _grown(box: Box, by: float) -> Box:
    return Box(box.x, box.y, max(box.width + 2 * by, 0.0), max(box.height + 2 * by, 0.0))


def _degradation(box: Box) -> str:
    """Return a circle with a line through it."""
    circle = _oval(Box(box.x, box.y, box.width * 0.7, box.height * 0.7))
    return f"{circle}M{numbers((box.left, box.top))}l{numbers((box.width, box.height))}"


def _scaled(path: str) -> _Outline:
    """Return a shape from a path of absolute commands in a square from 0 to 1."""
    commands = [
        (command, [float(value) for value in values.split()])
        for command, values in _COMMAND.findall(path)
    ]

    def draw(box: Box) -> str:
        origin, size = (box.left, box.top), (box.width, box.height)
        return "".join(
            command + numbers(origin[i % 2] + value * size[i % 2] for i, value in enumerate(values))
            for command, values in commands
        )

    return draw


def _polygon(sides: int) -> _Outline:
    """Return a regular polygon in a square box, with a corner on the right."""
    angles = [2 * math.pi * side / sides for side in range(sides)]
    corners = [f"{0.5 + math.cos(a) / 2:.4f} {0.5 + math.sin(a) / 2:.4f}" for a in angles]
    return _scaled("M" + "L".join(corners) + "Z")


def _folded(upper: str, lower: str, bulge: float) -> str:
    """Return a closed path that curves through the points above, and back through those below."""
    above, below = ([float(value) for value in text.split()] for text in (upper, lower))
    top = list(zip(above[::2], above[1::2], strict=True))
    bottom = list(zip(below[::2], below[1::2], strict=True))[::-1]
    path = f"M{top[0][0]} {top[0][1]}"
    for places in (top, bottom):
        if places is bottom:
            path += _cap(top[-1], bottom[0], bulge)
        for (x1, y1), (x2, y2) in pairwise(places):
            reach = _FOLD * (x2 - x1)
            path += f"C{x1 + reach} {y1} {x2 - reach} {y2} {x2} {y2}"
    return path + _cap(bottom[-1], top[0], -bulge) + "Z"


def _bow(left: float, width: float, top: float) -> str:
    """Return an upright band that bows to the right, with round ends."""
    right, bottom = left + width, 1 - top
    return (
        f"M{left} {top}C{left + _BOW} .35 {left + _BOW} .65 {left} {bottom}"
        f"C{left} {bottom + _ROUND} {right} {bottom + _ROUND} {right} {bottom}"
        f"C{right + _BOW} .65 {right + _BOW} .35 {right} {top}"
        f"C{right} {top - _ROUND} {left} {top - _ROUND} {left} {top}Z"
    )


def _cap(start: tuple[float, float], end: tuple[float, float], bulge: float) -> str:
    return f"C{start[0] + bulge} {start[1]} {end[0] + bulge} {end[1]} {end[0]} {end[1]}"


_MITOCHONDRIA = "M0 .5C0 .2 .25 0 .5 0C.75 0 1 .2 1 .5C1 .8 .75 1 .5 1C.25 1 0 .8 0 .5Z" + _folded(
    ".14 .28 .22 .46 .31 .14 .4 .46 .5 .09 .6 .46 .69 .14 .78 .46 .86 .28",
    ".14 .72 .22 .6 .265 .83 .355 .57 .45 .9 .55 .57 .645 .88 .735 .57 .8 .8 .86 .72",
    0.09,
)
_RETICULUM = _folded(
    ".14 .2 .3 .44 .4 .0 .56 .4 .66 .08 .8 .45 .9 .25",
    ".1 .8 .24 .56 .36 .94 .5 .6 .62 1 .76 .58 .88 .78",
    0.12,
)
_GOLGI = _bow(0.0, 0.18, 0.28) + _bow(0.3, 0.2, 0.17) + _bow(0.62, 0.24, 0.05)
_SARCOPLASMIC = (
    "M.55 0C.1 0 0 .25 .15 .45C.28 .62 0 .75 .2 .93C.4 1.08 .9 1 .95 .85"
    "C1.03 .65 .78 .58 .88 .4C1.02 .2 .95 0 .55 0Z"
)

_ROUNDED = frozenset({"roundedrectangle", "membrane", "cytosolregion", "extracellularregion"})
_OPEN = frozenset({"arc", "brace", "edge"})
_HEXAGON = _polygon(6)
_OUTLINES: Mapping[str, _Outline] = MappingProxyType(
    {
        "none": _nothing,
        "rectangle": _rectangle,
        "oval": _oval,
        "arc": _arc,
        "edge": _scaled("M0 .5L1 .5"),
        "triangle": _scaled("M1 .5L0 1L0 0Z"),
        "pentagon": _polygon(5),
        "hexagon": _HEXAGON,
        "octagon": _scaled("M.3 0L.7 0L1 .3L1 .7L.7 1L.3 1L0 .7L0 .3Z"),
        "brace": _scaled("M0 1Q0 .5 .25 .5Q.5 .5 .5 0Q.5 .5 .75 .5Q1 .5 1 1"),
        "complex": complex_outline,
        "mitochondria": _scaled(_MITOCHONDRIA),
        "endoplasmicreticulum": _scaled(_RETICULUM),
        "sarcoplasmicreticulum": _scaled(_SARCOPLASMIC),
        "golgiapparatus": _scaled(_GOLGI),
        "cell": _doubled(_rounded),
        "organelle": _doubled(_rounded),
        "nucleus": _doubled(_oval),
        "cella": _oval,
        "organa": _oval,
        "organb": _oval,
        "organc": _oval,
        "vesicle": _oval,
        "vacuole": _oval,
        "lysosome": _oval,
        "nucleolus": _oval,
        "ribosome": _HEXAGON,
        "proteinb": _HEXAGON,
        "proteincomplex": _HEXAGON,
        "mimphosphorylated": _oval,
        "miminteraction": _oval,
        "mimdegradation": _degradation,
    }
)
