"""Find which mentions are the same gene, on one side or on both (design: Matching genes).

The strongest evidence joins first: stable identifiers, then symbols, then a label together with a
product, then either alone. What is joined later must not disagree on the gene level with what is
joined already. Each round looks at all mentions at once, so no result depends on their order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations

from sync.match.mentions import Evidence, merge

LOCAL, REMOTE = 1, 2
BOTH = LOCAL | REMOTE

_SYMBOL, _PRODUCT, _LABEL = 4, 2, 1
_ROUNDS: Sequence[Callable[[int], bool]] = (
    lambda shared: bool(shared & _SYMBOL),
    lambda shared: bool(shared & _PRODUCT and shared & _LABEL),
    bool,
)
CROWD = 64
"""A label or product that more genes share than this is no evidence about any of them."""

_Edge = tuple[int, int]
_Crowds = list[tuple[int, list[int]]]
"""Mentions of different genes that share something, with the kind of evidence."""


@dataclass(frozen=True, slots=True)
class Mention:
    """What one side, or both, say about a gene in the same words; ``sides`` are
    the bits of those.
    """

    evidence: Evidence
    sides: int


@dataclass(frozen=True, slots=True)
class Clusters:
    """Mentions by their positions: those that are one gene together, and those that list several.

    ``ambiguous`` are genes, each named by one of its positions, that could be either of two genes
    which disagree, and so were joined with neither.
    """

    genes: Sequence[Sequence[int]]
    families: Sequence[int]
    ambiguous: frozenset[int]


def cluster(mentions: Sequence[Mention]) -> Clusters:
    """Join the mentions that are one gene; families, which list several genes, join nothing."""
    families = {place for place, each in enumerate(mentions) if each.evidence.is_family}
    singles = [place for place in range(len(mentions)) if place not in families]
    joined = _join_by_ids(mentions, singles)
    if bridges := _find_bridges(mentions, joined):
        families |= bridges
        singles = [place for place in singles if place not in bridges]
        joined = _join_by_ids(mentions, singles)
    named = _find_named_like(mentions, singles, families)
    joining = _Joining(mentions, joined, [place for place in singles if place not in named])
    joining.join_weakly()
    return Clusters(
        genes=[group for group in joined.groups() if group[0] not in families],
        families=sorted(families),
        ambiguous=frozenset(joining.ambiguous),
    )


def connect(
    edges: Iterable[_Edge],
    evidence: Callable[[int], Evidence],
    disagree: Callable[[Evidence, Evidence], bool],
) -> tuple[list[list[int]], set[int]]:
    """Return the connected groups, and the mentions left out because they lie between two genes.

    If two that disagree would be connected by a longer path, mentions without a gene-level id only
    connect the genes that they share an edge with.
    """
    near: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in edges:
        near[one].add(other)
        near[other].add(one)

    def _torn(places: Collection[int]) -> bool:
        return any(
            disagree(evidence(one), evidence(other)) for one, other in combinations(places, 2)
        )

    ambiguous = {place for place, others in near.items() if _torn(others)}
    groups = _components(near, ambiguous)
    found = [group for group in groups if not _torn(group)]
    torn = {place for group in groups if _torn(group) for place in group}
    known = {place for place in torn if evidence(place).gene_ids}
    direct = {place: near[place] & (torn - known if place in known else known) for place in torn}
    parts = [group for group in _components(direct, set()) if not _torn(group)]
    ambiguous |= torn - known - set(chain.from_iterable(parts))
    return [*found, *parts], ambiguous


def _components(near: Mapping[int, set[int]], without: set[int]) -> list[list[int]]:
    seen = set(without)
    found: list[list[int]] = []
    for start in sorted(near):
        if start in seen:
            continue
        group, waiting = [], [start]
        seen.add(start)
        while waiting:
            place = waiting.pop()
            group.append(place)
            waiting += near[place] - seen
            seen |= near[place]
        if len(group) > 1:
            found.append(sorted(group))
    return found


def _join_by_ids(mentions: Sequence[Mention], singles: Iterable[int]) -> Union:
    joined = Union(len(mentions))
    bearer: dict[str, int] = {}
    for place in singles:
        for curie in mentions[place].evidence.stable:
            first = bearer.setdefault(curie, place)
            if first != place:
                joined.link(place, first)
    return joined


def _find_bridges(mentions: Sequence[Mention], joined: Union) -> set[int]:
    """Return the mentions whose identifiers are those of two genes that disagree.

    Such a mention contradicts itself: it lists several genes, as a family does.
    """
    bridges: set[int] = set()
    for group in joined.groups():
        if len(group) > 2 and merge(mentions[place].evidence for place in group).is_family:
            said = Counter(chain.from_iterable(mentions[place].evidence.stable for place in group))
            # A bridge shares one identifier with each of two genes, so it shares two of its own.
            bridges.update(
                place
                for place in group
                if sum(said[each] > 1 for each in mentions[place].evidence.stable) > 1
                and _is_bridge(mentions, place, group)
            )
    return bridges


def _is_bridge(mentions: Sequence[Mention], place: int, group: Sequence[int]) -> bool:
    stable = mentions[place].evidence.stable
    near = {
        mentions[other].evidence
        for other in group
        if other != place and not stable.isdisjoint(mentions[other].evidence.stable)
    }
    return any(
        one.stable.isdisjoint(other.stable) and one.contradicts(other)
        for one, other in combinations(near, 2)
    )


def _find_named_like(
    mentions: Sequence[Mention], singles: Iterable[int], families: Collection[int]
) -> set[int]:
    """Return the mentions without a gene-level id that share label and product with a family.

    They belong to that family, and not to a gene that shares only the product. If a gene shares
    both too, they stay with the gene.
    """
    weak: list[int] = []
    strong: list[int] = []
    for place in singles if families else ():
        (strong if mentions[place].evidence.gene_ids else weak).append(place)

    def _has_like(place: int, others: Iterable[int]) -> bool:
        mine = mentions[place].evidence
        return any(
            mine.products & mentions[other].evidence.products
            and mine.labels & mentions[other].evidence.labels
            for other in others
        )

    return {place for place in weak if _has_like(place, families) and not _has_like(place, strong)}


@dataclass(slots=True)
class _Joining:
    """Joins by symbols, products and labels what shares no stable identifier."""

    mentions: Sequence[Mention]
    joined: Union
    singles: Sequence[int]
    ambiguous: set[int] = field(default_factory=set)
    _known: dict[int, Mention] = field(default_factory=dict)

    def join_weakly(self) -> None:
        """Join round by round, within each side and then between them."""
        crowds = self._find_crowds()
        if not crowds:
            return
        for group in self.joined.groups():
            whole = _merge_mentions(self.mentions[place] for place in group)
            self._known[self.joined.root(group[0])] = whole
        for wanted in _ROUNDS:
            for within in (True, False):
                self._join(wanted, crowds, within=within)

    def _find_crowds(self) -> _Crowds:
        """Return the mentions of different genes that share a symbol, a product or a label."""
        root = self.joined.root
        found: _Crowds = []
        for kind, name in ((_SYMBOL, "symbols"), (_PRODUCT, "products"), (_LABEL, "labels")):
            bearers: defaultdict[str, list[int]] = defaultdict(list)
            for place in self.singles:
                for key in getattr(self.mentions[place].evidence, name):
                    bearers[key].append(place)
            found += [
                (kind, places)
                for places in bearers.values()
                if len(places) > 1 and 1 < len(set(map(root, places))) <= CROWD
            ]
        return found

    def _join(
        self,
        wanted: Callable[[int], bool],
        crowds: _Crowds,
        *,
        within: bool,
    ) -> None:
        edges = [
            edge
            for edge, shared in self._shared(crowds, within=within).items()
            if wanted(shared) and self._may_join(*edge, within=within)
        ]
        groups, ambiguous = connect(edges, self._evidence, Evidence.disagrees)
        self.ambiguous |= ambiguous
        for group in groups:
            whole = _merge_mentions(map(self._known.__getitem__, group))
            for place in group[1:]:
                self.joined.link(place, group[0])
            self._known[self.joined.root(group[0])] = whole

    def _shared(self, crowds: _Crowds, *, within: bool) -> Mapping[_Edge, int]:
        """Return what each two genes share, by mentions of one side or between the two sides."""
        shared: defaultdict[_Edge, int] = defaultdict(int)
        for kind, places in crowds:
            for one, other in combinations(places, 2):
                sides = self.mentions[one].sides, self.mentions[other].sides
                if sides[0] & sides[1] if within else sides[0] | sides[1] == BOTH:
                    roots = self.joined.root(one), self.joined.root(other)
                    if roots[0] != roots[1]:
                        shared[min(roots), max(roots)] |= kind
        return shared

    def _may_join(self, one: int, other: int, *, within: bool) -> bool:
        if one in self.ambiguous or other in self.ambiguous:
            return False
        mine, theirs = self._known[one], self._known[other]
        if not within and mine.sides == theirs.sides == BOTH:
            return False
        return not mine.evidence.disagrees(theirs.evidence)

    def _evidence(self, root: int) -> Evidence:
        return self._known[root].evidence


def _merge_mentions(mentions: Iterable[Mention]) -> Mention:
    given = list(mentions)
    sides = 0
    for each in given:
        sides |= each.sides
    return Mention(merge(each.evidence for each in given), sides)


class Union:
    """Disjoint sets over ``range(size)`` (union by link, path halving)."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def link(self, one: int, other: int) -> None:
        """Join the sets of two members."""
        self._parent[self.root(one)] = self.root(other)

    def groups(self) -> list[list[int]]:
        """Return the sets, each with its members in order."""
        groups: dict[int, list[int]] = defaultdict(list)
        for index in range(len(self._parent)):
            groups[self.root(index)].append(index)
        return list(groups.values())

    def root(self, index: int) -> int:
        """Return the member that represents the set of a member."""
        while self._parent[index] != index:
            self._parent[index] = self._parent[self._parent[index]]
            index = self._parent[index]
        return index
