"""Which genes of two lists are the same (design: Matching genes).

Two genes are the same when they share an identifier in any namespace; of those left over, the
ones with a common name are the same unless they have a namespace in common and disagree in it.
Everything here is a union of what is shared, so no result depends on the order of its input.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from sync.identifiers import namespace_of
from sync.model import Gene, GeneCounts

_Keys = Callable[[Gene], frozenset[str]]

_ids_of: _Keys = attrgetter("ids")
_names_of: _Keys = attrgetter("names")
_symbol = attrgetter("symbol")
_local_symbol = attrgetter("local.symbol")


@dataclass(frozen=True, slots=True)
class GenePair:
    """One gene as both sides name it; each side's mentions are united into one gene."""

    local: Gene
    remote: Gene


@dataclass(frozen=True, slots=True)
class GeneMatching:
    """Every gene of two lists, in exactly one of four classes, each ordered by symbol."""

    shared: tuple[GenePair, ...]
    reidentified: tuple[GenePair, ...]
    missing: tuple[Gene, ...]
    extra: tuple[Gene, ...]

    @property
    def counts(self) -> GeneCounts:
        """How many genes each side has, those with other identifiers included, and shares."""
        both = len(self.shared) + len(self.reidentified)
        return GeneCounts(
            local=both + len(self.missing), remote=both + len(self.extra), shared=len(self.shared)
        )


def unite_genes(genes: Iterable[Gene]) -> tuple[Gene, ...]:
    """Return one gene for all mentions of it, ordered by symbol and identifiers.

    Mentions that share an identifier are one gene. A mention without any identifier belongs to
    the gene of its name, or, where several bear that name, to the first of them: it says nothing
    by which another could be told apart.
    """
    given = list(genes)
    ids = list(map(_ids_of, given))
    if all(ids) and _are_disjoint(ids):
        return tuple(_in_order(given))
    mentions = _in_order(set(given))
    identified = _unite_connected([gene for gene in mentions if gene.ids], _ids_of)
    named = _unite_connected([gene for gene in mentions if not gene.ids], _names_of)
    if not named:
        return tuple(identified)
    grown, loose = _absorb(identified, named, [gene.names for gene in identified])
    return tuple(_in_order([*grown, *loose]))


def _unite_connected(mentions: list[Gene], keys: _Keys) -> list[Gene]:
    """Unite the ordered mentions that share a key; return the genes in order."""
    if _are_disjoint(list(map(keys, mentions))):
        return mentions
    return _in_order(list(map(_unite, _connected(mentions, keys))))


def _are_disjoint(sets: Collection[frozenset[str]]) -> bool:
    return len(frozenset().union(*sets)) == sum(map(len, sets))


def match_genes(local: Iterable[Gene], remote: Iterable[Gene]) -> GeneMatching:
    """Class every gene of two lists (design: Matching genes)."""
    mine, theirs = list(unite_genes(local)), list(unite_genes(remote))
    same, mine, theirs = _pair(mine, theirs, _ids_of, _always)
    same, mine, theirs = _absorb_unidentified(same, mine, theirs)
    by_name, mine, theirs = _pair(mine, theirs, _names_of, _can_be_same)
    other_ids, mine, theirs = _pair(mine, theirs, _names_of, _always)
    return GeneMatching(
        shared=tuple(_pairs_in_order([*same, *by_name])),
        reidentified=tuple(_pairs_in_order(other_ids)),
        missing=tuple(mine),
        extra=tuple(theirs),
    )


def _always(_mine: Gene, _theirs: Gene) -> bool:
    return True


def _can_be_same(mine: Gene, theirs: Gene) -> bool:
    spaces = {namespace_of(curie) for curie in mine.ids}
    return not spaces or not theirs.ids or spaces.isdisjoint(map(namespace_of, theirs.ids))


def _in_order(genes: Collection[Gene]) -> list[Gene]:
    """Order genes by symbol, and by all that they are known by only where symbols are the same."""
    alone = len(set(map(_symbol, genes))) == len(genes)
    return sorted(genes, key=_symbol if alone else _gene_order)


def _pairs_in_order(pairs: Collection[GenePair]) -> list[GenePair]:
    """Order pairs as their local genes are."""
    alone = len(set(map(_local_symbol, pairs))) == len(pairs)
    return sorted(pairs, key=_local_symbol if alone else _pair_order)


def _gene_order(gene: Gene) -> tuple[str, ...]:
    return (gene.symbol, *sorted(gene.ids), *sorted(gene.names), *sorted(gene.words))


def _pair_order(pair: GenePair) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return _gene_order(pair.local), _gene_order(pair.remote)


def _unsided_order(pair: GenePair) -> list[tuple[str, ...]]:
    """Order pairs alike whichever side is called local."""
    return sorted(_pair_order(pair))


