"""Where groups, states, anchors and bent lines stand."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from sync.records.drawing import (
    Anchor,
    Box,
    DataNode,
    Drawing,
    Group,
    Interaction,
    Point,
    State,
)
from sync.records.drawing_reader import read_drawing
from sync.records.geometry import Geometry


def node(element_id: str, x: float, y: float, group: str = "") -> DataNode:
    return DataNode(id=element_id, label=element_id, box=Box(x, y, 20, 10), group=group)


def line(
    *points: Point, connector: str = "Straight", anchors: tuple[Anchor, ...] = ()
) -> Interaction:
    return Interaction(points=points, connector=connector, anchors=anchors)


def geometry(**elements: object) -> Geometry:
    return Geometry(Drawing(path="x", schema="", **elements))  # type: ignore[arg-type]


def test_a_group_stands_around_its_members_and_the_groups_in_it() -> None:
    outer, inner = Group(id="O", key="o"), Group(id="I", key="i", group="o", style="Complex")
    places = geometry(
        nodes=(node("a", 0, 0, "i"), node("b", 100, 50, "i"), node("c", 0, 200, "o")),
        groups=(outer, inner),
    )

    assert places.group_box(inner) == places.box("I") == Box(50, 25, 120 + 24, 60 + 24)
    assert places.group_box(outer) == Box(50, 94, 144 + 16, 222 + 16)


def test_a_group_without_members_has_no_place() -> None:
    empty = Group(id="E", key="e")
    places = geometry(nodes=(node("a", 0, 0),), groups=(empty,))

    assert places.group_box(empty) is None
    assert places.box("E") is None


def test_groups_in_a_ring_and_in_themselves_are_placed() -> None:
    ring = (Group(key="a", group="b"), Group(key="b", group="a"), Group(key="c", group="c"))
    members = (node("n", 5, 5, "a"), node("m", 5, 5, "c"), node("l", 5, 5, "b"))
    places = geometry(nodes=members, groups=ring)

    assert all(places.group_box(group) is not None for group in ring)


def test_a_deep_nest_of_groups_is_placed() -> None:
    groups = tuple(Group(key=str(depth), group=str(depth + 1)) for depth in range(3000))
    places = geometry(nodes=(node("n", 0, 0, "0"),), groups=groups)

    assert places.group_box(groups[-1]) == Box(0, 0, 20 + 16 * 3000, 10 + 16 * 3000)


def test_a_state_stands_on_the_edge_of_its_node() -> None:
    state = State(id="s", node="a", rel_x=1, rel_y=-1, width=4, height=6)
    stray = State(node="gone", rel_x=0, rel_y=0, width=1, height=1)
    places = geometry(nodes=(node("a", 100, 50),), states=(state, stray))

    assert places.state_box(state) == places.box("s") == Box(110, 45, 4, 6)
    assert places.state_box(stray) is None


def test_of_repeated_ids_the_first_counts() -> None:
    places = geometry(nodes=(node("a", 1, 1), node("a", 2, 2)))

    assert places.box("a") == Box(1, 1, 20, 10)


@pytest.mark.parametrize(
    ("connector", "corners"),
    [
        ("Straight", [(0, 0), (100, 40)]),
        ("Segmented", [(0, 0), (30, 30), (100, 40)]),
        ("Unheard", [(0, 0), (100, 40)]),
    ],
)
def test_a_line_runs_as_its_connector_says(
    connector: str, corners: list[tuple[float, float]]
) -> None:
    drawn = line(Point(x=0, y=0), Point(x=30, y=30), Point(x=100, y=40), connector=connector)

    assert list(geometry(interactions=(drawn,)).route(drawn)) == corners


@pytest.mark.parametrize(
    ("start", "end", "corners"),
    [
        ((0, 1), (0, -1), [(0, 5), (0, 25), (100, 25), (100, 95)]),
        ((1, 0), (0, -1), [(10, 0), (100, 0), (100, 95)]),
        ((0, -1), (0, 1), [(0, -5), (0, -25), (50, -25), (50, 125), (100, 125), (100, 105)]),
    ],
)
def test_an_elbow_leaves_from_the_sides_that_it_is_fixed_to(
    start: tuple[float, float],
    end: tuple[float, float],
    corners: list[tuple[float, float]],
) -> None:
    nodes = (node("a", 0, 0), node("b", 100, 100))
    drawn = line(
        *(
            Point(x=box.x + rel[0] * 10, y=box.y + rel[1] * 5, ref=ref, rel_x=rel[0], rel_y=rel[1])
            for ref, box, rel in (("a", nodes[0].box, start), ("b", nodes[1].box, end))
        ),
        connector="Elbow",
    )

    assert list(geometry(nodes=nodes, interactions=(drawn,)).route(drawn)) == corners


def test_an_anchor_stands_on_its_line() -> None:
    drawn = line(Point(x=0, y=0), Point(x=100, y=50), anchors=(Anchor(position=0.5, id="m"),))
    places = geometry(interactions=(drawn,))

    assert places.anchor("m") == (50, 25)
    assert places.anchor("gone") is None
    assert places.place_on(drawn, 7.0) == (100, 50)


def test_thousands_of_anchors_stand_on_a_line_of_as_many_corners() -> None:
    corners = [Point(x=step, y=step % 2) for step in range(20_001)]
    drawn = line(*corners[:5], *corners[4:], connector="Segmented")
    places = geometry(interactions=(drawn,))
    found = [places.place_on(drawn, step / 20_000) for step in range(20_001)]

    assert [x for x, _ in found] == pytest.approx(range(20_001))
    assert [y for _, y in found] == pytest.approx([point.y for point in corners], abs=1e-6)


def test_lines_that_hang_on_each_other_are_drawn() -> None:
    first = line(
        Point(x=0, y=0, ref="b"),
        Point(x=9, y=5),
        connector="Elbow",
        anchors=(Anchor(position=0, id="a"),),
    )
    second = line(
        Point(x=0, y=0, ref="a"),
        Point(x=9, y=9),
        connector="Elbow",
        anchors=(Anchor(position=0, id="b"),),
    )
    places = geometry(interactions=(first, second))

    assert places.anchor("a") == places.anchor("b") == (0, 0)


def test_a_long_chain_of_lines_is_drawn() -> None:
    chain = tuple(
        line(
            Point(x=step, y=0, ref=f"a{step - 1}"),
            Point(x=step + 5, y=5),
            connector="Elbow",
            anchors=(Anchor(position=0.5, id=f"a{step}"),),
        )
        for step in range(5000)
    )

    assert geometry(interactions=chain).anchor("a4999") is not None


def test_ends_of_real_lines_are_where_the_file_says(corpus: Path) -> None:
    """Files keep the places of ends that PathVisio worked out, so they hold our rules."""
    boxes, anchors = list[float](), list[float]()
    for file in sorted(corpus.rglob("*.gpml")):
        drawing = read_drawing(file.name, file.read_text(encoding="utf-8"))
        places = Geometry(drawing)
        for each in (*drawing.interactions, *drawing.graphical_lines):
            for point in (each.points[0], each.points[-1]):
                end = (point.x, point.y)
                if (box := places.box(point.ref)) is not None:
                    x = box.x + point.rel_x * box.width / 2
                    boxes.append(math.dist((x, box.y + point.rel_y * box.height / 2), end))
                elif (place := places.anchor(point.ref)) is not None:
                    anchors.append(math.dist((place[0] + point.rel_x, place[1] + point.rel_y), end))

    assert len(anchors) == 1416
    assert max(anchors) < 1
    # Files keep some ends of groups whose members have moved since.
    assert sum(distance < 1 for distance in boxes) / len(boxes) > 0.997
