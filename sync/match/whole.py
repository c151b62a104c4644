"""Compare a record with its network besides genes: nodes, interactions and groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sync.match.diagram import (
    Diagram,
    DrawnEdge,
    DrawnNode,
    Pairs,
    match_edges,
    members_of,
    pair_nodes,
)
from sync.model import Curie, Difference, DifferenceKind, Summary

MADE_BY = "prov:wasGeneratedBy"
"""The network property that says what made a network's content."""

MAKER = "ndex-sync"
"""The value of that property in a network that ndex-sync made from a drawing."""

_UNNAMED = "(unnamed)"


class Compared(StrEnum):
    """What is compared; the values of ``compare`` in the configuration."""

    GENES = "genes"
    PROPERTIES = "properties"
    NODES = "nodes"
    INTERACTIONS = "interactions"


BY_DEFAULT = frozenset({Compared.GENES, Compared.PROPERTIES})
"""What is compared by default in networks that others made."""

AS_A_WHOLE = frozenset({Compared.NODES, Compared.INTERACTIONS})
"""What needs the whole drawing and the whole network."""

CONTENT = AS_A_WHOLE | {Compared.GENES}
"""What must be compared to know all differences of the content."""


def choose_compared(
    configured: frozenset[Compared] | None, summary: Summary
) -> frozenset[Compared]:
    """Return what to compare: as configured, else everything in a network that ndex-sync made."""
    if configured is not None:
        return configured
    return frozenset(Compared) if is_made_here(summary) else BY_DEFAULT


def is_made_here(summary: Summary) -> bool:
    """Return whether ndex-sync made the network from a drawing, as one of its properties says."""
    return any(
        each.name == MADE_BY and each.value == MAKER and each.subnetwork is None
        for each in summary.properties or ()
    )


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a record as a whole."""

    local: Diagram
    remote: Diagram


def compare_whole(sides: Sides, compared: frozenset[Compared]) -> Iterator[Difference]:
    """Yield the nodes, groups and interactions in which two sides differ."""
    if not compared & AS_A_WHOLE:
        return
    pairs = pair_nodes(sides.local, sides.remote)
    if Compared.NODES in compared:
        yield from _node_differences(sides, pairs)
        yield from _group_differences(sides, pairs)
    if Compared.INTERACTIONS in compared:
        edges = match_edges(sides.local, sides.remote, pairs)
        here, there = _Names(sides.local), _Names(sides.remote)
        for edge in edges.missing:
            yield Difference(
                DifferenceKind.INTERACTION_MISSING, name=here.edge(edge), local=here.sides(edge)
            )
        back = {other: own for own, other in pairs.items()}
        drawn = {node.number: node.element for node in sides.local.nodes}
        for edge in edges.extra:
            ends = {
                name: drawn[back[number]]
                for name, number in (("source", edge.source), ("target", edge.target))
                if number in back
            }
            yield Difference(
                DifferenceKind.INTERACTION_EXTRA,
                name=there.edge(edge),
                remote=there.sides(edge) | ends,
            )


def _node_differences(sides: Sides, pairs: Pairs) -> Iterator[Difference]:
    """Yield the data nodes that one side lacks.

    A gene that one side lacks altogether is reported by the comparison of genes. It is reported
    here if one side draws it more often.
    """
    mine = _Known(node for node in sides.local.nodes if node.number in pairs)
    for node in sides.local.nodes:
        if node.number not in pairs and mine.tells(node):
            yield Difference(
                DifferenceKind.NODE_MISSING, name=_shown(node), ids=_ids(node), local=_side(node)
            )
    taken = set(pairs.values())
    theirs = _Known(node for node in sides.remote.nodes if node.number in taken)
    for node in sides.remote.nodes:
        if node.number not in taken and theirs.tells(node):
            yield Difference(
                DifferenceKind.NODE_EXTRA, name=_shown(node), ids=_ids(node), remote=_side(node)
            )


class _Known:
    """The genes of one side that have a paired node."""

    def __init__(self, paired: Iterable[DrawnNode]) -> None:
        self._keys = {key for node in paired if node.is_gene for key in (*node.ids, *node.names)}

    def tells(self, node: DrawnNode) -> bool:
        if not node.type:
            return False
        return not node.is_gene or not self._keys.isdisjoint((*node.ids, *node.names))


def _ids(node: DrawnNode) -> tuple[Curie, ...]:
    return tuple(sorted(node.ids))


def _side(node: DrawnNode) -> dict[str, str]:
    return {"type": node.type, "element": node.element}


def _group_differences(sides: Sides, pairs: Pairs) -> Iterator[Difference]:
    """Yield the groups whose members differ; members that one side lacks do not count."""
    if not (sides.local.states_groups and sides.remote.states_groups):
        return
    back = {other: number for number, other in pairs.items()}
    mine = _shared_members(sides.local, {number: number for number in pairs})
    theirs = _shared_members(sides.remote, back)
    for members in mine.keys() & theirs.keys():
        del mine[members], theirs[members]
    others = {each[0].group: each for each in theirs.values()}
    for each in mine.values():
        yield _of_group(each, others.pop(each[0].group, None))
    for each in others.values():
        yield _of_group(None, each)


def _shared_members(diagram: Diagram, own: Pairs) -> dict[frozenset[int], list[DrawnNode]]:
    """Return the members of each group that both sides have, by the record's node numbers."""
    groups = (
        [node for node in each if node.number in own] for each in members_of(diagram).values()
    )
    return {
        frozenset(own[node.number] for node in members): members for members in groups if members
    }


def _of_group(mine: list[DrawnNode] | None, theirs: list[DrawnNode] | None) -> Difference:
    return Difference(
        DifferenceKind.GROUP,
        name=_listed(mine or theirs or ()),
        local={"members": _listed(mine)} if mine else None,
        remote={"members": _listed(theirs)} if theirs else None,
    )


def _listed(nodes: Iterable[DrawnNode]) -> str:
    return ", ".join(sorted(_shown(node) for node in nodes))


def _shown(node: DrawnNode) -> str:
    return node.label or min(node.ids, default="") or _UNNAMED


class _Names:
    """Names for the interactions of one side."""

    def __init__(self, diagram: Diagram) -> None:
        self._nodes = {node.number: node for node in diagram.nodes}

    def edge(self, edge: DrawnEdge) -> str:
        return f"{_shown(self._nodes[edge.source])} → {_shown(self._nodes[edge.target])}"

    def sides(self, edge: DrawnEdge) -> dict[str, str]:
        return {"type": edge.type, "element": edge.element}
