"""Nodes, interactions and groups of two sides: what is not the same, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from sync.match.compare import Scope, compare
from sync.match.diagram import Diagram, DrawnEdge, DrawnNode
from sync.match.whole import Compared, Sides, choose_compared, compare_whole
from sync.model import Curie, Difference, Property, Verdict
from tests.nouns import FIGURE, NETWORK, PATHWAY, see

EVERYTHING = frozenset(Compared)


def node(number: int, label: str, *ids: str, **facts: Any) -> DrawnNode:
    made = DrawnNode(
        number, f"e{number}", "Metabolite", label, frozenset({label}), frozenset(map(Curie, ids))
    )
    return structs.replace(made, **facts)


ATP = node(1, "ATP", "chebi:15422")
ATP_AGAIN = node(2, "ATP", "chebi:15422")
ADP = node(3, "ADP", "chebi:16761", group="g1")
TP53 = node(4, "TP53", "ensembl:ENSG1", type="GeneProduct", is_gene=True, group="g1")
ANCHOR = DrawnNode(5, "e5")
TURNOVER = DrawnEdge(1, 3, end="mim-conversion", element="i1")
CATALYSIS = DrawnEdge(4, 5, end="mim-catalysis", element="i2")
DRAWN = Diagram((ATP, ATP_AGAIN, ADP, TP53, ANCHOR), (TURNOVER, CATALYSIS), states_groups=True)


def without_ids(diagram: Diagram) -> Diagram:
    """Return what an exporter keeps that writes no ids of elements and no groups."""
    nodes = [structs.replace(node, element="", group="") for node in diagram.nodes]
    edges = [structs.replace(edge, element="") for edge in diagram.edges]
    return Diagram(tuple(reversed(nodes)), tuple(reversed(edges)))


def differ(remote: Diagram, local: Diagram = DRAWN) -> list[tuple[str, str]]:
    return [(each.kind.value, each.name) for each in found(remote, local)]


def found(remote: Diagram, local: Diagram = DRAWN) -> list[Difference]:
    return list(compare_whole(Sides(local, remote), EVERYTHING))


def with_node(changed: DrawnNode) -> Diagram:
    """Return the drawing with one node in place of that of the same number."""
    nodes = tuple(changed if each.number == changed.number else each for each in DRAWN.nodes)
    return replace(DRAWN, nodes=nodes)


def with_edges(*edges: DrawnEdge) -> Diagram:
    return replace(DRAWN, edges=edges)


@pytest.mark.parametrize("written", [lambda drawn: drawn, without_ids])
def test_a_network_of_the_drawing_is_in_sync(written: Any) -> None:
    assert differ(written(DRAWN)) == []
    assert differ(DRAWN, written(DRAWN)) == []


CASES = {
    "a node of two that are alike": (
        replace(DRAWN, nodes=(ATP, ADP, TP53, ANCHOR)),
        [("node_missing", "ATP")],
    ),
    "a node that is not in the drawing": (
        replace(DRAWN, nodes=(*DRAWN.nodes, node(9, "GTP"))),
        [("node_extra", "GTP")],
    ),
    "a label, where the identifier is the same": (
        with_node(structs.replace(ADP, label="adp", names=frozenset({"adp"}))),
        [],
    ),
    "a label, where the identifier is the same and no id is known": (
        without_ids(with_node(structs.replace(ADP, label="adp", names=frozenset({"adp"})))),
        [],
    ),
    "an identifier, where the label is the same": (
        with_node(structs.replace(ADP, ids=frozenset({Curie("hmdb:1")}))),
        [],
    ),
    "both": (
        with_node(structs.replace(ADP, names=frozenset({"X"}), ids=frozenset(), label="X")),
        [("node_missing", "ADP"), ("node_extra", "X"), ("interaction_missing", "ATP → ADP"),
         ("interaction_extra", "ATP → X")],
    ),
    "a gene that is there once more": (
        replace(DRAWN, nodes=(*DRAWN.nodes, structs.replace(TP53, number=9, element="e9"))),
        [("node_extra", "TP53")],
    ),
    "a gene that is told as a gene": (
        replace(DRAWN, nodes=(*DRAWN.nodes, node(9, "MDM2", type="Protein", is_gene=True))),
        [],
    ),
    "an interaction": (with_edges(TURNOVER), [("interaction_missing", "TP53 → (unnamed)")]),
    "an arrow head": (
        with_edges(structs.replace(TURNOVER, end="Arrow"), CATALYSIS),
        [("interaction_missing", "ATP → ADP"), ("interaction_extra", "ATP → ADP")],
    ),
    "an end": (
        with_edges(TURNOVER, structs.replace(CATALYSIS, target=2)),
        [("interaction_missing", "TP53 → (unnamed)"), ("interaction_extra", "TP53 → ATP")],
    ),
    "an end of two that are alike": (
        with_edges(structs.replace(TURNOVER, source=2), CATALYSIS),
        [],
    ),
    "a member": (with_node(structs.replace(TP53, group="")), [("group", "ADP, TP53")]),
    "a member that is alone": (
        replace(
            with_edges(TURNOVER), nodes=(ATP, ATP_AGAIN, structs.replace(ADP, group=""), ANCHOR)
        ),
        [("group", "ADP"), ("interaction_missing", "TP53 → (unnamed)")],
    ),
    "the key of a group": (
        replace(
            DRAWN, nodes=tuple(structs.replace(n, group=n.group and "g7") for n in DRAWN.nodes)
        ),
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("remote", "expected"), CASES.values(), ids=CASES)
def test_one_thing_that_differs_is_told_and_nothing_else(
    remote: Diagram, expected: list[tuple[str, str]]
) -> None:
    assert differ(remote) == expected


def test_differences_say_which_elements_of_the_drawing_they_are_of() -> None:
    missing, extra = found(with_edges(structs.replace(TURNOVER, end="Arrow"), CATALYSIS))

    assert missing.local == {"type": "mim-conversion", "element": "i1"}
    assert extra.remote == {"type": "Arrow", "element": "i1", "source": "e1", "target": "e3"}


def test_only_what_is_asked_for_is_compared() -> None:
    sides = Sides(DRAWN, Diagram())

    assert {each.kind.value for each in compare_whole(sides, frozenset({Compared.NODES}))} == {
        "node_missing"
    }
    assert not list(compare_whole(sides, frozenset({Compared.GENES})))


def test_all_is_compared_of_a_network_that_was_made_of_a_drawing() -> None:
    theirs = see(PATHWAY).summary
    made = Property("prov:wasGeneratedBy", "ndex-sync")
    ours = replace(theirs, properties=(*(theirs.properties or ()), made))
    usual = frozenset({Compared.GENES, Compared.PROPERTIES})

    assert choose_compared(None, theirs) == usual
    assert choose_compared(None, ours) == EVERYTHING
    assert choose_compared(usual, ours) == usual


def test_a_verdict_says_what_differs_and_what_could_not_be_read() -> None:
    scope = Scope(EVERYTHING, Sides(DRAWN, with_edges(TURNOVER)))
    drifted = compare(PATHWAY, NETWORK, see(PATHWAY), scope=scope)
    noted = compare(PATHWAY, NETWORK, see(PATHWAY), scope=Scope(EVERYTHING, note="no drawing"))
    failed = compare(PATHWAY, NETWORK, see(PATHWAY), scope=Scope(EVERYTHING, doubt="no answer"))
    figure = compare(FIGURE, NETWORK, see(FIGURE), scope=scope)

    assert (drifted.verdict, len(drifted.differences)) == (Verdict.DRIFTED, 1)
    assert (drifted.whole, noted.whole, figure.whole) == (True, False, False)
    assert (noted.verdict, noted.messages[0]) == (Verdict.IN_SYNC, "no drawing")
    assert (failed.verdict, failed.messages[0]) == (Verdict.FAILED, "no answer")