def _pair(
    mine: Sequence[Gene],
    theirs: Sequence[Gene],
    keys: _Keys,
    agree: Callable[[Gene, Gene], bool],
) -> tuple[list[GenePair], list[Gene], list[Gene]]:
    """Unite what two sides share by a key; return the pairs and what each side has left."""
    links = _find_links(mine, theirs, keys, agree)
    linked, others = {index for index, _ in links}, {other for _, other in links}
    if len(linked) == len(links) == len(others):
        pairs = [GenePair(mine[index], theirs[other]) for index, other in links]
    else:
        pairs = _unite_linked(mine, theirs, links)
    return (
        pairs,
        [gene for index, gene in enumerate(mine) if index not in linked],
        [gene for other, gene in enumerate(theirs) if other not in others],
    )


def _find_links(
    mine: Sequence[Gene],
    theirs: Sequence[Gene],
    keys: _Keys,
    agree: Callable[[Gene, Gene], bool],
) -> set[tuple[int, int]]:
    """Return which of mine has a key in common with which of theirs, both by their places."""
    bearers: dict[str, list[int]] = defaultdict(list)
    for other, gene in enumerate(theirs):
        for key in keys(gene):
            bearers[key].append(other)
    return {
        (index, other)
        for index, gene in enumerate(mine)
        for key in keys(gene)
        for other in bearers.get(key, ())
        if agree(gene, theirs[other])
    }


def _unite_linked(
    mine: Sequence[Gene], theirs: Sequence[Gene], links: Iterable[tuple[int, int]]
) -> list[GenePair]:
    """Return one pair for all genes that are linked, directly or through others."""
    union = _Union(len(mine) + len(theirs))
    for index, other in links:
        union.link(index, len(mine) + other)
    return [
        GenePair(
            local=_unite([mine[i] for i in group if i < len(mine)]),
            remote=_unite([theirs[i - len(mine)] for i in group if i >= len(mine)]),
        )
        for group in union.groups()
        if len(group) > 1
    ]


def _absorb_unidentified(
    pairs: list[GenePair], mine: list[Gene], theirs: list[Gene]
) -> tuple[list[GenePair], list[Gene], list[Gene]]:
    """Count a gene without identifiers as one more mention of the shared gene that the other
    side calls by its name: its own side may know that gene by another name only.
    """
    if all(gene.ids for gene in (*mine, *theirs)):
        return pairs, mine, theirs
    pairs = sorted(pairs, key=_unsided_order)
    locals_, mine = _absorb([p.local for p in pairs], mine, [p.remote.names for p in pairs])
    remotes, theirs = _absorb([p.remote for p in pairs], theirs, [p.local.names for p in pairs])
    return [GenePair(*both) for both in zip(locals_, remotes, strict=True)], mine, theirs


def _absorb(
    hosts: Sequence[Gene], guests: Sequence[Gene], names: Sequence[frozenset[str]]
) -> tuple[list[Gene], list[Gene]]:
    """Add each guest without identifiers to the first host known by one of its names.

    ``names`` are the names that each host answers to. Returns the hosts, grown, and the guests
    that found none.
    """
    first: dict[str, int] = {}
    for index, known in enumerate(names):
        for name in known:
            first.setdefault(name, index)
    groups = [[host] for host in hosts]
    left: list[Gene] = []
    for guest in guests:
        found = [] if guest.ids else [first[name] for name in guest.names if name in first]
        (groups[min(found)] if found else left).append(guest)
    return [_unite(group) for group in groups], left


def _unite(mentions: Sequence[Gene]) -> Gene:
    if len(mentions) == 1:
        return mentions[0]
    organisms = {gene.organism for gene in mentions}
    return Gene(
        symbol=min(gene.symbol for gene in mentions),
        ids=frozenset().union(*(gene.ids for gene in mentions)),
        names=frozenset().union(*(gene.names for gene in mentions)),
        words=frozenset().union(*(gene.words for gene in mentions)),
        sources=frozenset().union(*(gene.sources for gene in mentions)),
        organism=organisms.pop() if len(organisms) == 1 else "",
        listable=any(gene.listable for gene in mentions),
    )


def _connected(genes: Sequence[Gene], keys: _Keys) -> list[list[Gene]]:
    """Group the genes of one side that share a key, directly or through others."""
    union = _Union(len(genes))
    bearer: dict[str, int] = {}
    for index, gene in enumerate(genes):
        for key in keys(gene):
            union.link(index, bearer.setdefault(key, index))
    return [[genes[index] for index in group] for group in union.groups()]


class _Union:
    """Disjoint sets over ``range(size)`` (union by link, path halving)."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def link(self, one: int, other: int) -> None:
        self._parent[self._root(one)] = self._root(other)

    def groups(self) -> list[list[int]]:
        groups: dict[int, list[int]] = defaultdict(list)
        for index in range(len(self._parent)):
            groups[self._root(index)].append(index)
        return list(groups.values())

    def _root(self, index: int) -> int:
        while self._parent[index] != index:
            self._parent[index] = self._parent[self._parent[index]]
            index = self._parent[index]
        return index
