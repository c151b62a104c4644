"""Lines: their routes, the heads at both ends, and the anchors that show."""

from __future__ import annotations

import pytest

from sync.records.drawing import Anchor, Point
from tests.picture.drawings import Picture, drawn, interaction, paths, picture_of


def line(*, start: str = "Line", end: str = "Line", **parts: object) -> list[Picture]:
    """Draw a line from 0, 0 to 100, 0 and return its paths."""
    points = (Point(x=0, y=0, arrow=start), Point(x=100, y=0, arrow=end))
    picture = picture_of(interactions=(interaction("i", **{"points": points, **parts}),))
    return paths(drawn(picture, "i"))


def painted(path: Picture) -> dict[str, str]:
    """Return how a path is painted."""
    return {name: value for name, value in path.attrib.items() if name != "d"}


FILLED = {"stroke": "none"}
OPEN = {"fill": "#fff"}
WIRE = {"fill": "none"}
HEADS = [
    ("Arrow", 95, FILLED),
    ("mim-conversion", 95, FILLED),
    ("mim-binding", 96, FILLED),
    ("mim-modification", 96, FILLED),
    ("mim-translocation", 95, FILLED),
    ("mim-stimulation", 91, OPEN),
    ("mim-necessary-stimulation", 91, OPEN),
    ("mim-catalysis", 90, OPEN),
    ("mim-inhibition", 94, WIRE),
    ("TBar", 94, WIRE),
    ("mim-cleavage", 90, WIRE),
    ("mim-covalent-bond", 93, OPEN),
    ("mim-branching-left", 92, WIRE),
    ("mim-branching-right", 92, WIRE),
    ("mim-transcription-translation", 87, OPEN),
    ("LigandRound", 95, FILLED),
    ("LigandSquare", 92, FILLED),
    ("Receptor", 100, WIRE),
    ("ReceptorRound", 100, WIRE),
    ("ReceptorSquare", 100, WIRE),
    ("a head of tomorrow", 95, FILLED),
]


@pytest.mark.parametrize(("arrow", "stop", "paint"), HEADS)
def test_a_head_stands_at_either_end_and_the_line_stops_before_it(
    arrow: str, stop: int, paint: dict[str, str]
) -> None:
    stroke, head = line(end=arrow)
    assert stroke.get("d") == f"M0 0L{stop} 0"
    assert painted(head) == {"transform": "translate(100 0)", **paint}

    stroke, head = line(start=arrow)
    assert stroke.get("d") == f"M{100 - stop} 0L100 0"
    assert painted(head) == {"transform": "translate(0 0)rotate(180)", **paint}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Arrow", "Directed"),
        ("mim-conversion", "Conversion"),
        ("mim-inhibition", "Inhibition"),
        ("mim-catalysis", "Catalysis"),
        ("mim-stimulation", "Stimulation"),
        ("mim-binding", "Binding"),
        ("mim-translocation", "Translocation"),
        ("mim-transcription-translation", "TranscriptionTranslation"),
        ("Line", "Undirected"),
    ],
)
def test_gpml_2021_draws_the_same_heads(old: str, new: str) -> None:
    assert [path.attrib for path in line(end=old)] == [path.attrib for path in line(end=new)]


def test_a_gap_has_no_head() -> None:
    (stroke,) = line(end="mim-gap")

    assert stroke.get("d") == "M0 0L90 0"


def test_a_line_that_is_shorter_than_its_heads_stays_between_its_ends() -> None:
    points = (Point(x=0, y=0, arrow="mim-catalysis"), Point(x=4, y=0, arrow="mim-catalysis"))
    stroke, *heads = line(points=points)

    assert stroke.get("d") in {"M0 0L0 0", "M4 0L0 0"}
    assert len(heads) == 2


@pytest.mark.parametrize(
    ("corners", "path", "head_at"),
    [
        ([(5, 5), (5, 5)], "M5 5L5 5", "translate(5 5)"),
        ([(0, 0), (50, 50), (50, 100)], "M0 0L50 50 50 90", "translate(50 100)rotate(90)"),
        ([(0, 0), (100, 0), (100, 0)], "M0 0L90 0 90 0", "translate(100 0)"),
    ],
    ids=["without a length", "corners", "a point that comes twice"],
)
def test_a_segmented_line_has_its_corners(
    corners: list[tuple[float, float]], path: str, head_at: str
) -> None:
    *others, (x, y) = corners
    end = Point(x=x, y=y, arrow="mim-catalysis")
    points = (*(Point(x=x, y=y) for x, y in others), end)
    stroke, head = line(points=points, connector="Segmented")

    assert (stroke.get("d"), head.get("transform")) == (path, head_at)


def test_an_elbow_ends_in_a_right_angle() -> None:
    points = (Point(x=0, y=0), Point(x=100, y=80, arrow="TBar"))
    stroke, head = line(points=points, connector="Elbow")
    path = stroke.get("d") or ""

    assert path.startswith("M0 0L")
    assert "C" not in path
    assert head.get("transform") in {
        f"translate(100 80)rotate({turn})" for turn in ("90", "180", "-90")
    }


def test_a_curve_bends_and_stops_before_its_head() -> None:
    points = (Point(x=0, y=0), Point(x=100, y=80, arrow="mim-catalysis"))
    stroke, _head = line(points=points, connector="Curved")
    path = stroke.get("d") or ""

    assert path.startswith("M0 0C")
    assert not path.endswith("100 80")


def test_a_broken_line_has_whole_heads() -> None:
    stroke, head = line(style="Broken", end="mim-catalysis")

    assert stroke.get("stroke-dasharray") == "4"
    assert head.get("stroke-dasharray") is None


@pytest.mark.parametrize(
    ("parts", "attribute", "value"),
    [
        ({"width": 2.5}, "stroke-width", "2.5"),
        ({"color": "#ff0000"}, "color", "#f00"),
        ({"color": ""}, "stroke", "none"),
    ],
)
def test_width_and_colour_are_those_of_the_line_and_its_heads(
    parts: dict[str, object], attribute: str, value: str
) -> None:
    picture = picture_of(interactions=(interaction("i", **parts),))

    assert drawn(picture, "i").get(attribute) == value


def test_a_double_line_has_a_gap() -> None:
    outer, gap = line(style="Double")

    assert (outer.get("stroke-width"), gap.get("stroke")) == ("3", "#fff")


@pytest.mark.parametrize(("shape", "shown"), [("None", 0), ("Circle", 1), ("Square", 1)])
def test_only_anchors_with_a_shape_are_drawn(shape: str, shown: int) -> None:
    found = line(anchors=(Anchor(position=0.25, id="a", shape=shape),))[1:]

    assert len(found) == shown
    assert all((anchor.get("d") or "").startswith("M25 0m") for anchor in found)
    assert all(anchor.get("data-id") == "a" for anchor in found)
