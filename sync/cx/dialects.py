"""Find who wrote a network's nodes, which of them are genes, and their names (formats 5 and 6).

The dialect is found from the attributes of nodes, never from network properties, which anyone may
edit. Attribute names are in lower case here, as ``Node`` holds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import TypeVar

from sync.cx.nodes import Said
from sync.match.identifiers import is_of_gene, label_forms, namespace_of, read_ids
from sync.model import Curie, Dialect, Gene
from sync.sharing import Recent, share

MARK_OF_DRAWINGS = "graphid"
_WIKIPATHWAYS_MARKS = ("xrefid", "xrefdatasource", MARK_OF_DRAWINGS)
_PFOCR_CX2_MARKS = ("ncbigene", "hgnc.symbol")
_PFOCR_CYTOSCAPE_MARKS = ("hgnc_symbol", "entrez")

_GENE_TYPES = frozenset({"geneproduct", "protein", "rna"})
_UNLISTED_TYPE = "rna"
_NOTHING = frozenset({""})
_TYPES_KNOWN = 1 << 8
_GENES_REMEMBERED = 1 << 14
_FIGURE_GENES = 1 << 15
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
"""The columns of pathways with identifiers besides the reference, R's spellings included."""

READ_ATTRIBUTES = frozenset(
    {
        *_WIKIPATHWAYS_MARKS,
        *_PFOCR_CX2_MARKS,
        *_PFOCR_CYTOSCAPE_MARKS,
        *("type", "isgpmlshape", "textlabel", "word", "source"),
        *ID_COLUMNS,
    }
)
"""All attributes that are read here, besides ``name`` and ``represents``."""

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
"""Values of ``type`` for nodes that are not genes, in the networks of all uploaders."""

SomeNode = TypeVar("SomeNode", bound=Said)

_NAMELESS = "its nodes have no names, so it cannot be read which genes they are"
_TYPELESS = "nothing says which of its nodes are genes: they have neither a type nor an identifier"


def detect_dialect(nodes: Sequence[Said]) -> Dialect:
    """Return the dialect, given the attributes of all nodes.

    WikiPathways comes first: its marks are unique, while a mapping in Cytoscape can add a column
    ``entrez`` to any network.
    """
    if _any_has(nodes, _WIKIPATHWAYS_MARKS):
        return Dialect.WIKIPATHWAYS
    if _any_has(nodes, _PFOCR_CX2_MARKS):
        return Dialect.PFOCR_CX2
    if _any_has(nodes, _PFOCR_CYTOSCAPE_MARKS):
        return Dialect.PFOCR_CYTOSCAPE
    return Dialect.NODE_NAMES


def genes_in(nodes: Sequence[Said], dialect: Dialect) -> tuple[Gene, ...]:
    """Return one gene for each node that is a gene in this dialect, in the order of the nodes."""
    return tuple(gene for _, gene in gene_nodes(nodes, dialect))


def remember_genes_in(nodes: Sequence[Said], dialect: Dialect) -> tuple[Gene, ...]:
    """Do as ``genes_in``, for nodes that are equal if they have the same values."""
    remembered = _remember_genes(_choose_reader(nodes, dialect))
    return tuple(filter(None, map(remembered.__getitem__, nodes)))


def gene_nodes(nodes: Sequence[SomeNode], dialect: Dialect) -> tuple[tuple[SomeNode, Gene], ...]:
    """Return each node that is a gene in this dialect with that gene, in the order of the nodes."""
    read = _choose_reader(nodes, dialect)
    return tuple((node, gene) for node in nodes if (gene := read(node)))


def explain_unreadable(nodes: Sequence[Said], dialect: Dialect) -> str | None:
    """Say why it cannot be known which nodes are genes, None if it can.

    If no dialect fits, a node must have a name, and a type or an identifier of a gene. A network
    without nodes is readable: it has no genes.
    """
    if not nodes or dialect in {Dialect.PFOCR_CYTOSCAPE, Dialect.PFOCR_CX2}:
        return None
    if not any(node.name.strip() or node.represents.strip() for node in nodes) and not _any_has(
        nodes, ("xrefid", "textlabel")
    ):
        return _NAMELESS
    if _any_has(nodes, ("type", "xrefdatasource")):
        return None
    is_identified = dialect is Dialect.NODE_NAMES and any(
        _represented(node.represents) for node in nodes
    )
    return None if is_identified else _TYPELESS


def _any_has(nodes: Iterable[Said], attributes: Sequence[str]) -> bool:
    return any(
        node.text(attribute)
        for node in nodes
        for attribute in attributes
        if attribute in node.known
    )


_Reader = Callable[[Said], Gene | None]
"""Reads the gene of a node, None if it is not a gene or has neither name nor identifier."""


def _choose_reader(nodes: Iterable[Said], dialect: Dialect) -> _Reader:
    if dialect is Dialect.WIKIPATHWAYS and not _any_has(nodes, ("type",)):
        return _read_typeless
    return _READERS[dialect]


@cache
def _remember_genes(read: _Reader) -> Recent[Said, Gene | None]:
    return Recent(read, _GENES_REMEMBERED)


def _read_pfocr_cytoscape(node: Said) -> Gene | None:
    """Read a node of the R program of 2020: nodes are genes, drawn under their HGNC symbols."""
    if not _may_be_gene(node):
        return None
    symbol = node.text("hgnc_symbol") or node.name
    return _figure_gene(node, symbol, "", node.texts("entrez"))


