"""What one mention of a gene proves: its identifiers by level, and its labels as compared.

The rules of *Matching genes* in the design are about these values. Stable identifiers of a gene
outrank its symbol, which changes over time; both outrank products and labels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Final, Never, TypeVar

from sync.match.identifiers import Level, fold_label, level_of, namespace_of
from sync.model import Curie, Gene

# The same genes occur in many records and networks: each is analysed once.
_GENES_SHARED = 1 << 15
_NONE: Final[frozenset[Never]] = frozenset()

T = TypeVar("T", bound=str)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The identifiers and labels of one mention, or of several that are one gene.

    ``stable`` are gene-level ids other than symbols, ``spaces`` the same by their namespace.
    ``products`` are all ids that may belong to several genes.
    """

    stable: frozenset[Curie]
    symbols: frozenset[Curie]
    products: frozenset[Curie]
    labels: frozenset[str]
    spaces: Mapping[str, frozenset[Curie]]

    @property
    def is_family(self) -> bool:
        """Whether it lists several genes: a family row, or one with a wrong second id."""
        if not self.stable:
            return len(self.symbols) > 1
        return len(self.stable) > len(self.spaces)

    @property
    def gene_ids(self) -> frozenset[Curie]:
        """The identifiers that decide which gene it is: the stable ones, else its symbols."""
        return self.stable or self.symbols

    def contradicts(self, other: Evidence) -> bool:
        """Return whether stable ids in a namespace that both have name two genes."""
        spaces = other.spaces
        return any(
            space in spaces and ids.isdisjoint(spaces[space]) for space, ids in self.spaces.items()
        )

    def contradicts_symbol(self, other: Evidence) -> bool:
        """Return whether both have symbols but share none."""
        return bool(self.symbols and other.symbols) and self.symbols.isdisjoint(other.symbols)

    def disagrees(self, other: Evidence) -> bool:
        """Return whether they disagree on the gene level, symbols included."""
        return self.contradicts(other) or self.contradicts_symbol(other)


def evidence_of(gene: Gene) -> Evidence:
    """Return what a mention proves."""
    return _evidence(gene.ids, gene.names)


def labels_of(gene: Gene) -> frozenset[str]:
    """Return the names of a gene as they are compared."""
    return fold_names(gene.names)


def merge(parts: Iterable[Evidence]) -> Evidence:
    """Return what several mentions of one gene prove together."""
    given = list(parts)
    if len(given) == 1:
        return given[0]
    stable = frozenset().union(*(part.stable for part in given))
    return Evidence(
        stable=stable,
        symbols=frozenset().union(*(part.symbols for part in given)),
        products=frozenset().union(*(part.products for part in given)),
        labels=frozenset().union(*(part.labels for part in given)),
        spaces=_by_space(stable),
    )


@lru_cache(_GENES_SHARED)
def _evidence(ids: frozenset[Curie], names: frozenset[str]) -> Evidence:
    levels: defaultdict[Level, set[Curie]] = defaultdict(set)
    for curie in ids:
        levels[level_of(curie)].add(curie)
    stable = _part_of(ids, levels[Level.GENE])
    return Evidence(
        stable=stable,
        symbols=_part_of(ids, levels[Level.SYMBOL]),
        products=_part_of(ids, levels[Level.PRODUCT] | levels[Level.OTHER]),
        labels=fold_names(names),
        spaces=_by_space(stable),
    )


def _by_space(stable: frozenset[Curie]) -> Mapping[str, frozenset[Curie]]:
    spaces: defaultdict[str, set[Curie]] = defaultdict(set)
    for curie in stable:
        spaces[namespace_of(curie)].add(curie)
    return {space: _part_of(stable, ids) for space, ids in spaces.items()}


def _part_of(whole: frozenset[T], chosen: Collection[T]) -> frozenset[T]:
    """Return the chosen part of a set, or the set itself if all of it was chosen."""
    if not chosen:
        return _NONE
    return whole if len(chosen) == len(whole) else frozenset(chosen)


@lru_cache(_GENES_SHARED)
def fold_names(names: frozenset[str]) -> frozenset[str]:
    """Return names as they are compared."""
    folded = frozenset(filter(None, map(fold_label, names)))
    return names if folded == names else folded


def fold_all(names: Sequence[frozenset[str]]) -> Sequence[frozenset[str]]:
    """Return the names of many genes as they are compared.

    Nearly all are in that form already, and one search over all of them shows it.
    """
    together = " ".join(chain.from_iterable(names))
    if together and fold_label(together) == together:
        return names
    return [*map(fold_names, names)]
