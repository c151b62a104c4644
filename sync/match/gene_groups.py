"""Group the mentions of one side, or of both, into genes and families.

A family is a mention that lists several genes: a row for a family, or one with a wrong second id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from sync.match.clusters import LOCAL, REMOTE, Clusters, Mention, cluster
from sync.match.mentions import Evidence, evidence_of, merge
from sync.model import Gene


def unite_genes(genes: Iterable[Gene]) -> tuple[Gene, ...]:
    """Return one gene for all its mentions, ordered by symbol and identifiers."""
    return tuple(gene for gene, _ in group_mentions(genes))


def group_mentions(genes: Iterable[Gene]) -> tuple[tuple[Gene, Sequence[int]], ...]:
    """Return each gene of one side with the positions of its mentions, ordered as
    ``unite_genes``.
    """
    places: defaultdict[Gene, list[int]] = defaultdict(list)
    for place, gene in enumerate(genes):
        places[gene].append(place)
    groups = group_genes(places, ())
    found = [
        (unite(group.local), sorted(place for gene in group.local for place in places[gene]))
        for group in chain(groups.singles, groups.families)
    ]
    return tuple(sorted(found, key=lambda pair: gene_order(pair[0])))


@dataclass(slots=True, eq=False)
class Group:
    """What both sides say about one gene, or about one family."""

    evidence: Evidence
    local: list[Gene]
    remote: list[Gene]

    @property
    def sides(self) -> int:
        """The bits of the sides that mention it."""
        return LOCAL * bool(self.local) | REMOTE * bool(self.remote)

    @property
    def gene(self) -> Gene:
        """The gene as the record names it, or the network if the record does not."""
        return unite(self.local or self.remote)

    @property
    def order(self) -> tuple[str, ...]:
        """The sort key of groups where the order matters."""
        return gene_order(self.gene)

    def lists(self, other: Group) -> bool:
        """Return whether this family lists a gene or has its name, and nothing contradicts that."""
        mine, theirs = self.evidence, other.evidence
        if mine.contradicts(theirs):
            return False
        if not mine.stable.isdisjoint(theirs.stable):
            return True
        return not mine.contradicts_symbol(theirs) and not (
            mine.symbols.isdisjoint(theirs.symbols)
            and mine.products.isdisjoint(theirs.products)
            and mine.labels.isdisjoint(theirs.labels)
        )


@dataclass(frozen=True, slots=True)
class Groups:
    """The genes, the families, and the genes that could be either of two others."""

    singles: Sequence[Group]
    families: Sequence[Group]
    ambiguous: Sequence[Group]


def group_genes(local: Iterable[Gene], remote: Iterable[Gene]) -> Groups:
    """Group the mentions of both sides by the genes and families that they are."""
    said = _said_in_the_same_words(local, remote)
    clusters = cluster([Mention(unit.evidence, unit.sides) for unit in said])
    singles = [gather([said[place] for place in places]) for places in clusters.genes]
    ambiguous = [
        group
        for group, places in zip(singles, clusters.genes, strict=True)
        if not clusters.ambiguous.isdisjoint(places)
    ]
    if not clusters.families:
        return Groups(singles, (), ambiguous)
    return Groups(*_absorb(singles, _gather_families(said, clusters)), ambiguous)


def _said_in_the_same_words(local: Iterable[Gene], remote: Iterable[Gene]) -> list[Group]:
    units: dict[tuple[frozenset[str], frozenset[str]], Group] = {}
    for gene in local:
        evidence = evidence_of(gene)
        key = gene.ids, evidence.labels
        if key in units:
            units[key].local.append(gene)
        else:
            units[key] = Group(evidence, [gene], [])
    for gene in remote:
        evidence = evidence_of(gene)
        key = gene.ids, evidence.labels
        if key in units:
            units[key].remote.append(gene)
        else:
            units[key] = Group(evidence, [], [gene])
    return list(units.values())


def _gather_families(said: Sequence[Group], clusters: Clusters) -> Sequence[Group]:
    """Gather the families that list the same genes."""
    families: defaultdict[frozenset[str], list[Group]] = defaultdict(list)
    for place in clusters.families:
        evidence = said[place].evidence
        families[evidence.stable | evidence.symbols].append(said[place])
    return list(map(gather, families.values()))


def gather(groups: Sequence[Group]) -> Group:
    """Return one group for several."""
    if len(groups) == 1:
        return groups[0]
    return Group(
        merge(group.evidence for group in groups),
        [gene for group in groups for gene in group.local],
        [gene for group in groups for gene in group.remote],
    )


def _absorb(
    singles: Sequence[Group], families: Sequence[Group]
) -> tuple[Sequence[Group], Sequence[Group]]:
    """Add a mention without an identifier of a gene to the only family like it."""
    members = {family: [family] for family in families}
    kept: list[Group] = []
    for single in singles:
        found = [] if single.evidence.gene_ids else [f for f in families if f.lists(single)]
        (members[found[0]] if len(found) == 1 else kept).append(single)
    return kept, list(map(gather, members.values()))


def gene_order(gene: Gene) -> tuple[str, ...]:
    """Return a sort key for genes: symbols first, then all other names and identifiers."""
    return (gene.symbol, *sorted(gene.ids), *sorted(gene.names), *sorted(gene.words))


def unite(mentions: Sequence[Gene]) -> Gene:
    """Return one gene with everything that its mentions say.

    Its symbol is the first in alphabetical order, among mentions with identifiers if there are any.
    """
    if len(mentions) == 1:
        return mentions[0]
    organisms = {gene.organism for gene in mentions}
    return Gene(
        symbol=min((not gene.ids, gene.symbol) for gene in mentions)[1],
        ids=frozenset().union(*(gene.ids for gene in mentions)),
        names=frozenset().union(*(gene.names for gene in mentions)),
        words=frozenset().union(*(gene.words for gene in mentions)),
        sources=frozenset().union(*(gene.sources for gene in mentions)),
        organism=organisms.pop() if len(organisms) == 1 else "",
        listable=any(gene.listable for gene in mentions),
    )