def _read_pfocr_cx2(node: Said) -> Gene | None:
    """Read a node of the converter of 2025: ``type`` says what it is.

    ``hgnc.symbol`` repeats the symbol and is not an identifier: the converter puts fly symbols
    there too (formats 6).
    """
    if _fold_word(node.text("type")) not in _FIGURE_GENE_TYPES:
        return None
    symbol = node.name or node.text("hgnc.symbol")
    return _figure_gene(node, symbol, node.represents, node.texts("ncbigene"))


def _read_wikipathways(node: Said) -> Gene | None:
    """Read a node of Cytoscape's exports of 2021 and 2025 or of ``gpml-to-cx2``.

    ``Type`` says which DataNodes are genes. An Ensembl or HGNC column alone does not make a gene:
    the program of 2021 mapped those onto metabolites too (formats 5).
    """
    return _pathway_gene(node, _fold_word(node.text("type")))


def _read_typeless(node: Said) -> Gene | None:
    """Read a node of a network where no node has a ``Type``: its identifier's database decides.

    Labels, groups, anchors and states have no identifier.
    """
    return _pathway_gene(node, _implied_type(node))


def _read_node_names(node: Said) -> Gene | None:
    """Read a node of an unknown dialect: with a name, and no type that rules it
    out, it is a gene.
    """
    name = node.name if node.name.strip() else node.represents
    symbol = _fold_space(name)
    if not symbol or not _may_be_gene(node):
        return None
    return Gene(symbol=symbol, ids=_represented(node.represents), names=label_forms(name))


_READERS: dict[Dialect, _Reader] = {
    Dialect.PFOCR_CYTOSCAPE: _read_pfocr_cytoscape,
    Dialect.PFOCR_CX2: _read_pfocr_cx2,
    Dialect.WIKIPATHWAYS: _read_wikipathways,
    Dialect.NODE_NAMES: _read_node_names,
}


def _figure_gene(node: Said, symbol: str, represents: str, cells: Sequence[str]) -> Gene | None:
    """Return the gene that OCR found in a figure, None if the node names none."""
    named = _name_figure_gene(symbol, represents, *cells)
    if named is None:
        return None
    words = frozenset(node.texts("word")) - _NOTHING
    return Gene(*named, words, _as_set(*node.texts("source")))


@lru_cache(_FIGURE_GENES)
def _name_figure_gene(
    symbol: str, represents: str, *cells: str
) -> tuple[str, frozenset[Curie], frozenset[str]] | None:
    """Return the symbol, the identifiers and the names of a gene, which figures share."""
    ids = frozenset([curie for cell in cells for curie in read_ids(cell, "ncbigene")])
    if represents not in ids:
        ids |= _represented(represents)
    symbol = _fold_space(symbol) or min(ids, default="")
    return (symbol, share(ids), share(frozenset((symbol,)))) if symbol else None


def _pathway_gene(node: Said, node_type: str) -> Gene | None:
    """Return the gene of a DataNode, None if it has neither a name nor an identifier."""
    if node_type not in _GENE_TYPES or node.text("isgpmlshape").lower() == "true":
        return None
    ids = _ids(node.text("xrefdatasource"), node.texts("xrefid")) | _represented(node.represents)
    for column in ID_COLUMNS:
        if column in node.known:
            ids |= _ids(column, node.texts(column))
    drawn = (node.name, *node.texts("textlabel"))
    official = sorted(curie.partition(":")[2] for curie in ids if _is_symbol(curie))
    names = [name for name in (*map(_fold_space, drawn), *official, *sorted(ids)[:1]) if name]
    if not names:
        return None
    return Gene(
        symbol=names[0],
        ids=ids,
        names=frozenset(official).union(*map(label_forms, drawn)),
        listable=bool(ids) and node_type != _UNLISTED_TYPE,
    )


def _is_symbol(curie: Curie) -> bool:
    return namespace_of(curie) == "hgnc.symbol"


def _may_be_gene(node: Said) -> bool:
    return _fold_word(node.text("type")) not in _NO_GENE_TYPES


def _implied_type(node: Said) -> str:
    ids = _ids(node.text("xrefdatasource"), node.texts("xrefid"))
    if any(namespace_of(curie) in _RNA_NAMESPACES for curie in ids):
        return _UNLISTED_TYPE
    return "geneproduct" if any(map(is_of_gene, ids)) else ""


def _represented(text: str) -> frozenset[Curie]:
    """Return what a node represents, if that is an identifier of a gene."""
    return frozenset(filter(is_of_gene, read_ids(text))) if ":" in text else frozenset()


def _ids(namespace: str, cells: Sequence[str]) -> frozenset[Curie]:
    """Return the identifiers in the cells of one column; a cell may join several."""
    if not (namespace and cells):
        return frozenset()
    return frozenset([curie for cell in cells for curie in read_ids(cell, namespace)])


@lru_cache(_TYPES_KNOWN)
def _as_set(*texts: str) -> frozenset[str]:
    return frozenset(texts) - _NOTHING


def _fold_space(text: str) -> str:
    """Return a label in one line: labels drawn in a pathway may contain or end with line feeds."""
    return " ".join(text.split())


@lru_cache(_TYPES_KNOWN)
def _fold_word(text: str) -> str:
    return _BLANKS.sub("", text).lower()
