"""Build CX1 and CX2 documents of which a test names only what matters to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Json = dict[str, object]

END: Json = {"status": [{"error": "", "success": True}]}
HEADER: Json = {"CXVersion": "2.0", "hasFragments": False}


def cx1(
    nodes: Sequence[Json],
    node_attributes: Sequence[Json] = (),
    *,
    announced: object = None,
    network_attributes: Sequence[Json] = (),
) -> list[object]:
    """A whole CX1 document; its metadata announces all nodes, or so many as ``announced``."""
    count = len(nodes) if announced is None else announced
    return [
        {"metaData": [{"name": "nodes", "elementCount": count}]},
        {"networkAttributes": list(network_attributes)},
        {"nodes": list(nodes)},
        {"nodeAttributes": list(node_attributes)},
        END,
    ]


def cx1_node_attributes(owner: int, values: Mapping[str, object]) -> list[Json]:
    """The ``nodeAttributes`` elements that give a node these values."""
    return [{"po": owner, "n": name, "v": value} for name, value in values.items()]


def cx2(
    nodes: Sequence[Json],
    declarations: Mapping[str, object] | None = None,
    *,
    announced: object = None,
    network_attributes: Sequence[Json] = (),
) -> list[object]:
    """A whole CX2 document; its metadata announces all nodes, or so many as ``announced``."""
    count = len(nodes) if announced is None else announced
    return [
        HEADER,
        {"metaData": [{"name": "nodes", "elementCount": count}]},
        {"attributeDeclarations": cx2_declarations(declarations or {})},
        {"networkAttributes": list(network_attributes)},
        {"nodes": list(nodes)},
        END,
    ]


def cx2_nodes(*values: Mapping[str, object]) -> list[Json]:
    """The ``nodes`` elements of nodes with these values, numbered from 0."""
    return [{"id": number, "v": dict(own)} for number, own in enumerate(values)]


def cx2_declarations(nodes: Mapping[str, object]) -> list[Json]:
    """The ``attributeDeclarations`` aspect with these declarations of node attributes."""
    return [{"nodes": dict(nodes)}]
