"""What differs is marked in the picture of a pathway, and what only NDEx has is drawn too."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from sync.model import Curie, Difference, DifferenceKind
from sync.picture.differences import draw_differences
from sync.records.drawing import Box, Xref
from tests.picture.drawings import drawing, interaction, node

TP53 = node("n1", label="TP53", xref=Xref("Ensembl", "ENSG00000141510"))
MDM2 = node("n2", label="MDM2", box=Box(300, 100, 80, 20))
EVIL = '"><script>alert(1)</script>'


def marked(*differences: Difference, **parts: object) -> dict[str, str]:
    """Return the class of each element that has one, by its id."""
    given = {"nodes": (TP53, MDM2), "interactions": (interaction(),), **parts}
    root = ET.fromstring(draw_differences(drawing(**given), differences))  # noqa: S314 - our own
    return {
        each.get("data-id", ""): each.get("class", "") for each in root.iter() if each.get("class")
    }


def test_what_the_network_lacks_is_marked_by_its_element() -> None:
    assert marked(
        Difference(DifferenceKind.INTERACTION_MISSING, local={"element": "i1", "type": "Arrow"}),
        Difference(DifferenceKind.NODE_MISSING, local={"element": "n2", "type": "Metabolite"}),
    ) == {"i1": "missing", "n2": "missing"}


def test_genes_are_found_by_identifier_else_by_label() -> None:
    ids = (Curie("ensembl:ENSG00000141510"),)
    assert marked(
        Difference(DifferenceKind.GENE_RENAMED, symbol="P53", ids=ids),
        Difference(DifferenceKind.GENE_MISSING, symbol="MDM2", ids=(Curie("ncbigene:4193"),)),
    ) == {"n1": "renamed", "n2": "missing"}


def test_what_only_ndex_has_is_drawn_below_and_between() -> None:
    ends = {"type": "Arrow", "source": "n1", "target": "n2"}
    assert marked(
        Difference(DifferenceKind.GENE_EXTRA, symbol="TNF", remote={}),
        Difference(DifferenceKind.NODE_EXTRA, name=EVIL, remote={"type": "Metabolite"}),
        Difference(DifferenceKind.INTERACTION_EXTRA, remote=ends),
        Difference(DifferenceKind.INTERACTION_EXTRA, remote=ends | {"source": "gone"}),
    ) == {
        "only-on-ndex-node-0": "extra",
        "only-on-ndex-node-1": "extra",
        "only-on-ndex-line-0": "extra",
    }


def test_ids_of_the_drawing_are_not_taken_for_others() -> None:
    evil = node(EVIL, label="A")
    own = node("only-on-ndex-node-0", label="B", box=Box(300, 100, 80, 20))
    found = marked(
        Difference(DifferenceKind.NODE_MISSING, local={"element": EVIL}),
        Difference(DifferenceKind.NODE_EXTRA, name="C", remote={"type": "Metabolite"}),
        nodes=(evil, own),
    )

    assert found == {EVIL: "missing", "only-on-ndex-node-1": "extra"}
