"""Small CX1 and CX2 documents, built from the contract alone (sections 5.1 and 5.2)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

Json = dict[str, Any]
Document = list[Json]

LONG_NUMBER = 281474976710655


def unique(words: str = "contract") -> str:
    """A name that no other network, folder or run has."""
    return f"{words} {uuid4().hex}"


def cx2(
    name: str | None = "A network",
    attributes: dict[str, tuple[str, Any]] | None = None,
    genes: tuple[str, ...] = ("TP53", "BRCA1"),
) -> Document:
    """A valid CX2 document: one node a gene, and an edge from the first node to each other one.

    ``attributes`` maps a network attribute to its declared type and value; ``name`` None leaves
    the name out. There is no metaData: the server rebuilds it.
    """
    named = {} if name is None else {"name": ("string", name)}
    typed = named | (attributes or {})
    declarations: Json = {
        "nodes": {"name": {"d": "string"}, "represents": {"d": "string"}},
        "edges": {"interaction": {"d": "string"}},
    }
    if typed:
        declarations["networkAttributes"] = {key: {"d": kind} for key, (kind, _) in typed.items()}
    aspects: Document = [{"attributeDeclarations": [declarations]}]
    if typed:
        aspects.append({"networkAttributes": [{key: value for key, (_, value) in typed.items()}]})
    aspects.append({"nodes": [_cx2_node(number, gene) for number, gene in enumerate(genes)]})
    aspects.append({"edges": [_cx2_edge(number) for number in range(1, len(genes))]})
    return cx2_of(*aspects)


def cx2_of(*fragments: Json) -> Document:
    """The fragments between a CX2 header and a successful status."""
    return [
        {"CXVersion": "2.0", "hasFragments": False},
        *fragments,
        {"status": [{"success": True}]},
    ]


def aspect(document: Document, name: str) -> list[Any]:
    """The elements of one aspect, from all its fragments."""
    return [element for fragment in document for element in fragment.get(name, [])]


def cx1(
    name: str | None = "A network",
    genes: tuple[str, ...] = ("TP53", "BRCA1"),
    **aspects: list[Json],
) -> Document:
    """A valid CX1 document: one node a gene, and an edge from the first node to each other one.

    ``aspects`` are added (or replace those of that name) and counted in the metaData.
    """
    whole: dict[str, list[Json]] = {
        "nodes": [
            {"@id": number, "n": gene, "r": f"hgnc:{gene}"} for number, gene in enumerate(genes)
        ],
        "edges": [
            {"@id": number, "s": 0, "t": number, "i": "activates"}
            for number in range(1, len(genes))
        ],
        "networkAttributes": [] if name is None else [{"n": "name", "v": name}],
        **aspects,
    }
    return cx1_of(*({key: elements} for key, elements in whole.items()))


def cx1_of(*fragments: Json, counts: dict[str, int] | None = None) -> Document:
    """The fragments between a CX1 header with metaData and a successful status."""
    counted = counts or {
        name: len(elements) for fragment in fragments for name, elements in fragment.items()
    }
    metadata = [
        {"name": name, "elementCount": count, "version": "1.0", "consistencyGroup": 1}
        for name, count in counted.items()
    ]
    return [
        {"numberVerification": [{"longNumber": LONG_NUMBER}]},
        {"metaData": metadata},
        *fragments,
        {"status": [{"error": "", "success": True}]},
    ]


def _cx2_node(number: int, gene: str) -> Json:
    return {"id": number, "v": {"name": gene, "represents": f"hgnc:{gene}"}}


def _cx2_edge(number: int) -> Json:
    return {"id": number, "s": 0, "t": number, "v": {"interaction": "activates"}}
