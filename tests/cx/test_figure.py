"""A figure's network is made again, in the dialect of the newest ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import orjson
import pytest
from hypothesis import given

from sync.cx.decode import decode_cx2
from sync.cx.figure import write_figure_network
from sync.cx.validate_cx2 import validate_cx2
from sync.errors import NetworkError
from sync.match.gene_differences import compare_genes
from sync.model import Dialect, Gene
from sync.sandbox.uploads import load_cx2
from tests.cx.drawn import FIGURE_GENES, aspects_of
from tests.nouns import FIGURE, make_gene

ATTRIBUTES = {"name": "Chemokines in cancer", "pfocrId": "PMC1__f1", "networkType": "pathway"}
IL8 = make_gene(
    "CXCL8",
    "ncbigene:3576",
    words=frozenset({"IL8", "IL-8"}),
    sources=frozenset({"hgnc_prev_symbol"}),
)


@given(FIGURE_GENES)
def test_a_new_network_has_the_genes_of_its_record(genes: list[Gene]) -> None:
    body = write_figure_network([*genes, *genes], ATTRIBUTES)
    network = decode_cx2(orjson.loads(body))
    assert compare_genes(replace(FIGURE, genes=tuple(genes)), network).differences == ()
    assert network.node_count == len(genes)
    assert network.dialect is Dialect.PFOCR_CX2
    assert validate_cx2(body).has_layout


def test_a_node_says_what_the_converter_of_2025_wrote() -> None:
    content = orjson.loads(write_figure_network([IL8], ATTRIBUTES))
    assert aspects_of(content)["nodes"] == [
        {
            "id": 0,
            "x": 0.0,
            "y": 0.0,
            "v": {
                "name": "CXCL8",
                "represents": "ncbigene:3576",
                "symbol": "CXCL8",
                "source": "hgnc_prev_symbol",
                "hgnc.symbol": "CXCL8",
                "ncbigene": 3576,
                "type": "gene",
                "word": "IL-8",
            },
        }
    ]


def test_the_network_attributes_come_in_the_order_given_and_nothing_else() -> None:
    content = orjson.loads(write_figure_network([IL8], ATTRIBUTES))
    assert list(aspects_of(content)["networkAttributes"][0].items()) == list(ATTRIBUTES.items())
    declared = aspects_of(content)["attributeDeclarations"][0]["networkAttributes"]
    assert declared == {key: {"d": "string"} for key in ATTRIBUTES}


def test_no_two_nodes_cover_each_other_and_labels_show_names() -> None:
    genes = [make_gene(f"G{n}", f"ncbigene:{n}") for n in range(1, 38)]
    content = orjson.loads(write_figure_network(genes, ATTRIBUTES))
    places = [(node["x"], node["y"]) for node in aspects_of(content)["nodes"]]
    assert all(abs(x - u) >= 100 or abs(y - v) >= 100 for (x, y), (u, v) in combinations(places, 2))
    (style,) = aspects_of(content)["visualProperties"]
    assert style["nodeMapping"]["NODE_LABEL"]["definition"]["attribute"] == "name"


def test_the_server_hands_out_exactly_what_was_made() -> None:
    body = write_figure_network([IL8], ATTRIBUTES)
    loaded = load_cx2(body)
    assert loaded.cx2 is not None
    sent, read = aspects_of(orjson.loads(body)), aspects_of(orjson.loads(loaded.cx2))
    assert {**sent, "metaData": []} == {**read, "metaData": []}
    assert loaded.name == "Chemokines in cancer"


def test_a_figure_without_genes_gets_no_network() -> None:
    with pytest.raises(NetworkError, match="without genes gets no network"):
        write_figure_network([], ATTRIBUTES)
