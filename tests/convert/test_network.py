"""Which nodes, edges, bends and annotations the elements of a drawing become."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sync.records.drawing import (
    Anchor,
    Box,
    Comment,
    Font,
    GraphicalLine,
    Group,
    Label,
    Look,
    Point,
    Shape,
    State,
    Xref,
)
from tests.convert.drawings import bypass, convert, line, node


def test_a_data_node_has_the_attributes_of_the_exporter() -> None:
    xref = Xref("HGNC", "TP53")
    look = Look(
        shape="RoundedRectangle",
        text_color="#0000ff",
        border_color="#0000ff",
        border_width=2,
        font=Font(size=10, bold=True),
    )
    aspects, _ = convert(
        {xref: {"Ensembl": "Ensembl:ENSG00000141510"}},
        nodes=(node(type="Protein", xref=xref, z=7, look=look),),
    )

    assert aspects["nodes"] == [
        {
            "id": 0,
            "x": 100.0,
            "y": 50.0,
            "z": 7.0,
            "v": {
                "name": "TP53",
                "GraphID": "n1",
                "Type": "Protein",
                "XrefId": "TP53",
                "XrefDatasource": "HGNC",
                "Ensembl": "Ensembl:ENSG00000141510",
                "Width": 60.0,
                "Height": 20.0,
                "Color": "#0000ff",
                "FillColor": "#ffffff",
                "Transparent": "false",
                "Shape": "RoundedRectangle",
                "BorderThickness": 2.0,
                "LabelFont": "Arial-BoldMT",
                "LabelSize": 10.0,
            },
        }
    ]
    assert bypass(aspects, 0) == {"NODE_Z_LOCATION": 7.0}


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (Look(shape="None"), {"Transparent": "true", "BorderThickness": 0.0}),
        (Look(fill_color=""), {"Transparent": "true", "FillColor": None}),
    ],
    ids=["no border", "no fill"],
)
def test_a_node_of_which_less_is_drawn_is_transparent(look: Look, said: dict[str, Any]) -> None:
    aspects, _ = convert(nodes=(node(look=look),))

    values = aspects["nodes"][0]["v"]
    assert {name: values.get(name) for name in said} == said


@pytest.mark.parametrize(
    ("font", "name"),
    [
        (Font(), "ArialMT"),
        (Font(bold=True), "Arial-BoldMT"),
        (Font(italic=True), "Arial-ItalicMT"),
        (Font(bold=True, italic=True), "Arial-BoldItalicMT"),
        (Font("SansSerif"), "SansSerif.plain"),
        (Font("SansSerif", bold=True), "SansSerif.bold"),
        (Font("Times New Roman"), "TimesNewRomanPSMT"),
        (Font("Times New Roman", bold=True), "TimesNewRomanPS-BoldMT"),
        (Font("Arial Black"), "Arial-Black"),
        (Font("Bitstream Vera Sans", bold=True), "BitstreamVeraSans-Bold"),
    ],
)
def test_fonts_are_named_as_java_names_them(font: Font, name: str) -> None:
    aspects, _ = convert(nodes=(node(look=Look(font=font)),))

    assert aspects["nodes"][0]["v"]["LabelFont"] == name


def test_a_state_says_what_its_comments_say() -> None:
    state = State(
        node="n1",
        rel_x=1,
        rel_y=-1,
        width=15,
        height=15,
        label="P",
        z=8,
        look=Look(shape="Oval", fill_color="#ffff00"),
        comments=(Comment("ptm=p; position = ser9; odd; Width=x"),),
    )
    aspects, tallies = convert(nodes=(node(),), states=(state,))

    assert aspects["nodes"][1] == {
        "id": 1,
        "x": 130.0,
        "y": 40.0,
        "z": 8.0,
        "v": {"name": "P", "ptm": "p", "position": "ser9"},
    }
    assert bypass(aspects, 1) | {"NODE_LABEL_FONT_FACE": None} == {
        "NODE_BORDER_COLOR": "#000000",
        "NODE_BORDER_WIDTH": 1.0,
        "NODE_WIDTH": 15.0,
        "NODE_HEIGHT": 15.0,
        "NODE_LABEL": "P",
        "NODE_LABEL_COLOR": "#000000",
        "NODE_LABEL_FONT_FACE": None,
        "NODE_LABEL_FONT_SIZE": 12,
        "NODE_BACKGROUND_COLOR": "#FFFF00",
        "NODE_BACKGROUND_OPACITY": 1.0,
        "NODE_SHAPE": "ellipse",
        "NODE_Z_LOCATION": 8.0,
    }
    assert tallies["states"].nodes == 1


@pytest.mark.parametrize(
    ("style", "shape", "width", "line_style", "fill"),
    [
        ("Group", "rectangle", 0.0, "dashed", "#FFFFFF"),
        ("Complex", "octagon", 1.0, "solid", "#B4B464"),
        ("Pathway", "rectangle", 1.0, "dashed", "#00FF00"),
        ("None", "rectangle", 1.0, "dashed", "#B4B464"),
    ],
)
def test_a_group_is_a_node_around_its_members(
    style: str, shape: str, width: float, line_style: str, fill: str
) -> None:
    group = Group(id="G", key="g", style=style, z=4096)
    margin = 12 if style == "Complex" else 8
    aspects, _ = convert(nodes=(node(group="g"),), groups=(group,))

    said = {"GraphID": "G", "GroupId": "g"}
    assert aspects["nodes"][1] == {"id": 1, "x": 100.0, "y": 50.0, "z": 4096.0, "v": said}
    assert aspects["nodes"][0]["v"]["GroupRef"] == "g"
    assert bypass(aspects, 1) == {
        "NODE_BORDER_COLOR": "#AAAAAA",
        "NODE_BORDER_STYLE": line_style,
        "NODE_BORDER_WIDTH": width,
        "NODE_BACKGROUND_COLOR": fill,
        "NODE_BACKGROUND_OPACITY": 25 / 255,
        "NODE_HEIGHT": 20.0 + 2 * margin,
        "NODE_WIDTH": 60.0 + 2 * margin,
        "NODE_LABEL_COLOR": "#AAAAAA",
        "NODE_SELECTED_PAINT": "#FFFFCC",
        "NODE_SHAPE": shape,
        "NODE_Z_LOCATION": 4096.0,
    }


def shape(word: str, **values: Any) -> Shape:
    look = Look(shape=word, fill_color="")
    return replace(Shape(id="h1", label="ER", box=Box(200, 100, 50, 30), look=look), **values)


def annotation(**elements: Any) -> str:
    """Convert a drawing; return its one annotation."""
    [text] = convert(**elements)[0]["networkAttributes"][0]["__Annotations"]
    assert isinstance(text, str)
    return text


def said(*names: str, **elements: Any) -> list[str]:
    """Return what the one annotation of a drawing says under these names."""
    pairs = dict(pair.split("=", 1) for pair in annotation(**elements).split("|"))
    return [pairs[name] for name in names]


def test_a_shape_that_nothing_ends_at_is_an_annotation() -> None:
    *values, path = said(
        *("x", "y", "width", "height", "text", "edgeColor", "customShape"), shapes=(shape("Oval"),)
    )

    assert values == ["175.0", "85.0", "50.0", "30.0", "ER", "-16777216"]
    assert path.startswith("NZ M 0.0 15.0 C ")


@pytest.mark.parametrize(
    ("word", "drawn"), [("Oval", ["1.0", "100.0", "100.0"]), ("None", ["0.0", "0.0", "0.0"])]
)
def test_a_label_of_no_shape_has_neither_line_nor_fill(word: str, drawn: list[str]) -> None:
    look = Look(shape=word, fill_color="#ffcccc")
    label = Label(id="l1", label="To", box=Box(0, 0, 80, 20), look=look)

    assert said("edgeThickness", "edgeOpacity", "fillOpacity", labels=(label,)) == drawn


def test_a_shape_that_an_edge_ends_at_is_a_handle_at_its_upper_side_too() -> None:
    aspects, _ = convert(
        nodes=(node(),),
        shapes=(shape("Oval", z=5),),
        interactions=(line(Point(x=130, y=50, ref="n1"), Point(x=200, y=85, ref="h1")),),
    )

    assert aspects["nodes"][1] == {
        "id": 1,
        "x": 200.0,
        "y": 85.0,
        "z": 5.0,
        "v": {"name": "ER", "GraphID": "h1", "IsGPMLShape": True},
    }
    shown = {"NODE_WIDTH": 2.0, "NODE_BORDER_OPACITY": 0.0, "NODE_SHAPE": "ellipse"}
    assert shown.items() <= bypass(aspects, 1).items()
    assert len(aspects["networkAttributes"][0]["__Annotations"]) == 1


def test_a_rectangle_is_a_node_and_its_fill_an_annotation() -> None:
    filled = shape("Rectangle", id="h2", look=Look(fill_color="#ffcccc"))
    aspects, tallies = convert(shapes=(shape("Rectangle"), filled))

    assert [each["v"]["GraphID"] for each in aspects["nodes"]] == ["h1", "h2"]
    assert bypass(aspects, 0)["NODE_WIDTH"] == 50.0
    assert said("fillColor", "fillOpacity", shapes=(filled,)) == ["-13108", "100.0"]
    assert (tallies["shapes"].nodes, tallies["shapes"].annotations) == (2, 1)


def test_a_label_is_a_node_where_an_edge_ends_at_it_else_an_annotation() -> None:
    labels = tuple(
        Label(id=name, label=f"To {name}", box=Box(0, 0, 80, 20)) for name in ("l1", "l2")
    )
    aspects, _ = convert(
        nodes=(node(),),
        labels=labels,
        interactions=(line(Point(x=100, y=50, ref="n1"), Point(x=0, y=0, ref="l1")),),
    )

    assert bypass(aspects, 1)["NODE_LABEL"] == "To l1"
    assert bypass(aspects, 1)["NODE_BACKGROUND_OPACITY"] == 0.0
    (text,) = aspects["networkAttributes"][0]["__Annotations"]
    assert "|text=To l2|" in text


def test_a_label_cannot_say_more_than_its_text() -> None:
    label = Label(label="a|type=evil\n<b>&", box=Box(0, 0, 9, 9), href="javascript:alert(1)")
    text = annotation(labels=(label,))

    assert "|text=a¦type=evil\n<b>&|" in text
    assert text.count("|type=") == 0
    assert "javascript" not in text


def test_an_interaction_is_an_edge_with_the_attributes_of_the_exporter() -> None:
    drawn = line(
        Point(x=130, y=50, ref="n1"),
        Point(x=270, y=90, ref="n2", arrow="mim-catalysis"),
        style="Broken",
        width=2,
        color="#ff0000",
        xref=Xref("Rhea", "12"),
    )
    aspects, _ = convert(nodes=(node(), node("n2", 300, 90)), interactions=(drawn,))

    assert aspects["edges"] == [
        {
            "id": 0,
            "s": 0,
            "t": 1,
            "v": {
                "interaction": "mim-catalysis",
                "StartArrow": "Line",
                "EndArrow": "mim-catalysis",
                "ConnectorType": "Straight",
                "LineThickness": 2.0,
                "LineStyle": "Dashed",
                "Color": "#ff0000",
                "XrefId": "12",
                "XrefDatasource": "Rhea",
            },
        }
    ]
    assert bypass(aspects, 0, "edge") == {"EDGE_WIDTH": 2.0}


def test_edges_end_at_anchors_groups_states_and_loose_ends() -> None:
    main = line(
        Point(x=0, y=0),
        Point(x=100, y=0, ref="gone"),
        anchors=(Anchor(position=0.25, id="a1"),),
    )
    lines = (
        main,
        line(Point(x=0, y=0, ref="G"), Point(x=25, y=0, ref="a1")),
        line(Point(x=0, y=0, ref="s1"), Point(x=9, y=9, ref="n1")),
    )
    state = State(id="s1", node="n1", rel_x=0, rel_y=0, width=5, height=5)
    aspects, tallies = convert(
        nodes=(node(group="g"),),
        states=(state,),
        groups=(Group(id="G", key="g"),),
        interactions=lines,
    )

    assert [(edge["s"], edge["t"]) for edge in aspects["edges"]] == [(4, 5), (2, 3), (1, 0)]
    anchor, start, end = aspects["nodes"][3:]
    places = [(each["x"], each["y"], each["z"]) for each in (anchor, start, end)]
    assert places == [(25, 0, 0), (0, 0, 0), (100, 0, 0)]
    shown = {"NODE_HEIGHT": 1.0, "NODE_SHAPE": "rectangle", "NODE_WIDTH": 1.0}
    assert bypass(aspects, 3) == shown
    assert (tallies["anchors"].nodes, tallies["interactions"].nodes) == (1, 2)


def bends(aspects: dict[str, list[dict[str, Any]]]) -> list[tuple[float, float]]:
    """Return the places of the bends of the first edge, worked out as Cytoscape does."""
    edge = aspects["edges"][0]
    (x1, y1), (x2, y2) = (
        next((n["x"], n["y"]) for n in aspects["nodes"] if n["id"] == edge[end]) for end in "st"
    )
    places = []
    for point in bypass(aspects, 0, "edge")["EDGE_CONTROL_POINTS"]:
        # NDEx names Cytoscape's cosine "sin" and its sine "cos".
        cosine, sine, ratio = point["sin"], point["cos"], point["ratio"]
        across, down = (x2 - x1) * ratio, (y2 - y1) * ratio
        x = x1 + across * cosine - down * sine
        places.append((round(x, 6), round(y1 + across * sine + down * cosine, 6)))
    return places


@pytest.mark.parametrize(
    ("connector", "places"),
    [
        ("Elbow", [(300, 50), (300, 50)]),
        ("Segmented", [(200, 70), (200, 70)]),
        ("Curved", [(215, 50), (300, 85)]),
    ],
)
def test_bends_are_kept(connector: str, places: list[tuple[float, float]]) -> None:
    points = [
        Point(x=130, y=50, ref="n1", rel_x=1),
        Point(x=300, y=120, ref="n2", rel_y=-1, arrow="Arrow"),
    ]
    if connector == "Segmented":
        points.insert(1, Point(x=200, y=70))
    aspects, _ = convert(
        nodes=(node(), node("n2", 300, 130)),
        interactions=(line(*points, connector=connector),),
    )

    assert bends(aspects) == places


def test_a_bend_between_two_ends_on_one_place_is_left_out_and_counted() -> None:
    loop = line(
        Point(x=130, y=50, ref="n1"),
        Point(x=150, y=90),
        Point(x=100, y=60, ref="n1"),
        connector="Segmented",
    )
    aspects, tallies = convert(nodes=(node(),), interactions=(loop,))

    assert (aspects["edges"][0]["s"], aspects["edges"][0]["t"]) == (0, 0)
    assert "EDGE_CONTROL_POINTS" not in bypass(aspects, 0, "edge")
    assert sum(tallies["interactions"].left_out.values()) == 1


@pytest.mark.parametrize(
    ("start", "end", "connector", "box", "path"),
    [
        ((0, 0), (100, 0), "Straight", "x=0.0|y=0.0|width=100.0|height=1.0", "M 0.0 0.0 L 100.0"),
        ((5, 9), (5, 29), "Straight", "x=5.0|y=9.0|width=1.0|height=20.0", "M 0.0 0.0 L 0.0 20.0"),
        ((0, 0), (80, 60), "Curved", "x=-20.0|y=0.0|width=120.0|height=60.0", "M 20.0 0.0 C "),
    ],
)
def test_a_graphical_line_is_a_path(
    start: tuple[float, float], end: tuple[float, float], connector: str, box: str, path: str
) -> None:
    text = graphical(start, end, connector=connector)

    assert box in text
    assert f"customShape=NZ {path}" in text


def graphical(*ends: tuple[float, float], arrow: str = "Line", **values: Any) -> str:
    points = [Point(x=x, y=y) for x, y in ends]
    points[-1] = replace(points[-1], arrow=arrow)
    return annotation(graphical_lines=(GraphicalLine(points=tuple(points), **values),))


def test_a_broken_graphical_line_is_dashed_some_hundred_times_at_most() -> None:
    text = graphical((0, 0), (12, 0), style="Broken")

    assert "NZ M 0.0 0.0 L 5.0 0.0 M 10.0 0.0 L 12.0 0.0 M 12.0 1.0|" in text
    assert 200 < graphical((-1e6, 0), (1e6, 0), style="Broken").count(" L ") < 300


def test_a_graphical_line_keeps_its_arrow_head() -> None:
    text = graphical((0, 0), (0, 50), arrow="TBar")

    assert text.count(" M ") == 3  # the line, the bar, and the far corner of its box


def test_annotations_lie_in_the_order_of_their_layers() -> None:
    labels = tuple(
        Label(label=name, z=z, box=Box(0, 0, 9, 9)) for name, z in (("front", 9), ("back", 1))
    )
    back, front = convert(labels=labels)[0]["networkAttributes"][0]["__Annotations"]

    assert ("text=back" in back, "text=front" in front) == (True, True)
    assert (back[-4:], front[-4:]) == ("|z=0", "|z=1")


def test_what_is_left_out_is_counted_with_its_reason() -> None:
    _, tallies = convert(
        nodes=(node(),),
        groups=(Group(key="g"),),
        states=(State(node="gone", rel_x=0, rel_y=0, width=1, height=1),),
        graphical_lines=(
            GraphicalLine(points=(Point(x=0, y=0), Point(x=1, y=1)), anchors=(Anchor(position=0),)),
        ),
    )

    left_out = {kind: dict(tally.left_out) for kind, tally in tallies.items() if tally.left_out}
    assert left_out == {
        "groups": {"without members": 1},
        "states": {"on a node that is not drawn": 1},
        "anchors": {"on a graphical line, where no interaction ends": 1},
    }


def test_of_repeated_ids_the_first_gets_the_edges() -> None:
    aspects, _ = convert(
        nodes=(node("n"), node("n", 300, 300), node("m")),
        interactions=(line(Point(x=0, y=0, ref="n"), Point(x=9, y=9, ref="m")),),
    )

    assert len(aspects["nodes"]) == 3
    assert (aspects["edges"][0]["s"], aspects["edges"][0]["t"]) == (0, 2)
