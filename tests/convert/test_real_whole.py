"""Real drawings and networks, compared as a whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from msgspec import structs

from sync.convert.pathway import read_pathway_drawing
from sync.cx.diagram import read_diagram
from sync.cx.digest import content_digest
from sync.cx.redraw import DrawnLayout, redraw
from sync.cx.repair import repair
from sync.match.diagram import Diagram
from sync.match.whole import Compared, Sides, compare_whole
from sync.model import Difference, DifferenceKind
from sync.sandbox.uploads import load_cx1, load_cx2
from tests.conftest import SHARED

REAL = sorted(SHARED.glob("corpus/*/**/WP*.gpml"))
TWENTY = REAL[::6]


def network_of(drawing: Path) -> bytes:
    return read_pathway_drawing(drawing.parent, drawing.name).convert().body


def exported_in_2025(corpus: Path) -> bytes:
    exported = load_cx1((corpus / "networks" / "WP4255.cx").read_bytes()).cx2
    assert exported is not None
    return exported


def uploaded_in_2021(corpus: Path) -> bytes:
    return (corpus / "networks" / "WP5049-2021.cx2").read_bytes()


NETWORKS = {"WP4255": exported_in_2025, "WP5049": uploaded_in_2021}


def differ(local: Diagram, remote: Diagram) -> list[Difference]:
    return list(compare_whole(Sides(local, remote), frozenset(Compared)))


@pytest.mark.slow
@pytest.mark.parametrize("drawing", TWENTY, ids=lambda path: path.stem)
def test_exactly_what_is_taken_out_is_missing(drawing: Path) -> None:
    drawn = read_diagram(orjson.loads(network_of(drawing)))
    for edge in drawn.edges:
        edges = tuple(each for each in drawn.edges if each is not edge)
        [missing] = differ(drawn, replace(drawn, edges=edges))
        assert missing.kind == "interaction_missing"
        assert missing.local == {"type": edge.type, "element": edge.element}
        [extra] = differ(replace(drawn, edges=edges), drawn)
        assert extra.kind == "interaction_extra"
    for node in filter(lambda each: each.type, drawn.nodes):
        nodes = tuple(each for each in drawn.nodes if each is not node)
        edges = tuple(e for e in drawn.edges if node.number not in (e.source, e.target))
        kinds = [each.kind for each in differ(drawn, replace(drawn, nodes=nodes, edges=edges))]
        lost = len(drawn.edges) - len(edges)
        assert kinds.count(DifferenceKind.INTERACTION_MISSING) == lost
        assert node.is_gene or kinds.count(DifferenceKind.NODE_MISSING) == 1
        assert len(kinds) in (lost, lost + 1)
        if node.group:
            ungrouped = structs.replace(node, group="")
            nodes = tuple(ungrouped if each is node else each for each in drawn.nodes)
            [group] = differ(drawn, replace(drawn, nodes=nodes))
            assert group.kind == "group"


@pytest.mark.parametrize("layout", DrawnLayout)
@pytest.mark.parametrize("pathway", ["WP4255", "WP5049"])
def test_a_network_that_others_made_becomes_what_the_drawing_says(
    corpus: Path, pathway: str, layout: DrawnLayout
) -> None:
    """Nearly all nodes keep their ids; a second time there is nothing left to do."""
    drawing = orjson.loads(network_of(corpus / "drawings" / pathway / f"{pathway}.gpml"))
    before = repair(orjson.loads(NETWORKS[pathway](corpus))).document
    loaded = load_cx2(redraw(before, drawing, layout)).cx2
    assert loaded is not None
    after = orjson.loads(loaded)

    old, new = ({n.number for n in read_diagram(each).nodes} for each in (before, after))
    assert differ(read_diagram(drawing), read_diagram(after)) == []
    assert len(old & new) > 0.75 * len(old)
    assert content_digest(orjson.loads(redraw(after, drawing, layout))) == content_digest(after)


def test_networks_that_others_made_differ_where_somebody_changed_the_drawing(corpus: Path) -> None:
    """WP4255 got new drugs and MET after its export of 2025. WP5049 is as in 2021; one of its
    interactions now ends at a shape that the network does not tell from others.
    """
    counts = {}
    for pathway, read in NETWORKS.items():
        drawing = corpus / "drawings" / pathway / f"{pathway}.gpml"
        drawn = read_diagram(orjson.loads(network_of(drawing)))
        found = differ(drawn, read_diagram(orjson.loads(read(corpus))))
        counts[pathway] = Counter(each.kind.value for each in found)
        if pathway == "WP4255":
            names = {each.name for each in found if each.kind == "node_missing"}
            assert {"Crizotinib", "Sotorasib", "Alectinib"} < names

    assert counts == {
        "WP4255": {
            "node_missing": 12,
            "node_extra": 7,
            "interaction_missing": 15,
            "interaction_extra": 12,
        },
        "WP5049": {"interaction_missing": 1, "interaction_extra": 1},
    }
