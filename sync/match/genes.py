"""Match the genes of a record with those of its network (design: Matching genes).

``match.clusters`` says which mentions are one gene. Here each gene of two lists gets its class.
Mentions that list several genes, families, are matched in separate steps, so that they hide
nothing: single genes with single genes, families with families, then what is left over of both with
each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, product
from operator import attrgetter
from typing import cast

from msgspec import Struct

from sync.match.clusters import BOTH, CROWD, Union, connect
from sync.match.families import (
    choose,
    cover,
    find_contradictory,
    find_listed,
    is_absent,
    pair_families,
)
from sync.match.gene_groups import Group, Groups, gather, gene_order, group_genes, unite
from sync.match.mentions import Evidence, fold_all, labels_of
from sync.model import Gene, GeneCounts

_ids = attrgetter("ids")
_names = attrgetter("names")
_symbol = attrgetter("symbol")
_local_symbol = attrgetter("local.symbol")


class GenePair(Struct, frozen=True, gc=False):
    """One gene as both sides name it; each side's mentions are united into one gene.

    ``partial`` says that one side's mention lists several genes, of which this is one: the two may
    have different names.

    A run makes a million of these, so it is a msgspec struct.
    """

    local: Gene
    remote: Gene
    partial: bool = False


@dataclass(frozen=True, slots=True)
class GeneMatching:
    """Every gene of two lists, in exactly one of four classes, each ordered by symbol.

    A mention that lists several genes is in no class if the other side has those genes as mentions
    of their own. ``listed`` pairs mentions of the local side with the extra genes that they list.
    ``ambiguous`` are mentions that could be either of two genes which disagree, ``contradictory``
    those whose identifiers belong to different genes.
    """

    shared: tuple[GenePair, ...]
    reidentified: tuple[GenePair, ...]
    missing: tuple[Gene, ...]
    extra: tuple[Gene, ...]
    listed: tuple[GenePair, ...] = ()
    ambiguous: tuple[Gene, ...] = ()
    contradictory: tuple[Gene, ...] = ()

    @property
    def counts(self) -> GeneCounts:
        """How many genes each side has, those with other identifiers included, and how many are
        shared.

        A mention that lists several genes counts as those genes that it stands for.
        """
        both = len(self.shared) + len(self.reidentified)
        return GeneCounts(
            local=both + len(self.missing), remote=both + len(self.extra), shared=len(self.shared)
        )


def pair_equal(local: Sequence[Gene], remote: Sequence[Gene]) -> Sequence[Gene] | None:
    """Return the network's genes in the order of the record's, if both sides are equal.

    Equal means that each side has each gene once and under the same names; otherwise None. The
    result is that of ``match_genes`` at less cost.
    """
    theirs = dict(zip(map(_ids, remote), remote, strict=True))
    ids = [*map(_ids, local)]
    if not len(local) == len(remote) == len(theirs):
        return None
    others, names = [*map(theirs.get, ids)], [*map(_names, local)]
    if None in others or names != [*map(_names, others)]:
        return None
    disjoint = _are_disjoint(ids) and _are_disjoint(fold_all(names))
    return cast("Sequence[Gene]", others) if disjoint else None


def match_genes(local: Iterable[Gene], remote: Iterable[Gene]) -> GeneMatching:
    """Classify every gene of two lists (design: Matching genes)."""
    plain = _part(list(local), list(remote))
    tangled = plain.local or plain.remote
    rest = _match_groups(group_genes(plain.local, plain.remote)) if tangled else _NOTHING
    return GeneMatching(
        shared=_pairs_in_order([*plain.shared, *rest.shared]),
        reidentified=rest.reidentified,
        missing=_in_order([*plain.missing, *rest.missing]),
        extra=_in_order([*plain.extra, *rest.extra]),
        listed=rest.listed,
        ambiguous=rest.ambiguous,
        contradictory=rest.contradictory,
    )


_NOTHING = GeneMatching(shared=(), reidentified=(), missing=(), extra=())


def _match_groups(groups: Groups) -> GeneMatching:
    found, left = _find_shared(groups)
    renamed, left = _pair_left(left, _find_renamed)
    reidentified, left = _pair_left(left, _find_reidentified)
    families = set(groups.families)
    left = [group for group in left if group not in families or is_absent(group, groups)]
    extra = [group for group in left if group.remote]
    listed = find_listed(groups.families, extra)
    return GeneMatching(
        shared=(*found, *renamed),
        reidentified=_pairs_in_order(reidentified),
        missing=tuple(group.gene for group in left if group.local),
        extra=tuple(group.gene for group in extra),
        listed=_pairs_in_order([GenePair(f.gene, group.gene) for group, f in listed.items()]),
        ambiguous=_in_order([group.gene for group in groups.ambiguous]),
        contradictory=_in_order([group.gene for group in find_contradictory(groups)]),
    )


@dataclass(slots=True)
class _Plain:
    """The genes whose class is clear at once, and the mentions of all others, by their sides."""

    shared: list[GenePair] = field(default_factory=list)
    missing: list[Gene] = field(default_factory=list)
    extra: list[Gene] = field(default_factory=list)
    local: list[Gene] = field(default_factory=list)
    remote: list[Gene] = field(default_factory=list)


def _part(local: Sequence[Gene], remote: Sequence[Gene]) -> _Plain:
    """Separate the genes whose class is clear at once from the others.

    Mentions that share nothing cannot be one gene. So a mention that shares nothing with any other
    is missing or extra. If only mentions with the same identifiers share something, and one side
    has all that the other has, nothing can contradict.
    """
    if (plain := _part_alike(local, remote)) is not None:
        return plain
    everyone = [*local, *remote]
    plain = _Plain()
    for places in _connect_all(everyone):
        mine = [everyone[place] for place in places if place < len(local)]
        theirs = [everyone[place] for place in places if place >= len(local)]
        if len(places) == 1:
            plain.missing += mine
            plain.extra += theirs
        elif mine and theirs and _are_plainly_one(mine, theirs):
            plain.shared.append(GenePair(unite(mine), unite(theirs)))
        else:
            plain.local += mine
            plain.remote += theirs
    return plain


def _part_alike(local: Sequence[Gene], remote: Sequence[Gene]) -> _Plain | None:
    """Do the same at less cost for most networks: each gene once, and equal on both sides.

    Returns None for others.
    """
    mine = dict(zip(map(_ids, local), local, strict=True))
    theirs = dict(zip(map(_ids, remote), remote, strict=True))
    if len(mine) < len(local) or len(theirs) < len(remote):
        return None
    both = mine.keys() & theirs.keys()
    ours, others = [*map(mine.__getitem__, both)], [*map(theirs.__getitem__, both)]
    extra = [gene for gene in remote if gene.ids not in both]
    everyone = [*local, *extra]
    if (
        [*map(_names, ours)] != [*map(_names, others)]
        or not _are_disjoint([*map(_ids, everyone)])
        or not _are_disjoint(fold_all([*map(_names, everyone)]))
    ):
        return None
    return _Plain(
        shared=[*map(GenePair, ours, others)],
        missing=[gene for gene in local if gene.ids not in both],
        extra=extra,
    )


def _are_disjoint(sets: Collection[frozenset[str]]) -> bool:
    return len(frozenset().union(*sets)) == sum(map(len, sets))


def _connect_all(genes: Sequence[Gene]) -> Iterable[Sequence[int]]:
    """Group genes that share an identifier or a label, directly or through others."""
    joined = Union(len(genes))
    first: dict[str, int] = {}
    for place, gene in enumerate(genes):
        for key in chain(gene.ids, labels_of(gene)):
            other = first.setdefault(key, place)
            if other != place:
                joined.link(place, other)
    return joined.groups()


def _are_plainly_one(mine: Sequence[Gene], theirs: Sequence[Gene]) -> bool:
    one, other = mine[0].ids, theirs[0].ids
    return (
        (one <= other or other <= one)
        and all(gene.ids == one for gene in mine)
        and all(gene.ids == other for gene in theirs)
    )


def _find_shared(groups: Groups) -> tuple[list[GenePair], Sequence[Group]]:
    """Return what both sides have, with families in steps of their own, and what only one has."""
    singles, families = groups.singles, pair_families(groups.families)
    shared = [_pair(group) for group in chain(singles, families) if group.sides == BOTH]
    covering, left = cover(families, [group for group in singles if group.sides != BOTH])
    for family, found in covering.items():
        shared += [_pair(gather([family, each]), partial=len(found) > 1) for each in found]
    alone = [family for family in families if family.sides != BOTH and family not in covering]
    return shared, [*left, *alone]


def _pair(group: Group, *, partial: bool = False) -> GenePair:
    return GenePair(unite(group.local), unite(group.remote), partial)


_Finder = Callable[[Sequence[Group], Sequence[Group]], Sequence[Sequence[Group]]]


def _pair_left(left: Sequence[Group], find: _Finder) -> tuple[list[GenePair], Sequence[Group]]:
    """Pair what ``find`` finds among the genes that only one side has; also return the rest."""
    mine = [group for group in left if group.local]
    theirs = [group for group in left if group.remote]
    if not mine or not theirs:
        return [], left
    found = find(mine, theirs)
    taken = set(chain.from_iterable(found))
    return (
        [_pair(gather(groups)) for groups in found],
        [group for group in left if group not in taken],
    )


def _find_renamed(mine: Sequence[Group], theirs: Sequence[Group]) -> Sequence[Sequence[Group]]:
    """Find genes that share a product and differ only in the symbol, or that share a label."""
    everyone = [*mine, *theirs]
    by_product = _find_links(mine, theirs, lambda evidence: evidence.products)
    by_label = {
        (one, other)
        for one, other in _find_links(mine, theirs, lambda evidence: evidence.labels)
        if not everyone[one].evidence.contradicts_symbol(everyone[other].evidence)
    }
    edges = [
        (one, other)
        for one, other in by_product | by_label
        if not everyone[one].evidence.contradicts(everyone[other].evidence)
    ]
    found, _ = connect(edges, lambda place: everyone[place].evidence, Evidence.contradicts)
    return [[everyone[place] for place in places] for places in found]


def _find_reidentified(mine: Sequence[Group], theirs: Sequence[Group]) -> Sequence[Sequence[Group]]:
    """Find genes that share a label and disagree on the gene level, each with one other."""
    everyone = [*mine, *theirs]
    links = [
        (everyone[one], everyone[other])
        for one, other in _find_links(mine, theirs, lambda evidence: evidence.labels)
        if everyone[one].evidence.disagrees(everyone[other].evidence)
    ]
    return choose(sorted(links, key=lambda link: sorted(each.order for each in link)))


def _find_links(
    mine: Sequence[Group],
    theirs: Sequence[Group],
    keys: Callable[[Evidence], frozenset[str]],
) -> set[tuple[int, int]]:
    """Return the pairs that share a key, by their positions in both sequences joined."""
    bearers: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for place, group in enumerate(chain(mine, theirs)):
        for key in keys(group.evidence):
            bearers[key][place >= len(mine)].append(place)
    return {
        link
        for ours, others in bearers.values()
        if len(ours) + len(others) <= CROWD
        for link in product(ours, others)
    }


def _in_order(genes: Collection[Gene]) -> tuple[Gene, ...]:
    """Order genes by symbol; if symbols are equal, by all their other names and identifiers."""
    alone = len(set(map(_symbol, genes))) == len(genes)
    return tuple(sorted(genes, key=_symbol if alone else gene_order))


def _pairs_in_order(pairs: Collection[GenePair]) -> tuple[GenePair, ...]:
    """Order pairs like their local genes."""
    alone = len(set(map(_local_symbol, pairs))) == len(pairs)
    return tuple(sorted(pairs, key=_local_symbol if alone else _pair_order))


def _pair_order(pair: GenePair) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return gene_order(pair.local), gene_order(pair.remote)
