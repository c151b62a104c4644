"""The law that holds the matching of genes, over every real record (design: Matching genes).

A network made from a record's own mentions is in sync with it. Without any one gene, exactly that
gene is missing; with any other, exactly that is extra; with one renamed, exactly that is renamed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from sync.match.gene_differences import compare_genes
from sync.match.gene_groups import group_mentions
from sync.match.identifiers import Level, level_of
from sync.match.mentions import evidence_of, labels_of
from sync.model import Dialect, DifferenceKind, Gene, Network, Record
from tests.mirrored import FIGURES, PATHWAYS, Mention, mirror, read_corpus

DIALECTS = [*PATHWAYS, *FIGURES]
PARTS = 4
MISSING, EXTRA, RENAMED = (
    DifferenceKind.GENE_MISSING,
    DifferenceKind.GENE_EXTRA,
    DifferenceKind.GENE_RENAMED,
)


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_law_holds_for_every_gene_of_every_record(
    corpus: Path, dialect: str, part: int
) -> None:
    records = read_corpus(corpus, dialect)
    assert len(records) > 60
    for place in range(part, len(records), PARTS):
        hold_law(*records[place], dialect, records[place - 1][1], every=1)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_law_holds_for_some_genes_of_some_records(corpus: Path, dialect: str) -> None:
    records = read_corpus(corpus, dialect)
    for place in range(0, len(records), 11):
        hold_law(*records[place], dialect, records[place - 1][1], every=17)


def hold_law(
    record: Record, mentions: Sequence[Mention], dialect: str, others: Sequence[Mention], every: int
) -> None:
    """Hold the law for one of ``every`` genes of a record; ``others`` are another record's."""
    nodes = mirror(mentions, dialect)
    assert differences(record, nodes) == []
    for gene, places in find_single_genes(record)[::every]:
        rest = [node for place, node in enumerate(nodes) if place not in places]
        assert differences(record, rest) == [describe(MISSING, gene)]

        renamed = [rename(node) if n in places else node for n, node in enumerate(nodes)]
        if all(renamed[place].ids for place in places):
            assert differences(record, renamed) == [describe(RENAMED, gene)]
    for node in find_strangers(record, mirror(others, dialect))[::every]:
        assert differences(record, [*nodes, node]) == [describe(EXTRA, node)]


def differences(record: Record, nodes: Sequence[Gene]) -> list[tuple[str, ...]]:
    network = Network(Dialect.WIKIPATHWAYS, tuple(nodes), len(nodes))
    compared = compare_genes(replace(record, lists_every_gene=True), network)
    return [(each.kind, each.symbol, *each.ids) for each in compared.differences]


def describe(kind: DifferenceKind, gene: Gene) -> tuple[str, ...]:
    return (kind, gene.symbol, *sorted(gene.ids))


def find_single_genes(record: Record) -> list[tuple[Gene, Sequence[int]]]:
    """Return the genes that have a mention of their own, with the places of their mentions."""
    return [
        (gene, places)
        for gene, places in group_mentions(record.genes)
        if not any(evidence_of(record.genes[place]).is_family for place in places)
    ]


def find_strangers(record: Record, nodes: Sequence[Gene]) -> list[Gene]:
    """Return the nodes that have nothing in common with a record, each as one gene."""
    ids = {curie for gene in record.genes for curie in gene.ids}
    labels = {label for gene in record.genes for label in labels_of(gene)}
    return [node for node in nodes if not node.ids & ids and not labels_of(node) & labels]


def rename(node: Gene) -> Gene:
    """Return a node under another symbol: no name and no identifier says the old one."""
    ids = frozenset(curie for curie in node.ids if level_of(curie) is not Level.SYMBOL)
    return structs.replace(node, symbol="RENAMED", names=frozenset({"RENAMED"}), ids=ids)
