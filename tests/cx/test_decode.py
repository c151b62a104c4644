"""CX documents become networks, or say in one sentence why they cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from hypothesis import given

from sync.cx.decode import decode_cx1, decode_cx2, decode_cx2_aspects
from sync.errors import NetworkError
from sync.model import Dialect, Network
from tests.cx.documents import (
    END,
    HEADER,
    cx1,
    cx1_node_attributes,
    cx2,
    cx2_declarations,
    cx2_nodes,
)
from tests.cx.uploads import hostile_fragments, hostile_json

KNOWN_KEYS = (
    *("CXVersion", "metaData", "status", "nodes", "nodeAttributes", "networkAttributes"),
    *("attributeDeclarations", "name", "elementCount", "id", "@id", "v", "n", "r", "po", "a", "d"),
    *("error", "success", "XrefId", "XrefDatasource", "Type", "ncbigene", "entrez"),
)
JSON = hostile_json(*KNOWN_KEYS)
CX_LIKE = hostile_fragments(JSON, *KNOWN_KEYS)


def symbols(network: Network) -> list[str]:
    return [gene.symbol for gene in network.genes]


def test_a_real_pathway_from_cytoscape_has_its_78_gene_nodes_of_162(corpus: Path) -> None:
    network = decode_cx1(orjson.loads((corpus / "networks/WP4255.cx").read_bytes()))

    assert network.dialect is Dialect.WIKIPATHWAYS
    assert network.node_count == 162
    assert len(network.genes) == 78
    assert network.attributes["WikipathwaysID"] == "WP4255"
    assert network.attributes["name"] == "WP4255 - Non-small cell lung cancer - Homo sapiens"
    drawn = set(symbols(network))
    assert drawn.isdisjoint({"P", "ER", "Legend", "DAG", "IP3", "Ca2+", "trametinib", "Cell Cycle"})
    assert {"EGFR", "KRAS", "CDKN2A"} <= drawn


def test_a_real_figure_of_the_projects_converter_has_its_37_genes(corpus: Path) -> None:
    path = corpus / "networks/PMC11089157__fonc-14-1376496-g004.cx2"

    network = decode_cx2(orjson.loads(path.read_bytes()))

    assert network.dialect is Dialect.PFOCR_CX2
    assert network.node_count == len(network.genes) == 37
    iars1 = next(gene for gene in network.genes if gene.symbol == "IARS1")
    assert iars1.ids == {"ncbigene:3376"}
    assert iars1.words == {"IRS"}
    assert iars1.sources == {"ncbigene_synonym"}
    assert network.attributes == {}


def test_the_same_network_reads_the_same_from_cx1_and_from_cx2_and_from_aspects() -> None:
    declared = {
        "name": {"d": "string", "a": "n"},
        "Type": {"d": "string", "v": "GeneProduct"},
        "XrefDatasource": {"d": "string"},
        "XrefId": {"d": "string"},
    }
    nodes = cx2_nodes(
        {"n": "TP53", "XrefDatasource": "Ensembl", "XrefId": "ENSG00000141510"},
        {"n": "DAG", "XrefDatasource": "ChEBI", "XrefId": "CHEBI:18035", "Type": "Metabolite"},
    )
    old = cx1(
        [{"@id": 7, "n": "TP53"}, {"@id": 8, "n": "DAG"}],
        [
            *cx1_node_attributes(8, {"XrefId": "CHEBI:18035", "XrefDatasource": "ChEBI"}),
            *cx1_node_attributes(8, {"Type": "Metabolite"}),
            *cx1_node_attributes(7, {"XrefId": "ENSG00000141510", "Type": "GeneProduct"}),
            *cx1_node_attributes(7, {"XrefDatasource": "Ensembl"}),
        ],
    )

    expected = decode_cx1(old)

    assert symbols(expected) == ["TP53"]
    assert decode_cx2(cx2(nodes, declared)) == expected
    assert decode_cx2_aspects(nodes, cx2_declarations(declared)) == expected


def test_fragments_of_one_aspect_are_joined_across_the_document() -> None:
    document = [
        HEADER,
        {"metaData": [{"name": "nodes", "elementCount": 2}]},
        {"nodes": [{"id": 1, "v": {"name": "TP53", "type": "gene"}}]},
        {"edges": [], "nodes": [{"id": 2, "v": {"name": "EGFR"}}]},
        END,
    ]

    assert symbols(decode_cx2(document)) == ["TP53", "EGFR"]


def test_an_empty_network_has_no_genes() -> None:
    assert decode_cx2([HEADER, END]) == Network(Dialect.NODE_NAMES, (), 0)
    assert decode_cx1(cx1([])) == Network(Dialect.NODE_NAMES, (), 0)
    announced = [{"metaData": [{"name": "nodes", "elementCount": 0}]}, END]
    assert decode_cx1(announced) == Network(Dialect.NODE_NAMES, (), 0)
    assert decode_cx2_aspects([], [{}]) == Network(Dialect.NODE_NAMES, (), 0)


def test_network_attributes_are_read_as_text() -> None:
    attributes = {"name": "Fig", "year": 2015, "open": True, "labels": ["a", "b"], "none": None}

    network = decode_cx2(cx2([], network_attributes=[attributes]))

    expected = {"name": "Fig", "year": "2015", "open": "true", "labels": "a, b"}
    assert network.attributes == expected


def test_cx1_network_attributes_go_before_those_of_a_subnetwork_and_nulls_are_none() -> None:
    document = cx1(
        [],
        network_attributes=[
            {"n": "name", "v": "collection", "s": 52},
            {"n": "name", "v": "network"},
            {"n": "year", "v": "2015", "d": "string"},
            {"n": "disease", "v": "null"},
        ],
    )

    assert decode_cx1(document).attributes == {"name": "network", "year": "2015"}


def test_more_nodes_than_announced_are_all_read() -> None:
    nodes = cx2_nodes({"name": "TP53"}, {"name": "EGFR"})

    assert decode_cx2(cx2(nodes, announced=1)).node_count == 2


ONE = cx2_nodes({"name": "TP53"})
TWO = {"metaData": [{"name": "nodes", "elementCount": 2}]}
NO_CX1: list[tuple[object, str]] = [
    ({"errorCode": "NDEx_Exception"}, "the document should be a list but is an object"),
    ([], "does not end with its status"),
    ([3, END], "fragment 1 should be an object but is a number"),
    ([{"nodes": {}}, END], "aspect 'nodes' should be a list but is an object"),
    ([{"nodes": [True]}, END], "aspect 'nodes', element 1 should be an object but is true or"),
    (cx1([{}]), "'@id' of aspect 'nodes', element 1 should be a whole number but is null"),
    (cx1([{"@id": 1.5}]), "should be a whole number but is a number"),
    (cx1([{"@id": 1}, {"@id": 1}]), "node 1 occurs twice"),
    (cx1([{"@id": 1, "n": {}}]), "'n' of aspect 'nodes', element 1 should be a single value"),
    (cx1([{"@id": 1}], [{"po": [1]}]), "'po' of aspect 'nodeAttributes', element 1 should be"),
    (cx1([{"@id": 1, "n": ()}]), "a single value but is not a JSON value"),
    (cx2([]), "so it is CX2"),
    ([{"metaData": []}, END], "no nodes aspect"),
    ([TWO, END], "no nodes aspect"),
    (
        cx1([{"@id": 1}], cx1_node_attributes(9, {"Type": "Protein"})),
        "nodes that have attributes are missing, 1 in all",
    ),
]
NO_CX2: list[tuple[object, str]] = [
    (cx1([]), "does not begin with its CXVersion"),
    (cx2(ONE, announced=37), "its metadata announces 37 nodes, but it has 1"),
    ([*cx2(ONE)[:-1], TWO, END], "announces 2 nodes, but it has 1"),
    ([HEADER, {"nodes": []}], "does not end with its status; fetch it again"),
    (
        [HEADER, {"status": [{"success": False, "error": "disk full"}]}],
        "writing it failed: 'disk full'",
    ),
    (cx2([], announced="many"), "'elementCount' of aspect 'metaData', element 1 should"),
]


@pytest.mark.parametrize(
    ("decode", "document", "said"),
    [*((decode_cx1, *row) for row in NO_CX1), *((decode_cx2, *row) for row in NO_CX2)],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_is_no_whole_document_is_refused_with_its_place(
    decode: Callable[[object], Network], document: object, said: str
) -> None:
    with pytest.raises(NetworkError) as caught:
        decode(document)

    assert said in str(caught.value)


def test_cx1_with_fewer_nodes_than_announced_is_read_since_the_server_keeps_wrong_counts() -> None:
    assert decode_cx1(cx1([{"@id": 1, "n": "TP53"}], announced=37)).node_count == 1


def test_a_long_error_in_the_status_is_cut_in_the_message() -> None:
    with pytest.raises(NetworkError) as caught:
        decode_cx2([HEADER, {"status": [{"success": False, "error": "x" * 10_000}]}])

    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "status",
    [{"success": False}, {"success": True, "error": "one edge was skipped"}],
    ids=["failed without an error", "an error beside success"],
)
def test_a_status_is_read_as_the_server_reads_it(status: dict[str, object]) -> None:
    whole = cx1([{"@id": 1, "n": "TP53", "r": "ncbigene:7157"}])

    assert symbols(decode_cx1([*whole[:-1], {"status": [status]}])) == ["TP53"]


@pytest.mark.parametrize(
    ("nodes", "declarations", "said"),
    [
        (None, [], "aspect 'nodes' should be a list but is null"),
        ([{"id": "1"}], [], "'id' of aspect 'nodes', element 1 should be a whole number but is a "),
        ([{"id": 1, "v": []}], [], "'v' of aspect 'nodes', element 1 should be an object but is a"),
        ([{"id": 1, "v": {"a": {}}}], [], "'a' of aspect 'nodes', element 1 should be a single va"),
        ([], {}, "aspect 'attributeDeclarations' should be a list but is an object"),
        ([], [{"nodes": 1}], "'nodes' of aspect 'attributeDeclarations', element 1 should be an o"),
        ([], [{"nodes": {"a": 1}}], "the declaration of 'a' should be an object but is a number"),
        ([], [{"nodes": {"a": {"v": {}}}}], "'v' of the declaration of 'a' should be a single val"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_is_no_cx2_aspect_is_refused_with_its_place(
    nodes: object, declarations: object, said: str
) -> None:
    with pytest.raises(NetworkError) as caught:
        decode_cx2_aspects(nodes, declarations)

    assert said in str(caught.value)


@given(JSON | CX_LIKE)
def test_any_json_is_a_network_or_a_network_error(document: object) -> None:
    fragments = document if isinstance(document, list) else [document]
    for whole in (document, [HEADER, *fragments, END], [*fragments, END]):
        assert_genes_or_reason(decode_cx1, whole)
        assert_genes_or_reason(decode_cx2, whole)


@given(JSON, JSON)
def test_any_two_aspects_are_a_network_or_a_network_error(
    nodes: object, declarations: object
) -> None:
    assert_genes_or_reason(decode_cx2_aspects, nodes, declarations)


def assert_genes_or_reason(decode: Callable[..., Network], *parts: object) -> None:
    try:
        network = decode(*parts)
    except NetworkError:
        return
    assert all(gene.symbol for gene in network.genes)
    assert len(network.genes) <= network.node_count
