"""Compare a pathway as a whole: its nodes, edges and groups, and which are the same on both sides.

Both sides are read from networks: the record's from the network that its drawing would become.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from sync.model import Curie

NO_ARROW = "Line"
"""The word in a drawing for the end of a line without an arrow head."""


class DrawnNode(Struct, frozen=True, gc=False):
    """One node of a network.

    ``element`` is the id of the drawing's element, or the key of a group without one. ``group`` is
    the key of the group that it is in. ``type`` is the drawing's word; it is empty for what is not
    a data node: a group, an anchor, a label, the loose end of a line. ``names`` are all forms of
    its label, folded.
    """

    number: int
    element: str = ""
    type: str = ""
    label: str = ""
    names: frozenset[str] = frozenset()
    ids: frozenset[Curie] = frozenset()
    group: str = ""
    is_gene: bool = False


class DrawnEdge(Struct, frozen=True, gc=False):
    """One interaction: the numbers of the nodes at its ends, its arrow heads and its own number."""

    source: int
    target: int
    start: str = NO_ARROW
    end: str = NO_ARROW
    element: str = ""
    number: int = 0

    @property
    def type(self) -> str:
        """Its arrow heads as one word, or two if both ends have one."""
        heads = [head for head in (self.start, self.end) if head != NO_ARROW]
        return " and ".join(heads) or NO_ARROW


@dataclass(frozen=True, slots=True)
class Diagram:
    """Everything that one side draws. ``states_groups``: it says which groups its nodes are in."""

    nodes: tuple[DrawnNode, ...] = ()
    edges: tuple[DrawnEdge, ...] = ()
    states_groups: bool = False


Pairs = Mapping[int, int]
"""The number of the network's node by the number of the equal node of the record."""

_Keys = Callable[[DrawnNode], Iterable[Hashable]]


def pair_nodes(local: Diagram, remote: Diagram) -> Pairs:
    """Pair the nodes of both sides, each with at most one other.

    Data nodes are equal by identifier, then by label; if several are, those with the same element
    id are paired first. A node without a type is equal only by its element id.
    """
    pairs: dict[int, int] = {}
    mine, theirs = list(local.nodes), list(remote.nodes)
    for keys in (_element_keys, _exact_keys, _id_keys, _label_keys):
        found = _pair(mine, theirs, keys)
        pairs |= found
        taken = set(found.values())
        mine = [node for node in mine if node.number not in found]
        theirs = [node for node in theirs if node.number not in taken]
    return pairs


def _pair(mine: Iterable[DrawnNode], theirs: Iterable[DrawnNode], keys: _Keys) -> dict[int, int]:
    waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for node in theirs:
        for key in keys(node):
            waiting[key].append(node.number)
    found: dict[int, int] = {}
    taken: set[int] = set()
    for node in mine:
        for key in keys(node):
            queue = waiting.get(key, deque())
            while queue and queue[0] in taken:
                queue.popleft()
            if queue:
                found[node.number] = queue.popleft()
                taken.add(found[node.number])
                break
    return found


def _element_keys(node: DrawnNode) -> Iterator[Hashable]:
    if not node.element:
        return
    if not node.type:
        yield node.element
        return
    for key in (*sorted(node.ids), *sorted(node.names)):
        yield node.element, node.is_gene, key
    if not node.ids and not node.names:
        yield node.element, node.is_gene


def _exact_keys(node: DrawnNode) -> Iterator[Hashable]:
    if node.type:
        for curie in sorted(node.ids):
            for name in sorted(node.names):
                yield node.is_gene, curie, name


def _id_keys(node: DrawnNode) -> Iterator[Hashable]:
    if node.type:
        for curie in sorted(node.ids):
            yield node.is_gene, curie


def _label_keys(node: DrawnNode) -> Iterator[Hashable]:
    if node.type:
        for name in sorted(node.names):
            yield node.is_gene, name


