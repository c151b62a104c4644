"""Networks as people and programs leave them, drawn by hypothesis: every dialect, with edges,
bypasses, attributes of others, aliases and defaults.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import orjson
from hypothesis import strategies as st

from sync.model import Curie, Dialect, Gene
from tests.cx.uploads import resolve_values

Document = list[dict[str, Any]]

STYLE = {"network": {}, "node": {"NODE_SHAPE": "ellipse"}, "edge": {}}
"""A style with all its groups, as the server hands it out."""

SYMBOLS = ("TNF", "TP53", "p53", "AKT1", "Akt1")
WORDS = ("IL-8", "TNFa", "Akt")
SOURCES = ("hgnc_symbol", "famplex_relations")


def _make_gene(symbol: str, number: int, words: set[str], sources: set[str]) -> Gene:
    return Gene(
        symbol=symbol,
        ids=frozenset({Curie(f"ncbigene:{number}")} if number else ()),
        words=frozenset(words),
        sources=frozenset(sources),
        organism="9606",
    )


_ROWS = st.tuples(
    st.sampled_from(SYMBOLS),
    st.integers(0, 5),
    st.sets(st.sampled_from(WORDS), max_size=2),
    st.sets(st.sampled_from(SOURCES), max_size=1),
)

MENTIONS = st.lists(_ROWS.map(lambda row: _make_gene(*row)), min_size=1, max_size=5)
"""Genes as nodes may bear them: one symbol with two ids, one id under two symbols, no id."""

FIGURE_GENES = st.lists(
    _ROWS, min_size=1, max_size=4, unique_by=(lambda row: row[0], lambda row: row[1])
).map(lambda rows: [_make_gene(*row) for row in rows])
"""Genes as a figure's rows name them: symbols and numbers belong together (formats 3)."""

SOUND_MENTIONS = st.tuples(FIGURE_GENES, st.booleans()).map(
    lambda drawn: [*drawn[0], *(drawn[0][:1] if drawn[1] else [])]
)
"""Genes as nodes bear them where symbols and numbers belong together, one of them perhaps twice."""

FIGURE_DIALECTS = (Dialect.PFOCR_CYTOSCAPE, Dialect.PFOCR_CX2)

_TYPES = {"ncbigene": "integer", "score": "double", "tags": "list_of_string"}


def values_of(gene: Gene, dialect: Dialect) -> dict[str, Any]:
    """Return what a node of this dialect says of a gene."""
    number = next((curie.partition(":")[2] for curie in sorted(gene.ids)), None)
    word, source = min(gene.words, default=None), min(gene.sources, default=None)
    said: dict[str, Any] = {"name": gene.symbol}
    match dialect:
        case Dialect.PFOCR_CYTOSCAPE:
            said |= {"symbol": gene.symbol, "hgnc_symbol": gene.symbol, "entrez": number}
        case Dialect.PFOCR_CX2:
            said |= {
                "symbol": gene.symbol,
                "hgnc.symbol": gene.symbol,
                "type": "gene",
                "represents": number and f"ncbigene:{number}",
                "ncbigene": number and int(number),
            }
        case Dialect.WIKIPATHWAYS:
            said |= {
                "GraphID": "a1",
                "Type": "GeneProduct",
                "XrefId": number,
                "XrefDatasource": number and "Entrez Gene",
            }
        case Dialect.NODE_NAMES:
            said |= {"type": "protein", "represents": number and f"ncbigene:{number}"}
    if dialect in FIGURE_DIALECTS:
        said |= {"word": word, "source": source}
    return {name: value for name, value in said.items() if value is not None}


