"""Drawings of which a test names what matters to it, and pictures read back."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from sync.picture.svg import draw_svg
from sync.records.drawing import (
    Anchor,
    Box,
    DataNode,
    Drawing,
    GraphicalLine,
    Group,
    Interaction,
    Label,
    Look,
    Point,
    Shape,
    State,
)

Picture = ET.Element


def drawing(**parts: Any) -> Drawing:
    """Return a drawing of some elements."""
    return Drawing(path="WP1.gpml", schema="2013a", **parts)


def node(name: str = "n1", **parts: Any) -> DataNode:
    """Return a data node of 80 by 20 pixels in the middle of 0, 0 and 200, 200."""
    return DataNode(id=name, **{"label": name, "box": Box(100, 100, 80, 20), **parts})


def interaction(name: str = "i1", **parts: Any) -> Interaction:
    """Return a line from 0, 0 to 100, 0."""
    return Interaction(id=name, **{"points": (Point(x=0, y=0), Point(x=100, y=0)), **parts})


def picture_of(*, of: Drawing | None = None, **parts: Any) -> Picture:
    """Draw, and read the SVG back: it is well-formed."""
    return ET.fromstring(draw_svg(of or drawing(**parts)))  # noqa: S314 - our own


def ids(picture: Picture) -> list[str]:
    """Return the ids in a picture, in the order of what is painted."""
    return [name for element in picture.iter() if (name := element.get("data-id")) is not None]


def drawn(picture: Picture, name: str) -> Picture:
    """Return the one element with an id."""
    (found,) = (element for element in picture.iter() if element.get("data-id") == name)
    return found


def paths(element: Picture) -> list[Picture]:
    """Return the paths of an element."""
    return [inner for inner in element.iter() if plain_tag(inner) == "path"]


def texts(element: Picture) -> list[str]:
    """Return the lines of text in an element."""
    return [
        inner.text or ""
        for inner in element.iter()
        if plain_tag(inner) in {"text", "tspan"} and inner.text
    ]


def text_of(element: Picture) -> Picture:
    """Return the one label of an element."""
    (found,) = (inner for inner in element.iter() if plain_tag(inner) == "text")
    return found


def plain_tag(element: Picture) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def view(picture: Picture) -> tuple[float, ...]:
    """Return the left, the top, the width and the height of the view box."""
    return tuple(map(float, picture.attrib["viewBox"].replace("-", " -").split()))


EVERYTHING = drawing(
    title="Made <up>",
    organism="Homo sapiens",
    nodes=(node("n1", z=5, group="k1"), node("n2", box=Box(10, 10, 20, 20), z=5)),
    states=(State(id="s1", node="n1", rel_x=1, rel_y=1, width=15, height=15, label="P", z=6),),
    labels=(Label(id="l1", label="Cell\ndeath", box=Box(50, 50, 40, 30), z=4),),
    shapes=(Shape(id="sh1", box=Box(100, 100, 300, 300), look=Look(shape="Oval"), z=1),),
    groups=(Group(id="g1", key="k1", style="Complex"), Group(key="k2", style="Group")),
    interactions=(
        interaction("i1", z=2, anchors=(Anchor(position=0.5, id="a1", shape="Circle"),)),
    ),
    graphical_lines=(GraphicalLine(id="gl1", points=(Point(x=0, y=0), Point(x=9, y=9)), z=3),),
)
"""An element of every kind; the second group has no members."""