@dataclass(frozen=True, slots=True)
class EdgeMatching:
    """The interactions that both sides have, and those that only one side has."""

    pairs: tuple[tuple[DrawnEdge, DrawnEdge], ...]
    missing: tuple[DrawnEdge, ...]
    extra: tuple[DrawnEdge, ...]


def match_edges(local: Diagram, remote: Diagram, pairs: Pairs) -> EdgeMatching:
    """Match interactions by their ends and arrow heads.

    Ends that are data nodes also match if they have the same text, for example if one node is drawn
    twice. Other ends that could not be paired all match each other: some exporters give them
    neither a name nor an id.
    """
    mine, theirs = list(local.edges), list(remote.edges)
    found: list[tuple[DrawnEdge, DrawnEdge]] = []
    ends = _Ends(local, remote, pairs)
    for keys in (ends.with_element, ends.as_paired, ends.as_said):
        waiting: defaultdict[Hashable, deque[DrawnEdge]] = defaultdict(deque)
        for edge in theirs:
            waiting[keys(edge, ends.theirs)].append(edge)
        left = []
        for edge in mine:
            if queue := waiting.get(keys(edge, ends.mine)):
                found.append((edge, queue.popleft()))
            else:
                left.append(edge)
        mine, theirs = left, [edge for queue in waiting.values() for edge in queue]
    order = {id(edge): place for place, edge in enumerate(remote.edges)}
    extra = sorted(theirs, key=lambda edge: order[id(edge)])
    return EdgeMatching(tuple(found), tuple(mine), tuple(extra))


class _Ends:
    """Keys of the ends of edges, in the terms of the record's side for both.

    Each end has two keys: the pair that it is in, and what it says.
    """

    def __init__(self, local: Diagram, remote: Diagram, pairs: Pairs) -> None:
        own = {node.number: node for node in local.nodes}
        back = {other: own[number] for number, other in pairs.items()}
        self.mine = {
            node.number: _end_keys(node, node if node.number in pairs else None)
            for node in local.nodes
        }
        self.theirs = {node.number: _end_keys(node, back.get(node.number)) for node in remote.nodes}

    def with_element(self, edge: DrawnEdge, ends: Mapping[int, _EndKeys]) -> Hashable:
        return edge.element, self.as_paired(edge, ends)

    def as_paired(self, edge: DrawnEdge, ends: Mapping[int, _EndKeys]) -> Hashable:
        return ends[edge.source][0], ends[edge.target][0], edge.start, edge.end

    def as_said(self, edge: DrawnEdge, ends: Mapping[int, _EndKeys]) -> Hashable:
        return ends[edge.source][1], ends[edge.target][1], edge.start, edge.end


_EndKeys = tuple[Hashable, Hashable]


def _end_keys(node: DrawnNode, paired: DrawnNode | None) -> _EndKeys:
    """Return the keys of an end; ``paired`` is the record's node of its pair."""
    if paired is None:
        return _said(node), _said(node)
    return paired.number, _said(paired) if node.type else paired.number


def _said(node: DrawnNode) -> Hashable:
    return (node.is_gene, node.ids, node.names) if node.type else None


def members_of(diagram: Diagram) -> dict[str, list[DrawnNode]]:
    """Return the data nodes of each group, by the group's key."""
    members: defaultdict[str, list[DrawnNode]] = defaultdict(list)
    for node in diagram.nodes:
        if node.group and node.type:
            members[node.group].append(node)
    return dict(members)


def unite_alike(nodes: Iterable[DrawnNode]) -> tuple[DrawnNode, ...]:
    """Unite nodes that share an identifier, or that share a label and have no identifier.

    The tables of a figure list a chemical once for each word that was read.
    """
    united: dict[Hashable, DrawnNode] = {}
    for node in nodes:
        key = min(node.ids, default="") or min(node.names, default="")
        known = united.setdefault(key, node)
        united[key] = replace(known, names=known.names | node.names, ids=known.ids | node.ids)
    return tuple(united.values())