@st.composite
def networks(
    draw: st.DrawFn,
    dialects: tuple[Dialect, ...] = tuple(Dialect),
    mentions: st.SearchStrategy[list[Gene]] = MENTIONS,
) -> Document:
    """Draw whole CX2 documents that the server has loaded, with a node for each mention."""
    dialect = draw(st.sampled_from(dialects))
    genes = draw(mentions)
    nodes: list[dict[str, Any]] = [
        {"id": 3 * n, "v": values_of(gene, dialect)} for n, gene in enumerate(genes)
    ]
    nodes.append({"id": 1, "v": {"score": 1.5, "tags": ["a", "b"]}})
    for node in nodes:
        node["v"] |= draw(st.sampled_from([{}, {"score": 2}, {"tags": []}]))
    if draw(st.booleans()):
        for node in nodes:
            node |= {"x": draw(_PLACES), "y": draw(_PLACES)}
    names = sorted({name for node in nodes for name in node["v"]})
    declared = {name: {"d": _TYPES.get(name, "string")} for name in names}
    for name in draw(st.sets(st.sampled_from(names))):
        _give_default(declared[name], name, nodes)
    for name in draw(st.sets(st.sampled_from(names))):
        _give_alias(declared[name], name, nodes)
    ends = st.sampled_from([node["id"] for node in nodes])
    edges = [
        {"id": n, "s": draw(ends), "t": draw(ends), "v": {"interaction": "binds"}}
        for n in range(draw(st.integers(0, 3)))
    ]
    return document(
        nodes,
        declared,
        edges,
        {"visualProperties": [{"default": STYLE}]},
        {"nodeBypasses": [{"id": node["id"], "v": {"NODE_WIDTH": 9}} for node in nodes[::2]]},
        {"edgeBypasses": [{"id": edge["id"], "v": {"EDGE_WIDTH": 9.5}} for edge in edges[::2]]},
        {"cyHiddenAttributes": [{"n": "layoutAlgorithm", "v": "grid"}]},
    )


def document(
    nodes: list[dict[str, Any]],
    declared: dict[str, Any],
    edges: list[dict[str, Any]],
    *others: dict[str, Any],
) -> Document:
    """Put a CX2 document together, with a few attributes of the network."""
    return [
        {"CXVersion": "2.0", "hasFragments": False},
        {
            "metaData": [
                {"name": "nodes", "elementCount": len(nodes)},
                {"name": "edges", "elementCount": len(edges)},
            ]
        },
        {
            "attributeDeclarations": [
                {
                    "networkAttributes": {"name": {"d": "string"}, "year": {"d": "integer"}},
                    "nodes": declared,
                    "edges": {"interaction": {"d": "string"}},
                }
            ]
        },
        {"networkAttributes": [{"name": "A figure", "year": 2015}]},
        {"nodes": nodes},
        {"edges": edges},
        *others,
        {"status": [{"error": "", "success": True}]},
    ]


def aspects_of(content: Document) -> dict[str, list[Any]]:
    """Return the aspects of a document by name; one that is not there has no elements."""
    aspects: defaultdict[str, list[Any]] = defaultdict(list)
    aspects |= {name: held for part in content for name, held in part.items() if type(held) is list}
    return aspects


def said_by_nodes(content: Document) -> dict[int, dict[str, Any]]:
    """Return what each node says by attribute name, with aliases and defaults resolved."""
    return resolve_values(orjson.dumps(content), "nodes")


def _give_default(entry: dict[str, Any], name: str, nodes: list[dict[str, Any]]) -> None:
    """Declare a value that all nodes state as the default, and leave it out where it is that."""
    values = [node["v"].get(name) for node in nodes]
    if None in values:
        return
    entry["v"] = values[0]
    for node in nodes:
        if node["v"][name] == values[0]:
            del node["v"][name]


def _give_alias(entry: dict[str, Any], name: str, nodes: list[dict[str, Any]]) -> None:
    entry["a"] = f"short {name}"
    for node in nodes:
        if name in node["v"]:
            node["v"][entry["a"]] = node["v"].pop(name)


_PLACES = st.integers(-3, 3).map(lambda cell: cell * 50.0)
