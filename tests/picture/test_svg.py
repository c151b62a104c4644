"""Pictures of pathways: whole, readable by anyone, and harmless whatever the drawing holds."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sync.picture.svg import draw_svg
from sync.records.drawing import Anchor, Box, Font, Group, Look, Point, Shape, State
from sync.records.drawing_reader import read_drawing
from sync.records.gpml_elements import FARTHEST
from tests.picture.drawings import (
    EVERYTHING,
    Picture,
    drawn,
    ids,
    interaction,
    node,
    paths,
    picture_of,
    plain_tag,
    text_of,
    texts,
    view,
)

TAGS = {"svg", "title", "desc", "path", "g", "text", "tspan"}
ATTRIBUTES = {
    *("role", "viewBox", "width", "height", "data-id", "d", "x", "y", "transform"),
    *("color", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray"),
    *("font-family", "font-size", "font-weight", "font-style", "text-anchor", "text-decoration"),
}
HOSTILE = (
    "</text></g></svg><script>alert(1)</script>",
    '"><a href="javascript:alert(1)" onload="alert(1)">x</a>',
    "]]><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "<foreignObject><iframe src='https://example.org'/></foreignObject>",
    "url(https://example.org/x.svg#m)",
    "&amp;lt;&#0;",
)
NO_NUMBERS = (math.nan, math.inf, -math.inf, 10 * FARTHEST, -1e300)
NOTHING = (
    {"nodes": (node(box=Box(0, 0, -1, 1)),)},
    {"nodes": (node(box=Box(0, 0, 1, -1)),)},
    {"interactions": (interaction(points=(Point(x=1, y=1),)),)},
    {"states": (State(id="s", node="gone", rel_x=0, rel_y=0, width=1, height=1),)},
    {"groups": (Group(key="k", id="g"),)},
)


def assert_harmless(picture: Picture) -> None:
    """Check that a picture has only the parts that pictures have, and refers to nothing."""
    for element in picture.iter():
        assert plain_tag(element) in TAGS
        assert set(element.attrib) <= ATTRIBUTES
        painted = {name: value for name, value in element.attrib.items() if name != "data-id"}
        assert not any(word in value for value in painted.values() for word in ("(h", "nan", "inf"))


def test_elements_stand_in_the_order_of_their_layers() -> None:
    names = ids(picture_of(of=EVERYTHING))

    assert names == ["g1", "sh1", "i1", "a1", "gl1", "l1", "n1", "n2", "s1"]


def test_what_is_in_one_layer_stands_in_the_order_of_the_file_whatever_its_id() -> None:
    picture = picture_of(nodes=(node("b"), node("a"), node("", label="TP53"), node("a")))

    assert ids(picture) == ["b", "a", "a"]
    assert texts(picture) == ["b", "a", "TP53", "a"]


def test_a_drawing_of_nothing_is_an_empty_picture() -> None:
    picture = picture_of()

    assert ids(picture) == []
    assert view(picture) == (0, 0, 100, 100)
    assert picture[0].text == "Pathway"


def test_the_picture_is_as_large_as_what_is_drawn() -> None:
    assert view(picture_of(nodes=(node(),))) == (50, 80, 100, 40)
    assert view(picture_of(nodes=(node(look=Look(rotation=math.pi / 2)),))) == (80, 50, 40, 100)


def test_a_label_that_reaches_out_of_its_box_is_in_the_picture() -> None:
    node_alone = picture_of(nodes=(node(label="w" * 100, look=Look(shape="None")),))

    assert view(node_alone)[2] > 600


def test_the_picture_has_a_role_a_title_and_a_description() -> None:
    picture = picture_of(of=EVERYTHING)
    title, description, *_ = picture

    assert picture.get("role") == "img"
    assert (plain_tag(title), title.text) == ("title", "Made <up>")
    assert (plain_tag(description), description.text) == (
        "desc",
        "Pathway of Homo sapiens: data nodes: 2, interactions: 1, groups: 2",
    )


def test_it_brings_its_own_paper() -> None:
    assert picture_of()[2].get("fill") == "#fff"
    assert picture_of(background="#ffeecc")[2].get("fill") == "#fec"


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_a_drawing_are_only_texts(text: str) -> None:
    look = Look(shape=text, text_color=text, border_color=text, fill_color=text)
    look = replace(look, border_style=text, font=Font(name=text, align=text, valign=text))
    point = Point(x=0, y=0, arrow=text, ref=text)
    picture = picture_of(
        title=text,
        organism=text,
        background=text,
        nodes=(node(text, look=look),),
        groups=(Group(key=text, id=text, style=text, label=text, box=Box(1, 1, 2, 2)),),
        shapes=(Shape(id=text, label=text, box=Box(1, 1, 2, 2), look=look),),
        interactions=(
            interaction(
                text,
                points=(point, replace(point, x=5)),
                connector=text,
                color=text,
                style=text,
                anchors=(Anchor(position=0.5, id=text, shape=text),),
            ),
        ),
    )

    assert_harmless(picture)
    assert set(ids(picture)) == {text}
    assert set(texts(picture)) == {text}
    assert picture[0].text == text


def test_signs_that_xml_cannot_hold_are_left_out() -> None:
    picture = picture_of(nodes=(node("a\x00\tb\nc", label="T\x0bP\ud80053\ufffe"),))

    assert ids(picture) == ["a\tb\nc"]
    assert texts(picture) == ["TP53"]


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_places_and_sizes_that_are_not_to_be_drawn_leave_the_rest(number: float) -> None:
    good, points = node("good"), (Point(x=0, y=0), Point(x=number, y=0))
    looks = (Look(border_width=number), Look(rotation=number), Look(font=Font(size=number)))
    boxes = (Box(number, 0, 1, 1), Box(0, number, 1, 1), Box(0, 0, number, 1), Box(0, 0, 1, number))
    picture = picture_of(
        nodes=(
            good,
            *(node("bad", look=look, group="k") for look in looks),
            *(node("bad", box=box, group="k") for box in boxes),
        ),
        states=(State(id="bad", node="good", rel_x=number, rel_y=0, width=1, height=1),),
        groups=(Group(key="k", id="bad"), Group(key="l", id="bad", box=boxes[0])),
        interactions=(
            interaction("bad", points=points),
            interaction("bad", width=number),
            interaction("bad", anchors=(Anchor(position=number),)),
        ),
    )

    assert ids(picture) == ["good"]
    assert view(picture) == view(picture_of(nodes=(good,)))
    assert_harmless(picture)


def test_the_picture_of_the_farthest_places_is_bounded() -> None:
    far = Box(FARTHEST, -FARTHEST, FARTHEST, FARTHEST)
    look = Look(font=Font(size=FARTHEST))
    picture = picture_of(nodes=(node("far", label="w" * 1000, box=far, look=look), node("n")))

    assert ids(picture) == ["far", "n"]
    assert max(map(abs, view(picture))) <= 4 * FARTHEST


@pytest.mark.parametrize("parts", NOTHING)
def test_what_has_no_size_or_no_place_is_left_out(parts: dict[str, Any]) -> None:
    assert ids(picture_of(**parts)) == []


@pytest.mark.parametrize(
    ("border", "text", "border_color", "text_color"),
    [
        ("#0000ff", "#0000ff", "#00f", None),
        ("#ff0000", "#000000", "#f00", "#000"),
        ("#000000", "#123456", None, "#123456"),
    ],
)
def test_a_label_may_have_a_colour_of_its_own(
    border: str, text: str, border_color: str | None, text_color: str
) -> None:
    picture = picture_of(nodes=(node("n", look=Look(border_color=border, text_color=text)),))

    assert drawn(picture, "n").get("color") == border_color
    assert text_of(picture).get("color") == text_color


@pytest.mark.parametrize(
    ("look", "attributes"),
    [
        (Look(), {"fill": "#fff"}),
        (Look(fill_color=""), {"fill": "none"}),
        (Look(fill_color="white"), {"fill": "#000"}),
        (Look(border_width=2.5), {"fill": "#fff", "stroke-width": "2.5"}),
        (Look(border_width=0), {"fill": "#fff", "stroke": "none"}),
        (Look(border_color=""), {"fill": "#fff", "stroke": "none"}),
        (Look(border_style="Broken"), {"fill": "#fff", "stroke-dasharray": "4"}),
        (Look(rotation=math.pi), {"fill": "#fff", "transform": "rotate(180 100 100)"}),
        (Look(rotation=2 * math.pi), {"fill": "#fff"}),
    ],
)
def test_a_border_is_painted_as_the_look_says(look: Look, attributes: dict[str, str]) -> None:
    (path,) = paths(drawn(picture_of(nodes=(node("n", look=look),)), "n"))

    assert path.attrib == {"d": "M60 90h80v20h-80z", **attributes}


def test_a_double_border_is_two_lines_with_nothing_between_them() -> None:
    look = Look(border_style="Double", border_width=3)
    (path,) = paths(drawn(picture_of(nodes=(node("n", look=look),)), "n"))

    assert path.get("d") == "M57 87h86v26h-86z" + "M63 93h74v14h-74z"


@pytest.mark.parametrize(
    ("look", "parts"),
    [
        (Look(shape="Arc"), [("path", "none"), ("text", None)]),
        (Look(shape="Brace"), [("path", "none"), ("text", None)]),
        (Look(shape="None"), [("text", None)]),
        (Look(text_color=""), [("path", "#fff")]),
    ],
)
def test_what_is_not_filled_or_has_no_shape_or_no_colour(
    look: Look, parts: list[tuple[str, str | None]]
) -> None:
    element = drawn(picture_of(nodes=(node("n", look=look),)), "n")

    assert [(plain_tag(inner), inner.get("fill")) for inner in element] == parts


def grouped(**parts: Any) -> Picture:
    return drawn(picture_of(nodes=(node(group="k"),), groups=(Group(key="k", **parts),)), "k")


@pytest.mark.parametrize("style", ["None", "Complex", "Pathway", "Analog"])
def test_a_group_is_a_tinted_frame(style: str) -> None:
    (path,) = paths(grouped(style=style))

    assert path.get("fill-opacity") in {"0.1", "0.05"}
    assert (path.get("stroke-dasharray") is None) == (style == "Complex")


def test_a_plain_group_is_there_for_pages_to_show_but_not_painted() -> None:
    (path,) = paths(grouped(style="Group"))

    assert path.attrib == {"d": "M52 82h96v36h-96z", "fill": "none", "stroke": "none"}


def test_only_pathways_show_their_label() -> None:
    assert texts(grouped(style="Pathway", label="Apoptosis")) == ["Apoptosis"]
    assert texts(grouped(style="Complex", label="Apoptosis")) == []
    assert [plain_tag(inner) for inner in grouped(style="Pathway", label=" ")] == ["path"]


def test_a_group_with_a_look_of_its_own_is_painted_so() -> None:
    look = Look(shape="Oval", fill_color="#00ff00")
    group = grouped(style="Group", box=Box(10, 10, 5, 5), look=look, label="mine")

    assert paths(group)[0].get("fill") == "#0f0"
    assert texts(group) == ["mine"]


def test_real_drawings_are_whole_harmless_and_small(corpus: Path) -> None:
    for path in sorted(corpus.rglob("*.gpml"))[::6]:
        real = read_drawing(str(path), path.read_text(encoding="utf-8"))
        picture = picture_of(of=real)
        boxed = (*real.nodes, *real.labels, *real.shapes, *real.states)
        lines = (*real.interactions, *real.graphical_lines)
        wanted = [element.id for element in (*boxed, *lines) if element.id]
        groups = {group.id or group.key for group in real.groups}
        anchors = {anchor.id for line in lines for anchor in line.anchors}

        assert sorted(set(ids(picture)) - groups - anchors) == sorted(set(wanted))
        assert len(ids(picture)) == len(set(ids(picture)))
        assert_harmless(picture)
        assert max(view(picture)) < 20_000
        elements = len(boxed) + len(lines) + len(real.groups)
        assert len(draw_svg(real)) < 2000 + 350 * elements, real.path
