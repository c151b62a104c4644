"""Write a gene onto a node in each dialect, so that it reads back as that gene (formats 5, 6).

The counterpart of ``dialects``. Attribute names are in their folded spelling, as there; an
attribute that a document declares under another spelling keeps that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sync.cx.content import Element, OpenContent
from sync.cx.dialects import ID_COLUMNS
from sync.cx.nodes import Node
from sync.match.identifiers import (
    Level,
    fold_label,
    level_of,
    namespace_of,
    read_ids,
    source_of,
)
from sync.model import Curie, Dialect, Gene

_SYMBOLS: Mapping[Dialect, Sequence[str]] = {
    Dialect.PFOCR_CYTOSCAPE: ("name", "hgnc_symbol"),
    Dialect.PFOCR_CX2: ("name", "hgnc.symbol", "symbol"),
    Dialect.WIKIPATHWAYS: ("name",),
    Dialect.NODE_NAMES: ("name",),
}
_COLUMNS: Mapping[Dialect, Mapping[str, str]] = {
    Dialect.PFOCR_CYTOSCAPE: dict.fromkeys(("name", "symbol", "hgnc_symbol", "entrez"), "string"),
    Dialect.PFOCR_CX2: {
        "name": "string",
        "represents": "string",
        "symbol": "string",
        "hgnc.symbol": "string",
        "ncbigene": "integer",
        "type": "string",
    },
    Dialect.WIKIPATHWAYS: dict.fromkeys(("name", "XrefId", "XrefDatasource"), "string"),
    Dialect.NODE_NAMES: {"name": "string"},
}
_FIGURES = frozenset({Dialect.PFOCR_CYTOSCAPE, Dialect.PFOCR_CX2})
_PREFERRED = ("ensembl", "ncbigene", "hgnc.symbol", "hgnc")
_TYPES = {Dialect.PFOCR_CX2: "gene", Dialect.WIKIPATHWAYS: "GeneProduct"}
_TEXTS = ("word", "source")
_ECHOES = ("shared name", "shared.name")
"""Cytoscape's second name of a node, and R's spelling of it."""

_HGNC_SYMBOL = "hgnc.symbol"
_PREFIX = re.compile(r"(?:.*[:/])?")


@dataclass(frozen=True, slots=True)
class _Form:
    """How a column writes identifiers: their namespace, and their prefix."""

    namespace: str
    prefix: str

    @classmethod
    def of(cls, cell: str, namespace: str = "") -> _Form | None:
        """Return the form of a cell, None if it does not hold an identifier."""
        ids = read_ids(cell, namespace)
        return cls(namespace_of(ids[0]), _prefix_of(cell)) if ids else None

    def write(self, ids: Iterable[Curie]) -> str:
        """Return the identifiers that fit the column as a cell, ``""`` if none fits."""
        locals_ = (each.partition(":")[2] for each in ids if namespace_of(each) == self.namespace)
        return "; ".join(self.prefix + local for local in locals_)


@dataclass(frozen=True, slots=True)
class Siblings:
    """The values of a network's gene nodes, which a new node should have too.

    ``node_type`` is the type of a new node, ``""`` for none: in a pathway whose nodes have no type,
    one with a type would mean that all others are not genes. ``columns`` are the identifier columns
    that they fill. ``named`` says that they repeat their symbols in ``represents``. ``texts`` are
    those of ``word`` and ``source`` that the network has a column for.
    """

    dialect: Dialect
    node_type: str
    columns: Mapping[str, _Form] = field(default_factory=dict)
    named: bool = False
    texts: frozenset[str] = frozenset(_TEXTS)


FIGURE_SIBLINGS = Siblings(Dialect.PFOCR_CX2, _TYPES[Dialect.PFOCR_CX2])
"""The values of the nodes of a new figure."""


def read_siblings(
    content: OpenContent,
    nodes: Sequence[Node],
    genes: Sequence[tuple[Node, Gene]],
    dialect: Dialect,
) -> Siblings:
    """Find what a new node should say, from a network's nodes and its gene nodes."""
    bearers = [node for node, _ in genes]
    texts = frozenset(text for text in _TEXTS if content.find_attribute(text) is not None)
    columns: dict[str, _Form] = {}
    named = False
    if dialect is Dialect.WIKIPATHWAYS:
        for column in ID_COLUMNS:
            if form := _Form.of(_first_text(bearers, column), column):
                columns[column] = form
        for node, gene in genes:
            if node.represents.strip():
                named = _says(node.represents, gene)
                form = None if named else _represents_form(node.represents, gene)
                columns |= {"represents": form} if form else {}
                break
    return Siblings(dialect, _choose_type(nodes, bearers, dialect), columns, named, texts)


def _represents_form(said: str, gene: Gene) -> _Form | None:
    """Return how ``represents`` names a gene: by an identifier with or without its prefix."""
    bare = [each for each in sorted(gene.ids) if each.partition(":")[2] == said.strip()]
    return _Form(namespace_of(bare[0]), "") if bare else _Form.of(said)


def _choose_type(nodes: Iterable[Node], genes: Iterable[Node], dialect: Dialect) -> str:
    if dialect is Dialect.WIKIPATHWAYS:
        return _TYPES[dialect] if _first_text(nodes, "type") else ""
    return _TYPES.get(dialect) or _first_text(genes, "type")


