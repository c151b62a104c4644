"""Who wrote a network's nodes, which of them are genes, and what each says (formats 5 and 6).

The dialect is told from the attributes that nodes have, never from network properties, which
anyone may edit. Attribute names stand here in lower case, as ``Node`` holds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from sync.cx.nodes import Node
from sync.identifiers import namespace_of, normalise_curie, parse_curie
from sync.model import Curie, Dialect, Gene

_WIKIPATHWAYS_MARKS = ("xrefid", "xrefdatasource", "graphid")
_PFOCR_CX2_MARKS = ("ncbigene", "hgnc.symbol")
_PFOCR_CYTOSCAPE_MARKS = ("hgnc_symbol", "entrez")

_GENE_TYPES = frozenset({"geneproduct", "protein", "rna"})
_UNLISTED_TYPE = "rna"
_ID_COLUMNS = (
    "ensembl",
    "hgnc",
    "hgnc accession number",
    "ncbi gene",
    "entrez gene",
    "uniprot",
    "uniprot-trembl",
)
_RNA_NAMESPACES = frozenset({"mirbase", "mirbase.mature", "rfam"})
_GENE_NAMESPACES = _RNA_NAMESPACES | {
    "brenda",
    "eccode",
    "ecogene",
    "ena.embl",
    "ensembl",
    "flybase",
    "hgnc",
    "hgnc.symbol",
    "insdc",
    "interpro",
    "kegg.genes",
    "mgi",
    "ncbigene",
    "ncbiprotein",
    "omim",
    "pfam",
    "refseq",
    "rgd",
    "sgd",
    "tair.locus",
    "uniprot",
    "wormbase",
    "zfin",
}
_JOINTS = re.compile(r"[;,]")


def detect_dialect(nodes: Sequence[Node]) -> Dialect:
    """Tell the dialect from the attributes that any of the nodes has.

    WikiPathways goes first: its marks are its own, while a mapping in Cytoscape can add a column
    ``entrez`` to any network.
    """
    if _any_has(nodes, _WIKIPATHWAYS_MARKS):
        return Dialect.WIKIPATHWAYS
    if _any_has(nodes, _PFOCR_CX2_MARKS):
        return Dialect.PFOCR_CX2
    if _any_has(nodes, _PFOCR_CYTOSCAPE_MARKS):
        return Dialect.PFOCR_CYTOSCAPE
    return Dialect.NODE_NAMES


def genes_in(nodes: Sequence[Node], dialect: Dialect) -> tuple[Gene, ...]:
    """Return one gene for each node that is one in this dialect, in the order of the nodes."""
    return tuple(gene for _, gene in gene_nodes(nodes, dialect))


def gene_nodes(nodes: Sequence[Node], dialect: Dialect) -> tuple[tuple[Node, Gene], ...]:
    """Return each node that is a gene in this dialect with that gene, in the order of the nodes."""
    return tuple(_READERS[dialect](nodes))


def _any_has(nodes: Iterable[Node], attributes: Sequence[str]) -> bool:
    return any(
        node.text(attribute)
        for node in nodes
        for attribute in attributes
        if attribute in node.attributes
    )


def _read_pfocr_cytoscape(nodes: Sequence[Node]) -> Iterator[tuple[Node, Gene]]:
    """The R program of 2020: every node is a gene, drawn under its HGNC symbol."""
    for node in nodes:
        ids = _ids("ncbigene", node.texts("entrez"))
        symbol = node.text("hgnc_symbol") or node.name
        yield from ((node, gene) for gene in _figure_gene(node, symbol, ids))


def _read_pfocr_cx2(nodes: Sequence[Node]) -> Iterator[tuple[Node, Gene]]:
    """The converter of 2025: ``type`` says what a node is.

    ``hgnc.symbol`` is the symbol once more and no identifier: the converter puts fly symbols
    there too (formats 6).
    """
    for node in nodes:
        if _fold_word(node.text("type")) in {"", "gene"}:
            ids = _ids("ncbigene", node.texts("ncbigene")) | _represented(node)
            symbol = node.name or node.text("hgnc.symbol")
            yield from ((node, gene) for gene in _figure_gene(node, symbol, ids))


def _read_wikipathways(nodes: Sequence[Node]) -> Iterator[tuple[Node, Gene]]:
    """Cytoscape's exports of 2021 and 2025 and ``gpml-to-cx2``: DataNodes among all else drawn.

    ``Type`` tells the genes. Where no node of the network has a ``Type``, the database of its
    identifier does, since labels, groups, anchors and states have none. An Ensembl or HGNC column
    alone makes no gene: the program of 2021 mapped those onto metabolites too (formats 5).
    """
    type_of = _stated_type if _any_has(nodes, ("type",)) else _implied_type
    for node in nodes:
        node_type = type_of(node)
        if node_type in _GENE_TYPES and node.text("isgpmlshape").lower() != "true":
            yield from ((node, gene) for gene in _pathway_gene(node, node_type))


def _read_node_names(nodes: Sequence[Node]) -> Iterator[tuple[Node, Gene]]:
    """No dialect that we know: whatever has a name is taken for a gene."""
    for node in nodes:
        symbol = _fold_space(node.name) or _fold_space(node.represents)
        if symbol:
            yield node, Gene(symbol=symbol, ids=_represented(node))


_READERS: dict[Dialect, Callable[[Sequence[Node]], Iterator[tuple[Node, Gene]]]] = {
    Dialect.PFOCR_CYTOSCAPE: _read_pfocr_cytoscape,
    Dialect.PFOCR_CX2: _read_pfocr_cx2,
    Dialect.WIKIPATHWAYS: _read_wikipathways,
    Dialect.NODE_NAMES: _read_node_names,
}


def _figure_gene(node: Node, symbol: str, ids: frozenset[Curie]) -> Iterator[Gene]:
    """Yield the gene that OCR found in a figure, nothing where the node names none."""
    symbol = _fold_space(symbol) or min(ids, default="")
    if symbol:
        yield Gene(
            symbol=symbol,
            ids=ids,
            words=frozenset(filter(None, node.texts("word"))),
            sources=frozenset(filter(None, node.texts("source"))),
        )


def _pathway_gene(node: Node, node_type: str) -> Iterator[Gene]:
    """Yield the gene of a DataNode, nothing where it bears neither a name nor an identifier."""
    ids = _ids(node.text("xrefdatasource"), node.texts("xrefid"))
    for column in _ID_COLUMNS:
        ids |= _ids(column, node.texts(column))
    labels = [_fold_space(text) for text in (node.name, *node.texts("textlabel"))]
    official = sorted(curie.partition(":")[2] for curie in ids if _is_symbol(curie))
    names = [name for name in (*labels, *official, *sorted(ids)[:1]) if name]
    if names:
        yield Gene(
            symbol=names[0],
            ids=ids,
            names=frozenset(filter(None, (*labels, *official))),
            listable=bool(ids) and node_type != _UNLISTED_TYPE,
        )


def _is_symbol(curie: Curie) -> bool:
    return namespace_of(curie) == "hgnc.symbol"


def _stated_type(node: Node) -> str:
    return _fold_word(node.text("type"))


def _implied_type(node: Node) -> str:
    namespaces = {
        namespace_of(curie) for curie in _ids(node.text("xrefdatasource"), node.texts("xrefid"))
    }
    if namespaces & _RNA_NAMESPACES:
        return _UNLISTED_TYPE
    return "geneproduct" if namespaces & _GENE_NAMESPACES else ""


def _represented(node: Node) -> frozenset[Curie]:
    """Return what a node represents, where that is an identifier of a gene."""
    curie = parse_curie(node.represents)
    if curie is None or namespace_of(curie) not in _GENE_NAMESPACES:
        return frozenset()
    return frozenset({curie})


def _ids(namespace: str, cells: Iterable[str]) -> frozenset[Curie]:
    """Return the identifiers in the cells of one column; a cell may join several."""
    found = [normalise_curie(namespace, part) for cell in cells for part in _JOINTS.split(cell)]
    return frozenset([curie for curie in found if curie is not None])


def _fold_space(text: str) -> str:
    """Return a label in one line: those drawn in a pathway may break or end in a line feed."""
    return " ".join(text.split())


def _fold_word(text: str) -> str:
    return "".join(text.split()).lower()
