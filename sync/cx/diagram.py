"""Read a network's nodes, edges and groups as a ``Diagram``, to compare them as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sync.cx.aspects import Aspects, elements_of, expect_integer, expect_object, join_aspects
from sync.cx.dialects import detect_dialect, gene_nodes
from sync.cx.nodes import Node, fold_names, read_cx2_nodes, read_declared, resolve_values
from sync.errors import NetworkError
from sync.match.diagram import NO_ARROW, Diagram, DrawnEdge, DrawnNode
from sync.match.identifiers import fold_label, label_forms, read_ids
from sync.model import Curie, Gene


def read_diagram(document: object) -> Diagram:
    """Read a whole CX2 document.

    Raises:
        NetworkError: it is not CX2, or contradicts itself.
    """
    aspects = join_aspects(document)
    declarations = aspects.get("attributeDeclarations", [])
    nodes = read_cx2_nodes(aspects.get("nodes", []), declarations)
    genes = {node.id: gene for node, gene in gene_nodes(nodes, detect_dialect(nodes))}
    return Diagram(
        nodes=tuple(_drawn(node, genes.get(node.id)) for node in nodes),
        edges=tuple(_edges(aspects, {node.id for node in nodes})),
        states_groups=any(node.text("groupid") or node.text("groupref") for node in nodes),
    )


def _drawn(node: Node, gene: Gene | None) -> DrawnNode:
    stated = node.text("type")
    ids = frozenset(_ids(node)) if gene is None else gene.ids
    labels = [node.name, *node.texts("textlabel"), *(() if gene is None else gene.names)]
    forms = (form for label in labels for form in label_forms(label))
    return DrawnNode(
        number=node.id,
        element=node.text("graphid") or node.text("groupid"),
        type=stated or ("" if gene is None else "GeneProduct"),
        label=" ".join(node.name.split()),
        names=frozenset(filter(None, map(fold_label, forms))),
        ids=ids,
        group=node.text("groupref"),
        is_gene=gene is not None,
    )


def _ids(node: Node) -> Iterator[Curie]:
    source = node.text("xrefdatasource")
    for text in node.texts("xrefid"):
        yield from read_ids(text, source) if source else ()
    for text in node.texts("chebi"):
        yield from read_ids(text, "chebi")
    if ":" in node.represents:
        yield from read_ids(node.represents)


def _edges(aspects: Aspects, nodes: set[int]) -> Iterator[DrawnEdge]:
    declared = read_declared(aspects.get("attributeDeclarations", []), "edges")
    for where, element in elements_of(aspects, "edges"):
        own = resolve_values(expect_object(element.get("v"), where, "v"), where, declared)
        said = fold_names({**declared.defaults, **own})
        edge = DrawnEdge(
            source=expect_integer(element.get("s"), where, "s"),
            target=expect_integer(element.get("t"), where, "t"),
            start=_first(said.get("startarrow")) or NO_ARROW,
            end=_first(said.get("endarrow")) or _first(said.get("interaction")) or NO_ARROW,
            element=_first(said.get("graphid")),
            number=expect_integer(element.get("id"), where, "id"),
        )
        if not {edge.source, edge.target} <= nodes:
            raise NetworkError(f"broken CX: {where} ends at a node that does not exist")
        yield edge


def _first(texts: Sequence[str] | None) -> str:
    return texts[0] if texts else ""
