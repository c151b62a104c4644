"""How each dialect writes a gene onto a node, so that it reads back as that gene (formats 5, 6).

The counterpart of ``dialects``. Attribute names stand here in their folded spelling, as there;
what a document declares under another spelling keeps that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sync.cx.content import Element, OpenContent
from sync.identifiers import namespace_of
from sync.model import Curie, Dialect, Gene

_SYMBOLS: Mapping[Dialect, Sequence[str]] = {
    Dialect.PFOCR_CYTOSCAPE: ("name", "hgnc_symbol"),
    Dialect.PFOCR_CX2: ("name", "hgnc.symbol", "symbol"),
    Dialect.WIKIPATHWAYS: ("name",),
    Dialect.NODE_NAMES: ("name",),
}
_COLUMNS: Mapping[Dialect, Mapping[str, str]] = {
    Dialect.PFOCR_CYTOSCAPE: dict.fromkeys(
        ("name", "word", "symbol", "source", "hgnc_symbol", "entrez"), "string"
    ),
    Dialect.PFOCR_CX2: {
        "name": "string",
        "represents": "string",
        "symbol": "string",
        "source": "string",
        "hgnc.symbol": "string",
        "ncbigene": "integer",
        "type": "string",
        "word": "string",
    },
    Dialect.WIKIPATHWAYS: dict.fromkeys(("name", "XrefId", "XrefDatasource"), "string"),
    Dialect.NODE_NAMES: {"name": "string"},
}
_DATA_SOURCES = {
    "ensembl": "Ensembl",
    "ncbigene": "Entrez Gene",
    "hgnc.symbol": "HGNC",
    "hgnc": "HGNC Accession number",
    "uniprot": "Uniprot-TrEMBL",
}
_ID_COLUMNS = (
    "ensembl",
    "hgnc",
    "hgnc accession number",
    "ncbi gene",
    "entrez gene",
    "uniprot",
    "uniprot-trembl",
)
_TYPES = {Dialect.PFOCR_CX2: "gene", Dialect.WIKIPATHWAYS: "GeneProduct"}
_ECHO = "shared name"


def can_state(dialect: Dialect, curie: Curie) -> bool:
    """Whether a node of this dialect can bear the identifier."""
    figure = dialect in {Dialect.PFOCR_CYTOSCAPE, Dialect.PFOCR_CX2}
    return namespace_of(curie) == "ncbigene" if figure else True


def choose_id(dialect: Dialect, ids: Sequence[Curie]) -> Curie | None:
    """Return the identifier that a node should bear of several, None where it can bear none."""
    order = {namespace: rank for rank, namespace in enumerate(_DATA_SOURCES)}
    usable = [curie for curie in ids if can_state(dialect, curie)]
    return min(usable, key=lambda curie: (order.get(namespace_of(curie), 9), curie), default=None)


def declare_columns(content: OpenContent, dialect: Dialect) -> None:
    """Declare what nodes of this dialect have."""
    for name, data_type in _COLUMNS[dialect].items():
        content.declare(name, data_type)


def state_gene(
    content: OpenContent, node: Element, dialect: Dialect, gene: Gene, *, typed: bool
) -> None:
    """Make a node without values say everything of a gene that its dialect has a place for.

    ``typed`` tells whether the network's nodes say of what type they are: in a pathway one that
    does would make all others no genes.
    """
    state_symbol(content, node, dialect, gene.symbol)
    if (curie := choose_id(dialect, sorted(gene.ids))) is not None:
        state_id(content, node, dialect, curie)
    if typed and (node_type := _TYPES.get(dialect)):
        content.state(node, "type", [node_type])
    if dialect in {Dialect.PFOCR_CYTOSCAPE, Dialect.PFOCR_CX2}:
        state_texts(content, node, "word", sorted(gene.words))
        state_texts(content, node, "source", sorted(gene.sources))
    if dialect is Dialect.PFOCR_CYTOSCAPE:
        content.state(node, "symbol", [gene.symbol])


def state_symbol(content: OpenContent, node: Element, dialect: Dialect, symbol: str) -> None:
    """Make a node bear a symbol wherever its dialect writes it, and where it echoes its name."""
    for attribute in _SYMBOLS[dialect]:
        if attribute == "name" or content.find_attribute(attribute) is not None:
            content.state(node, attribute, [symbol])
    if content.find_attribute(_ECHO) is not None:
        content.state(node, _ECHO, [symbol])


def state_id(content: OpenContent, node: Element, dialect: Dialect, curie: Curie) -> None:
    """Make a node bear this identifier and none that contradicts it."""
    namespace, _, local = curie.partition(":")
    if dialect is Dialect.PFOCR_CYTOSCAPE:
        content.state(node, "entrez", [local])
    elif dialect is Dialect.PFOCR_CX2:
        content.state(node, "ncbigene", [local])
        content.state(node, "represents", [curie])
    elif dialect is Dialect.WIKIPATHWAYS:
        for column in _ID_COLUMNS:
            content.silence(node, column)
        content.state(node, "xrefid", [local])
        content.state(node, "xrefdatasource", [_DATA_SOURCES.get(namespace, namespace)])
    else:
        content.state(node, "represents", [curie])


def state_texts(content: OpenContent, node: Element, attribute: str, texts: Sequence[str]) -> None:
    """Make a node say these texts, or the first where it can say one only; none: nothing."""
    if texts:
        content.state(node, attribute, texts)
    else:
        content.silence(node, attribute)
