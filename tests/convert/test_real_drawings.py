"""Real drawings as networks: the server takes them, keeps them, and finds their genes in sync."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from ndex2.cx2 import RawCX2NetworkFactory

from sync.convert.network import Tally
from sync.convert.pathway import read_pathway_drawing
from sync.cx.content import write_upload
from sync.cx.decode import decode_cx2
from sync.cx.diagram import read_diagram
from sync.cx.digest import content_digest
from sync.cx.redraw import DrawnLayout, redraw
from sync.cx.validate_cx2 import validate_cx2
from sync.match.gene_differences import compare_genes
from sync.match.whole import Compared, Sides, compare_whole
from sync.model import Record
from sync.records.organisms import Organisms
from sync.records.read import read_record
from sync.sandbox.uploads import load_cx1, load_cx2
from tests.conftest import SHARED
from tests.convert.drawings import Aspects

REAL = sorted(SHARED.glob("corpus/*/**/WP*.gpml"))
OURS = sorted((Path(__file__).parents[2] / "fixtures" / "demo").rglob("*.gpml"))
MADE = {
    "data nodes": Tally(drawn=8841, nodes=8841),
    "shapes": Tally(drawn=1415, nodes=405, annotations=1288),
    "states": Tally(drawn=483, nodes=483),
    "groups": Tally(1027, nodes=977, left_out=Counter({"without members": 50})),
    "labels": Tally(drawn=2201, nodes=344, annotations=1857),
    "anchors": Tally(
        1073,
        nodes=1072,
        left_out=Counter({"on a graphical line, where no interaction ends": 1}),
    ),
    "interactions": Tally(drawn=5713, nodes=1504, edges=5713),
    "graphical lines": Tally(drawn=460, annotations=460),
}
"""What becomes of all elements of the real drawings, as docs/how-to/pathway-networks.md says."""


@pytest.mark.parametrize(
    "drawing",
    [
        *OURS,
        *(
            pytest.param(path, marks=[pytest.mark.slow] * (at % 16 > 0))
            for at, path in enumerate(REAL)
        ),
    ],
    ids=lambda path: path.stem,
)
def test_a_drawing_is_a_network_that_the_server_keeps(drawing: Path) -> None:
    """In CX2 and in CX1, in sync with its record and as a whole, and the same when redrawn."""
    body = read_pathway_drawing(drawing.parent, drawing.name).convert().body
    assert body == read_pathway_drawing(drawing.parent, drawing.name).convert().body
    document = orjson.loads(body)
    validate_cx2(body)
    loaded = load_cx2(body)
    assert (loaded.fault, loaded.warnings) == (None, ())
    assert loaded.cx1 is not None
    assert loaded.cx2 is not None
    downloaded = orjson.loads(loaded.cx2)
    assert content_digest(downloaded) == content_digest(document)
    assert load_cx2(write_upload(downloaded)).cx2 == loaded.cx2
    for layout in DrawnLayout:
        redrawn = orjson.loads(redraw(downloaded, document, layout))
        assert content_digest(redrawn) == content_digest(document)

    as_cx1 = load_cx1(loaded.cx1)
    assert (as_cx1.fault, as_cx1.node_count, as_cx1.edge_count) == (
        None,
        loaded.node_count,
        loaded.edge_count,
    )
    assert as_cx1.cx2 is not None
    path = f"{drawing.parent.name}/{drawing.stem}.md"
    record = read_record(drawing.parents[1], path, None, Organisms.of([]))
    assert isinstance(record, Record)
    drawn = read_diagram(document)
    for content in (downloaded, orjson.loads(as_cx1.cx2)):
        assert compare_genes(record, decode_cx2(content)).differences == ()
        sides = Sides(drawn, read_diagram(content))
        assert list(compare_whole(sides, frozenset(Compared))) == []


def test_the_stock_client_reads_a_network_as_it_is() -> None:
    document = orjson.loads(read_pathway_drawing(OURS[0].parent, OURS[0].name).convert().body)
    network = RawCX2NetworkFactory().get_cx2network(document)

    assert content_digest(network.to_cx2()) == content_digest(document)


@pytest.mark.slow
def test_nothing_of_the_real_drawings_is_dropped_in_silence(corpus: Path) -> None:
    made = {kind: Tally() for kind in MADE}
    for drawing in sorted(corpus.rglob("*.gpml")):
        tallies = read_pathway_drawing(drawing.parent, drawing.name).convert().tallies
        for kind, tally in tallies.items():
            made[kind].drawn += tally.drawn
            made[kind].nodes += tally.nodes
            made[kind].edges += tally.edges
            made[kind].annotations += tally.annotations
            made[kind].left_out += tally.left_out

    assert made == MADE


# The pathway of the corpus that has a network of the current exporter beside it. The drawing is a
# later revision: boxes became smaller and most things were moved, some renamed.

MOVED = {"Width", "Height", "name"}
REVISED = {"cb3f3": {"Ensembl", "XrefId", "XrefDatasource"}}
"""What the later revision changed: PDPK1, which had the identifier of PDK1."""

CORRECTED = {"thr308": 1, "ser134": 1, "ser473": 1, "ser253": 1, "thr32": 1}
"""The sites of states that it corrected: ubiquitin to phosphate, more on FOXO3, and one gone."""

RECOLOURED = {("e8b06", "caca3"), ("cfd51", "d4031"), ("eedf3", "e2fe6")}
"""The interactions that it marked as mutated or interrupted, in red."""

ADDED = {"GraphID", "GroupId", "GroupRef"}
"""What the exporter does not say: ids of states, groups, anchors and interactions, and members."""

PLACES = {"NODE_WIDTH", "NODE_HEIGHT"}


class RealPair:
    """A network of the exporter and ours, in CX2, with aliases and defaults resolved."""

    def __init__(self, network: Path, drawing: Path) -> None:
        exported = load_cx1(network.read_bytes()).cx2
        assert exported is not None
        self.theirs = resolve(orjson.loads(exported))
        self.ours = resolve(
            orjson.loads(read_pathway_drawing(drawing.parent, drawing.name).convert().body)
        )


def resolve(document: list[Mapping[str, list[dict[str, Any]]]]) -> Aspects:
    """Return the aspects of a document; each node and edge with all that it says."""
    aspects = {name: value for fragment in document[1:] for name, value in fragment.items()}
    for kind in ("nodes", "edges"):
        declared = aspects["attributeDeclarations"][0][kind]
        names = {entry["a"]: name for name, entry in declared.items() if "a" in entry}
        defaults = {name: entry["v"] for name, entry in declared.items() if "v" in entry}
        bypasses = {each["id"]: each["v"] for each in aspects[f"{kind[:-1]}Bypasses"]}
        for element in aspects[kind]:
            own = {names.get(key, key): value for key, value in element.get("v", {}).items()}
            element["v"] = defaults | own
            element["bypass"] = {
                key: value
                for key, value in bypasses.get(element["id"], {}).items()
                if "CUSTOMGRAPHICS" not in key
            }
    return aspects


@pytest.fixture(scope="module")
def pair(corpus: Path) -> RealPair:
    return RealPair(
        corpus / "networks" / "WP4255.cx", corpus / "drawings" / "WP4255" / "WP4255.gpml"
    )


def by_graph_id(aspects: Aspects) -> dict[str, dict[str, Any]]:
    return {node["v"]["GraphID"]: node for node in aspects["nodes"] if "GraphID" in node["v"]}


def test_nodes_of_a_real_network_have_the_same_attributes(pair: RealPair) -> None:
    theirs, ours = by_graph_id(pair.theirs), by_graph_id(pair.ours)
    shared = theirs.keys() & ours.keys()

    assert len(shared) == 89
    for key in shared:
        known = MOVED | ADDED | REVISED.get(key, set())
        assert {k: v for k, v in theirs[key]["v"].items() if k not in known} == {
            k: v for k, v in ours[key]["v"].items() if k not in known
        }
        assert {k: v for k, v in theirs[key]["bypass"].items() if k not in PLACES} == {
            k: v for k, v in ours[key]["bypass"].items() if k not in PLACES
        }
        assert theirs[key]["z"] == ours[key]["z"]


def styles(aspects: Aspects, *, named: str) -> Counter[tuple[object, ...]]:
    """Count the kinds of nodes that have no id of the drawing, by what is shown of them."""
    found = []
    for node in aspects["nodes"]:
        shown = node["bypass"]
        is_group = "NODE_BORDER_STYLE" in shown and "name" not in node["v"]
        is_anchor = shown.keys() == {"NODE_HEIGHT", "NODE_SHAPE", "NODE_WIDTH"}
        if (named == "group" and is_group) or (named == "anchor" and is_anchor):
            kept = sorted((k, str(v)) for k, v in shown.items() if k not in PLACES)
            found.append((tuple(kept), tuple(sorted(node["v"].keys() - ADDED)), node["z"]))
    return Counter(found)


def test_groups_and_anchors_of_a_real_network_are_shown_the_same_way(pair: RealPair) -> None:
    for kind in ("group", "anchor"):
        theirs, ours = styles(pair.theirs, named=kind), styles(pair.ours, named=kind)
        assert theirs
        assert theirs.keys() <= ours.keys()


def test_states_of_a_real_network_have_the_same_attributes(pair: RealPair) -> None:
    """Of 21 that say where they are, the later revision corrected five."""

    def said(aspects: Aspects) -> Counter[frozenset[tuple[str, str]]]:
        states = [node["v"] for node in aspects["nodes"] if "ptm" in node["v"]]
        return Counter(
            frozenset((key, value) for key, value in state.items() if key not in ADDED)
            for state in states
        )

    theirs, ours = said(pair.theirs), said(pair.ours)
    assert sum(theirs.values()) == sum(ours.values()) == 21
    assert Counter(dict(said)["position"] for said in theirs - ours) == CORRECTED


def edges(aspects: Aspects) -> dict[tuple[str, str], dict[str, Any]]:
    ids = {node["id"]: node["v"].get("GraphID") for node in aspects["nodes"]}
    ends = (((ids[edge["s"]], ids[edge["t"]]), edge) for edge in aspects["edges"])
    return {(s, t): edge for (s, t), edge in ends if s and t}


def test_interactions_of_a_real_network_have_the_same_attributes(pair: RealPair) -> None:
    """The exporter writes the connector of the line style: a dashed line is ``Curved``."""
    theirs, ours = edges(pair.theirs), edges(pair.ours)
    shared = theirs.keys() & ours.keys()

    assert len(shared) == 13
    for key in shared:
        changed = {"ConnectorType", *ADDED, *(("Color", "LineStyle") if key in RECOLOURED else ())}
        one, other = (
            {k: v for k, v in each[key]["v"].items() if k not in changed} for each in (theirs, ours)
        )
        assert one == other
        assert theirs[key]["bypass"].get("EDGE_WIDTH") == ours[key]["bypass"]["EDGE_WIDTH"]


def test_the_style_of_a_real_network_is_ours(pair: RealPair) -> None:
    (theirs,), (ours,) = pair.theirs["visualProperties"], pair.ours["visualProperties"]

    for kind in ("network", "node", "edge"):
        assert ours["default"][kind].items() <= theirs["default"][kind].items()
    for kind in ("nodeMapping", "edgeMapping"):
        assert ours[kind].keys() == theirs[kind].keys()
        for prop, mapping in theirs[kind].items():
            one, other = mapping["definition"], ours[kind][prop]["definition"]
            assert (one["attribute"], one["type"]) == (other["attribute"], other["type"])
            entries = {(entry["v"], str(entry["vp"])) for entry in one.get("map", ())}
            assert entries <= {(entry["v"], str(entry["vp"])) for entry in other.get("map", ())}


def test_a_real_network_has_the_same_properties(pair: RealPair) -> None:
    (theirs,), (ours,) = pair.theirs["networkAttributes"], pair.ours["networkAttributes"]

    same = ["name", "title", "organism", "author", "WikipathwaysID", "WikipathwaysIRI"]
    same += ["NetworkType", "Cell"]
    assert {key: theirs[key] for key in same} == {key: ours[key] for key in same}
    assert orjson.loads(theirs["@context"]) == orjson.loads(ours["@context"])
    for key in ("Labels", "Disease"):
        assert set(theirs[key].replace(", <a", "\n<a").split("\n")) == set(
            ours[key].replace(", <a", "\n<a").split("\n")
        )
    assert theirs.keys() <= ours.keys()
