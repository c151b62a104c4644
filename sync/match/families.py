"""Match families with what they list on the other side, so that they hide nothing (design).

Single genes were matched before. Here families that list a common gene are matched; a family that
is left over covers the single genes left over on the other side that it lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, product

from sync.match.clusters import BOTH, LOCAL, REMOTE
from sync.match.gene_groups import Group, Groups, gather


def pair_families(families: Sequence[Group]) -> Sequence[Group]:
    """Match each family of one side with the one of the other that lists most of its genes."""
    mine = [family for family in families if family.sides == LOCAL]
    theirs = [family for family in families if family.sides == REMOTE]
    links = sorted(
        (
            (-len(one.evidence.gene_ids & other.evidence.gene_ids), one, other)
            for one, other in product(mine, theirs)
            if one.lists(other)
        ),
        key=lambda link: (link[0], sorted((link[1].order, link[2].order))),
    )
    found = choose([(one, other) for _, one, other in links])
    taken = set(chain.from_iterable(found))
    return [*map(gather, found), *(family for family in families if family not in taken)]


def choose(links: Iterable[tuple[Group, Group]]) -> list[tuple[Group, Group]]:
    """Return the links, best first, so that each group is in only one."""
    taken: set[Group] = set()
    chosen: list[tuple[Group, Group]] = []
    for link in links:
        if taken.isdisjoint(link):
            chosen.append(link)
            taken.update(link)
    return chosen


def cover(
    families: Sequence[Group], left: Sequence[Group]
) -> tuple[Mapping[Group, Sequence[Group]], list[Group]]:
    """Find for each left-over family the left-over genes of the other side that it lists.

    Returns these for each family that matched any, and the genes that are still left over.
    """
    covering: dict[Group, Sequence[Group]] = {}
    kept = list(left)
    for family in sorted(families, key=lambda family: family.order):
        if family.sides == BOTH:
            continue
        found = [each for each in kept if each.sides != family.sides and family.lists(each)]
        if found:
            covering[family] = found
            kept = [each for each in kept if each not in found]
    return covering, kept


def is_absent(family: Group, groups: Groups) -> bool:
    """Return whether the other side has nothing that a family stands for.

    It stands for those of its genes that no other mention of its side stands for, or for all of
    them if each has another mention.
    """
    others = [each for each in chain(groups.singles, groups.families) if each is not family]
    listed, labels = family.evidence.gene_ids, family.evidence.labels
    elsewhere = [each.evidence.gene_ids for each in others if each.sides & family.sides]
    own = listed.difference(*elsewhere) or listed
    there = [each.evidence for each in others if each.sides != family.sides]
    return not any(
        own & each.gene_ids or (listed & each.gene_ids and labels & each.labels) for each in there
    )


def find_listed(families: Sequence[Group], extra: Iterable[Group]) -> Mapping[Group, Group]:
    """Return, for genes that only the network has, a family of the record that lists them."""
    ordered = sorted((each for each in families if each.local), key=lambda family: family.order)
    return {
        group: family
        for group in extra
        for family in reversed(ordered)
        if family.evidence.gene_ids & group.evidence.gene_ids and family.lists(group)
    }


def find_contradictory(groups: Groups) -> list[Group]:
    """Return the mentions of several genes for which some identifiers belong to another gene."""
    return [
        family
        for family in groups.families
        if any(
            not family.evidence.stable.isdisjoint(single.evidence.stable)
            and family.evidence.contradicts(single.evidence)
            for single in groups.singles
        )
    ]
