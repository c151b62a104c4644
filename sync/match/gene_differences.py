"""Say by which genes a record and its network differ. Pure.

The rules are the design's (Differences, Matching genes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from sync.match.genes import GeneMatching, GenePair, match_genes, pair_equal
from sync.match.identifiers import fold_label
from sync.match.mentions import labels_of
from sync.match.spreadsheets import explain_mangled, may_be_mangled
from sync.model import (
    Curie,
    Difference,
    DifferenceKind,
    Gene,
    GeneCounts,
    Network,
    Record,
)

_sources = attrgetter("sources")
_words = attrgetter("words")


@dataclass(frozen=True, slots=True)
class GeneComparison:
    """How the genes of a record and a network relate.

    ``not_comparable`` are genes of the network that the local source cannot hold: they are neither
    shared nor extra (design: Matching genes). ``shared`` are the symbols of the genes that both
    have under one name. ``notes`` are sentences about mentions that stand for several genes.
    """

    counts: GeneCounts
    differences: tuple[Difference, ...] = ()
    not_comparable: tuple[Gene, ...] = ()
    shared: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def compare_genes(record: Record, network: Network) -> GeneComparison:
    """Classify the genes of both sides and describe each that is not simply shared."""
    if _are_equal(record.genes, network.genes):
        count = len(record.genes)
        symbols = sorted({gene.symbol for gene in record.genes})
        # The names of both sides are the same.
        mangled = may_be_mangled(record.genes)
        return GeneComparison(
            GeneCounts(count, count, count),
            shared=tuple(symbols),
            notes=tuple(explain_mangled(record.genes, network.genes)) if mangled else (),
        )
    matching = match_genes(record.genes, network.genes)
    not_comparable = () if record.lists_every_gene else _unlistable(matching.extra)
    extra = tuple(gene for gene in matching.extra if gene not in not_comparable)
    return GeneComparison(
        counts=matching.counts,
        differences=(*_gene_differences(matching, extra),),
        not_comparable=not_comparable,
        shared=tuple(
            dict.fromkeys(pair.local.symbol for pair in matching.shared if not _is_renamed(pair))
        ),
        notes=(
            *_matching_notes(matching, extra),
            *explain_mangled(record.genes, network.genes),
        ),
    )


def _are_equal(local: Sequence[Gene], remote: Sequence[Gene]) -> bool:
    """Return whether there is nothing to say about any gene, as in most networks."""
    others = pair_equal(local, remote)
    if others is None:
        return False
    return not any(_contradict(said, local, others) for said in (_words, _sources))


def _contradict(
    said: Callable[[Gene], frozenset[str]], local: Sequence[Gene], others: Sequence[Gene]
) -> bool:
    mine, theirs = [*map(said, local)], [*map(said, others)]
    pairs = zip(mine, theirs, strict=True)
    return mine != theirs and any(_contradicts(one, other) for one, other in pairs if one != other)


def _unlistable(genes: tuple[Gene, ...]) -> tuple[Gene, ...]:
    return tuple(gene for gene in genes if not gene.listable)


def _gene_differences(matching: GeneMatching, extra: tuple[Gene, ...]) -> Iterator[Difference]:
    for gene in matching.missing:
        yield Difference(
            DifferenceKind.GENE_MISSING, symbol=gene.symbol, ids=_ids(gene), local=_attributes(gene)
        )
    families = {pair.remote: pair.local.symbol for pair in matching.listed}
    for gene in extra:
        yield Difference(
            DifferenceKind.GENE_EXTRA,
            symbol=gene.symbol,
            ids=_ids(gene),
            local={"family": families[gene]} if gene in families else None,
            remote=_attributes(gene),
        )
    for pair in matching.reidentified:
        yield Difference(
            DifferenceKind.GENE_REIDENTIFIED,
            symbol=pair.local.symbol,
            ids=_ids(pair.local),
            local={"ids": " ".join(_ids(pair.local))},
            remote={"ids": " ".join(_ids(pair.remote))},
        )
        yield from _text_differences(pair)
    for pair in matching.shared:
        yield from _pair_differences(pair)


def _pair_differences(pair: GenePair) -> Iterator[Difference]:
    if _is_renamed(pair):
        yield Difference(
            DifferenceKind.GENE_RENAMED,
            symbol=pair.local.symbol,
            ids=_ids(pair.local),
            local={"symbol": pair.local.symbol},
            remote={"symbol": pair.remote.symbol},
        )
    yield from _text_differences(pair)


def _text_differences(pair: GenePair) -> Iterator[Difference]:
    for name, local, remote in (
        ("word", pair.local.words, pair.remote.words),
        ("source", pair.local.sources, pair.remote.sources),
    ):
        if _contradicts(local, remote):
            yield Difference(
                DifferenceKind.GENE_ATTRIBUTE,
                symbol=pair.local.symbol,
                ids=_ids(pair.local),
                name=name,
                local={name: _joined(local)},
                remote={name: _joined(remote)},
            )


def _is_renamed(pair: GenePair) -> bool:
    if pair.partial or not pair.local.names.isdisjoint(pair.remote.names):
        return False
    return labels_of(pair.local).isdisjoint(labels_of(pair.remote))


def _contradicts(local: frozenset[str], remote: frozenset[str]) -> bool:
    """Return whether the network says something that the record does not.

    A network has one node for each gene and so keeps one of several words (formats 6): naming fewer
    than the record, or none, is not a contradiction. Neither is another spelling of similar
    letters.
    """
    if not local or remote <= local:
        return False
    return not {*map(fold_label, remote)} <= {*map(fold_label, local)}


def _attributes(gene: Gene) -> dict[str, str]:
    texts = {"word": _joined(gene.words), "source": _joined(gene.sources)}
    return {name: text for name, text in texts.items() if text}


def _joined(texts: frozenset[str]) -> str:
    return " | ".join(sorted(texts))


def _ids(gene: Gene) -> tuple[Curie, ...]:
    return tuple(sorted(gene.ids))


def _matching_notes(matching: GeneMatching, extra: tuple[Gene, ...]) -> Iterator[str]:
    for pair in matching.listed:
        if pair.remote in extra:
            yield (
                f"{pair.remote.symbol} is only on NDEx, but {pair.local.symbol} in the record "
                "lists several genes and this is one of them: a push does not remove it"
            )
    for gene in matching.ambiguous:
        yield (
            f"{_named(gene)} could be one of several different genes, so it is "
            "compared as a gene of its own; give it an identifier of the gene"
        )
    for gene in matching.contradictory:
        yield f"{_named(gene)} contradicts itself: its identifiers are those of different genes"


def _named(gene: Gene) -> str:
    return f"{gene.symbol} ({', '.join(_ids(gene))})" if gene.ids else gene.symbol