def can_state(dialect: Dialect, curie: Curie) -> bool:
    """Return whether a node of this dialect can have the identifier."""
    return namespace_of(curie) == "ncbigene" if dialect in _FIGURES else True


def choose_id(dialect: Dialect, ids: Sequence[Curie]) -> Curie | None:
    """Return the identifier that a node should have, None if it can have none of them."""
    usable = [curie for curie in ids if can_state(dialect, curie)]
    return min(usable, key=_preference, default=None)


def _preference(curie: Curie) -> tuple[int, str]:
    namespace = namespace_of(curie)
    if namespace in _PREFERRED:
        return _PREFERRED.index(namespace), curie
    levels = (Level.GENE, Level.PRODUCT)
    level = level_of(curie)
    return len(_PREFERRED) + (levels.index(level) if level in levels else len(levels)), curie


def declare_columns(content: OpenContent, dialect: Dialect) -> None:
    """Declare the attributes of nodes in this dialect."""
    for name, data_type in _COLUMNS[dialect].items():
        content.declare(name, data_type)


def state_gene(content: OpenContent, node: Element, siblings: Siblings, gene: Gene) -> None:
    """Write everything about a gene to an empty node, as its siblings have it."""
    dialect = siblings.dialect
    _state_symbol(content, node, (*_SYMBOLS[dialect], *_ECHOES), gene.symbol)
    ids = sorted(gene.ids)
    if (curie := choose_id(dialect, ids)) is not None:
        state_id(content, node, dialect, curie)
    for column, form in siblings.columns.items():
        if cell := form.write(ids):
            content.state(node, column, [cell])
    if siblings.named:
        content.state(node, "represents", [gene.symbol])
    if siblings.node_type:
        content.state(node, "type", [siblings.node_type])
    for attribute, texts in (("word", gene.words), ("source", gene.sources)):
        if attribute in siblings.texts:
            state_texts(content, node, attribute, sorted(texts))
    if dialect is Dialect.PFOCR_CYTOSCAPE:
        content.state(node, "symbol", [gene.symbol])


def rename_gene(
    content: OpenContent, element: Element, named: tuple[Node, Gene], dialect: Dialect, symbol: str
) -> None:
    """Give a node a new symbol in each column that has the old one, but not in drawn labels.

    ``named`` is the node as it was read, with its gene.
    """
    node = named[0]
    _state_symbol(content, element, _SYMBOLS[dialect], symbol)
    drawn = {fold_label(text) for text in node.texts("textlabel")}
    for echo in _ECHOES:
        said = fold_label(node.text(echo))
        if said and said == fold_label(node.name) and said not in drawn:
            content.state(element, echo, [symbol])
    if dialect not in _FIGURES:
        _rename_identifiers(content, element, named, symbol)


def _state_symbol(
    content: OpenContent, node: Element, attributes: Iterable[str], symbol: str
) -> None:
    """Write a symbol to the node's name, and to those of the attributes that the network has."""
    for attribute in attributes:
        if attribute == "name" or content.find_attribute(attribute) is not None:
            content.state(node, attribute, [symbol])


def _rename_identifiers(
    content: OpenContent, element: Element, named: tuple[Node, Gene], symbol: str
) -> None:
    """Change the columns that hold the symbol as an identifier."""
    node, gene = named
    if _says(node.represents, gene):
        content.state(element, "represents", [symbol])
    for attribute, said, namespace in (
        ("represents", node.represents, ""),
        ("hgnc", node.text("hgnc"), "hgnc"),
        ("xrefid", node.text("xrefid"), node.text("xrefdatasource")),
    ):
        form = _Form.of(said, namespace)
        if form is not None and form.namespace == _HGNC_SYMBOL:
            content.state(element, attribute, [form.prefix + symbol])


def _says(text: str, gene: Gene) -> bool:
    """Return whether a text is one of a gene's names."""
    return bool(text.strip()) and fold_label(text) in map(fold_label, gene.names)


def state_id(content: OpenContent, node: Element, dialect: Dialect, curie: Curie) -> None:
    """Give a node this identifier and remove those that contradict it."""
    namespace, _, local = curie.partition(":")
    if dialect is Dialect.PFOCR_CYTOSCAPE:
        content.state(node, "entrez", [local])
    elif dialect is Dialect.PFOCR_CX2:
        content.state(node, "ncbigene", [local])
        content.state(node, "represents", [curie])
    elif dialect is Dialect.WIKIPATHWAYS:
        for column in (*ID_COLUMNS, "represents"):
            content.silence(node, column)
        content.state(node, "xrefid", [local])
        content.state(node, "xrefdatasource", [source_of(namespace)])
    else:
        content.state(node, "represents", [curie])


def state_texts(content: OpenContent, node: Element, attribute: str, texts: Sequence[str]) -> None:
    """Give a node these texts, or the first if it can hold only one; without texts, remove them."""
    if texts:
        content.state(node, attribute, texts)
    else:
        content.silence(node, attribute)


def _first_text(nodes: Iterable[Node], attribute: str) -> str:
    return next(filter(None, (node.text(attribute).strip() for node in nodes)), "")


def _prefix_of(cell: str) -> str:
    """Return the prefix of the identifier in a cell: ``Ensembl:``, an address, or nothing."""
    found = _PREFIX.match(cell.partition(";")[0])
    return found[0] if found else ""
