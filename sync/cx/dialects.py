"""Who wrote a network's nodes, which of them are genes, and what each says (formats 5 and 6).

The dialect is told from the attributes that nodes have, never from network properties, which
anyone may edit. Attribute names stand here in lower case, as ``Node`` holds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from sync.cx.nodes import Node
from sync.match.identifiers import is_of_gene, label_forms, namespace_of, read_ids
from sync.model import Curie, Dialect, Gene

_WIKIPATHWAYS_MARKS = ("xrefid", "xrefdatasource", "graphid")
_PFOCR_CX2_MARKS = ("ncbigene", "hgnc.symbol")
_PFOCR_CYTOSCAPE_MARKS = ("hgnc_symbol", "entrez")

_GENE_TYPES = frozenset({"geneproduct", "protein", "rna"})
_UNLISTED_TYPE = "rna"
_TYPES_KNOWN = 1 << 8
_BLANKS = re.compile(r"[\s_-]+")
ID_COLUMNS = (
    "ensembl",
    "hgnc",
    "hgnc accession number",
    "hgnc.accession.number",
    "ncbi gene",
    "ncbi.gene",
    "entrez gene",
    "entrez.gene",
    "uniprot",
    "uniprot-trembl",
    "uniprot.trembl",
)
"""The columns of pathways that hold identifiers beside the reference, R's spellings among them."""

_RNA_NAMESPACES = frozenset({"mirbase", "mirbase.mature", "rfam"})
_FIGURE_GENE_TYPES = frozenset({"", "gene"}) | _GENE_TYPES
_NO_GENE_TYPES = frozenset(
    {
        *("smallmolecule", "chemical", "compound", "drug", "metabolite", "ion"),
        *("phenotype", "disease", "process", "biologicalprocess", "pathway", "stimulus"),
        *("complex", "proteincomplex", "family", "proteinfamily", "group"),
        *("cell", "celltype", "tissue", "organ", "label", "shape", "anchor"),
    }
)
"""What ``type`` says of nodes that are not genes, in the networks of all uploaders."""

_NAMELESS = "its nodes have no names, so it cannot be read which genes they are"
_TYPELESS = "nothing says which of its nodes are genes: they have neither a type nor an identifier"


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


def explain_unreadable(nodes: Sequence[Node], dialect: Dialect) -> str | None:
    """Say why it cannot be known which nodes are genes, None where it can.

    Where no dialect fits, a node needs a name, and a type or an identifier of a gene, to be
    believed. A network without nodes is readable: it has no genes.
    """
    if not nodes or dialect in {Dialect.PFOCR_CYTOSCAPE, Dialect.PFOCR_CX2}:
        return None
    if not any(node.name.strip() or node.represents.strip() for node in nodes) and not _any_has(
        nodes, ("xrefid", "textlabel")
    ):
        return _NAMELESS
    if _any_has(nodes, ("type", "xrefdatasource")):
        return None
    is_identified = dialect is Dialect.NODE_NAMES and any(map(_represented, nodes))
    return None if is_identified else _TYPELESS


def _any_has(nodes: Iterable[Node], attributes: Sequence[str]) -> bool:
    return any(
        node.text(attribute)
        for node in nodes
        for attribute in attributes
        if attribute in node.attributes
    )


def _read_pfocr_cytoscape(nodes: Sequence[Node]) -> Iterator[tuple[Node, Gene]]:
    """The R program of 2020: nodes are genes, drawn under their HGNC symbols."""
    for node in filter(_may_be_gene, nodes):
        ids = _ids("ncbigene", node.texts("entrez"))
        symbol = node.text("hgnc_symbol") or node.name
        yield from ((node, gene) for gene in _figure_gene(node, symbol, ids))


def _read_pfocr_cx2(nodes: Sequence[Node]) -> Iterator[tuple[Node, Gene]]:
    """The converter of 2025: ``type`` says what a node is.

    ``hgnc.symbol`` is the symbol once more and no identifier: the converter puts fly symbols
    there too (formats 6).
    """
    for node in nodes:
        if _fold_word(node.text("type")) in _FIGURE_GENE_TYPES:
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
    """No dialect that we know: what has a name, and no type that rules it out, is a gene."""
    for node in filter(_may_be_gene, nodes):
        name = node.name if node.name.strip() else node.represents
        if symbol := _fold_space(name):
            yield node, Gene(symbol=symbol, ids=_represented(node), names=label_forms(name))


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
    ids = _ids(node.text("xrefdatasource"), node.texts("xrefid")) | _represented(node)
    for column in ID_COLUMNS:
        ids |= _ids(column, node.texts(column))
    drawn = (node.name, *node.texts("textlabel"))
    official = sorted(curie.partition(":")[2] for curie in ids if _is_symbol(curie))
    names = [name for name in (*map(_fold_space, drawn), *official, *sorted(ids)[:1]) if name]
    if names:
        yield Gene(
            symbol=names[0],
            ids=ids,
            names=frozenset(official).union(*map(label_forms, drawn)),
            listable=bool(ids) and node_type != _UNLISTED_TYPE,
        )


def _is_symbol(curie: Curie) -> bool:
    return namespace_of(curie) == "hgnc.symbol"


def _stated_type(node: Node) -> str:
    return _fold_word(node.text("type"))


def _may_be_gene(node: Node) -> bool:
    return _fold_word(node.text("type")) not in _NO_GENE_TYPES


def _implied_type(node: Node) -> str:
    ids = _ids(node.text("xrefdatasource"), node.texts("xrefid"))
    if any(namespace_of(curie) in _RNA_NAMESPACES for curie in ids):
        return _UNLISTED_TYPE
    return "geneproduct" if any(map(is_of_gene, ids)) else ""


def _represented(node: Node) -> frozenset[Curie]:
    """Return what a node represents, where that is an identifier of a gene."""
    if ":" not in node.represents:
        return frozenset()
    return frozenset(filter(is_of_gene, read_ids(node.represents)))


def _ids(namespace: str, cells: Iterable[str]) -> frozenset[Curie]:
    """Return the identifiers in the cells of one column; a cell may join several."""
    if not namespace:
        return frozenset()
    return frozenset([curie for cell in cells for curie in read_ids(cell, namespace)])


def _fold_space(text: str) -> str:
    """Return a label in one line: those drawn in a pathway may break or end in a line feed."""
    return " ".join(text.split())


@lru_cache(_TYPES_KNOWN)
def _fold_word(text: str) -> str:
    return _BLANKS.sub("", text).lower()
