"""Identifiers fold to one CURIE, and two lists of genes match by the rules of the design."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.genes import GeneMatching, GenePair, match_genes, unite_genes
from sync.identifiers import namespace_of
from sync.model import Gene
from tests.nouns import make_gene
from tests.strategies import GENE_LISTS


def sides(matching: GeneMatching) -> tuple[list[Gene], list[Gene]]:
    """All genes of the local side and all of the remote side, whatever their class."""
    pairs = [*matching.shared, *matching.reidentified]
    return (
        [*(pair.local for pair in pairs), *matching.missing],
        [*(pair.remote for pair in pairs), *matching.extra],
    )


def swapped(matching: GeneMatching) -> GeneMatching:
    """The matching as the other side sees it."""

    def turn(pairs: Iterable[GenePair]) -> tuple[GenePair, ...]:
        turned = [GenePair(pair.remote, pair.local) for pair in pairs]
        return tuple(sorted(turned, key=repr))

    return GeneMatching(
        shared=turn(matching.shared),
        reidentified=turn(matching.reidentified),
        missing=matching.extra,
        extra=matching.missing,
    )


def by_repr(matching: GeneMatching) -> GeneMatching:
    """The matching with its pairs in an order that does not tell the sides apart."""
    return swapped(swapped(matching))


@given(GENE_LISTS, st.randoms(use_true_random=False))
def test_the_order_of_mentions_does_not_matter_to_uniting(
    genes: list[Gene], random: Random
) -> None:
    shuffled = genes.copy()
    random.shuffle(shuffled)

    assert unite_genes(shuffled) == unite_genes(genes)


@given(GENE_LISTS)
def test_uniting_what_is_united_changes_nothing(genes: list[Gene]) -> None:
    united = unite_genes(genes)

    assert unite_genes(united) == united


@given(GENE_LISTS)
def test_uniting_loses_and_invents_nothing(genes: list[Gene]) -> None:
    united = unite_genes(genes)

    assert_same_mentions(united, genes)


@given(GENE_LISTS)
def test_no_two_united_genes_share_an_identifier(genes: list[Gene]) -> None:
    counts = Counter(chain.from_iterable(gene.ids for gene in unite_genes(genes)))

    assert all(count == 1 for count in counts.values())


@given(GENE_LISTS, GENE_LISTS, st.randoms(use_true_random=False))
def test_the_order_of_genes_does_not_matter_to_matching(
    local: list[Gene], remote: list[Gene], random: Random
) -> None:
    matching = match_genes(local, remote)
    random.shuffle(local)
    random.shuffle(remote)

    assert match_genes(local, remote) == matching


@given(GENE_LISTS)
def test_a_list_matches_itself(genes: list[Gene]) -> None:
    matching = match_genes(genes, genes)

    assert (matching.missing, matching.extra, matching.reidentified) == ((), (), ())
    assert all(pair.local == pair.remote for pair in matching.shared)


@given(GENE_LISTS, GENE_LISTS)
def test_swapping_the_sides_swaps_missing_and_extra(local: list[Gene], remote: list[Gene]) -> None:
    there, back = match_genes(local, remote), match_genes(remote, local)

    assert by_repr(there) == swapped(back)


@given(GENE_LISTS, GENE_LISTS)
def test_every_gene_is_in_exactly_one_class(local: list[Gene], remote: list[Gene]) -> None:
    matching = match_genes(local, remote)

    for genes, classed in zip((local, remote), sides(matching), strict=True):
        assert_same_mentions(classed, genes)
        counts = Counter(chain.from_iterable(gene.ids for gene in classed))
        assert all(count == 1 for count in counts.values())


@given(GENE_LISTS, GENE_LISTS)
def test_what_is_not_shared_has_no_identifier_of_the_other_side(
    local: list[Gene], remote: list[Gene]
) -> None:
    matching = match_genes(local, remote)

    mine = [*matching.missing, *(pair.local for pair in matching.reidentified)]
    theirs = [*matching.extra, *(pair.remote for pair in matching.reidentified)]
    assert ids_of(mine).isdisjoint(ids_of(remote))
    assert ids_of(theirs).isdisjoint(ids_of(local))


@given(GENE_LISTS, GENE_LISTS)
def test_what_is_missing_and_what_is_extra_have_no_name_in_common(
    local: list[Gene], remote: list[Gene]
) -> None:
    matching = match_genes(local, remote)

    assert names_of(matching.missing).isdisjoint(names_of(matching.extra))


@given(GENE_LISTS, GENE_LISTS)
def test_reidentified_genes_have_a_namespace_in_common(
    local: list[Gene], remote: list[Gene]
) -> None:
    for pair in match_genes(local, remote).reidentified:
        assert namespaces_of(pair.local) & namespaces_of(pair.remote)


def assert_same_mentions(genes: Iterable[Gene], mentions: Iterable[Gene]) -> None:
    """Every fact of the mentions stands in the genes, and none besides."""
    genes, mentions = list(genes), list(mentions)
    assert ids_of(genes) == ids_of(mentions)
    assert names_of(genes) == names_of(mentions)
    for mention in mentions:
        hosts = [gene for gene in genes if mention.ids <= gene.ids and mention.names <= gene.names]
        assert any(
            mention.words <= host.words and mention.sources <= host.sources for host in hosts
        )
    assert len(genes) <= len(mentions)


def ids_of(genes: Iterable[Gene]) -> set[str]:
    return {curie for gene in genes for curie in gene.ids}


def names_of(genes: Iterable[Gene]) -> set[str]:
    return {name for gene in genes for name in gene.names}


def namespaces_of(gene: Gene) -> set[str]:
    return {namespace_of(curie) for curie in gene.ids}


TNF = make_gene("TNF", "ncbigene:7124")


@pytest.mark.parametrize(
    ("local", "remote", "classes"),
    [
        ([TNF], [TNF], "shared"),
        ([TNF], [make_gene("TNFA", "ncbigene:7124")], "shared"),
        ([TNF], [make_gene("TNF", "ensembl:ENSG00000232810")], "shared"),
        ([TNF], [make_gene("TNF", "ncbigene:7125")], "reidentified"),
        ([TNF], [make_gene("TNF", "ncbigene:7125", "ensembl:E1")], "reidentified"),
        ([TNF], [make_gene("TNF")], "shared"),
        ([make_gene("TNF")], [TNF], "shared"),
        ([make_gene("TNF")], [make_gene("TNF")], "shared"),
        (
            [make_gene("Tor", "ncbigene:47396")],
            [make_gene("tor", "ncbigene:35717")],
            "missing extra",
        ),
        ([make_gene("Tor")], [make_gene("tor")], "missing extra"),
        ([TNF], [make_gene("IL6", "ncbigene:3569")], "missing extra"),
        ([make_gene("TNF", "ncbigene:7124", "ncbigene:7125")], [TNF], "shared"),
        ([TNF], [make_gene("TNF", "ncbigene:7124", "ncbigene:7125")], "shared"),
        ([TNF, make_gene("TNFA", "ncbigene:7124")], [TNF], "shared"),
        ([TNF, make_gene("TNF")], [TNF], "shared"),
        ([TNF], [TNF, make_gene("TNF")], "shared"),
        ([TNF], [make_gene("TNFA", "ncbigene:7124"), make_gene("TNF")], "shared"),
        ([make_gene("TNFA", "ncbigene:7124"), make_gene("TNF")], [TNF], "shared"),
        ([TNF, make_gene("TNF", "ncbigene:7125")], [TNF], "shared missing"),
        ([TNF], [TNF, make_gene("TNF", "ncbigene:7125")], "shared extra"),
        (
            [make_gene("p53", names=frozenset({"p53", "TP53"}))],
            [make_gene("TP53", "ncbigene:7157")],
            "shared",
        ),
        ([], [TNF], "extra"),
        ([TNF], [], "missing"),
        ([], [], ""),
    ],
    ids=[
        "same",
        "other-symbol",
        "no-common-namespace",
        "other-id",
        "other-id-and-one-more",
        "id-missing-there",
        "id-missing-here",
        "no-ids",
        "case-and-ids",
        "case",
        "different",
        "second-id-lacking-there",
        "second-id-lacking-here",
        "two-rows-one-gene",
        "repeated-without-id",
        "repeated-without-id-there",
        "second-name-without-id-there",
        "second-name-without-id-here",
        "namesake-missing",
        "namesake-extra",
        "second-name",
        "extra",
        "missing",
        "nothing",
    ],
)
def test_matching_follows_the_design(local: list[Gene], remote: list[Gene], classes: str) -> None:
    matching = match_genes(local, remote)

    found = {
        "shared": matching.shared,
        "reidentified": matching.reidentified,
        "missing": matching.missing,
        "extra": matching.extra,
    }
    assert " ".join(name for name, genes in found.items() for _ in genes) == classes


def test_a_gene_without_identifier_joins_the_same_pair_whichever_side_is_local() -> None:
    local = [make_gene("A", "ncbigene:1"), make_gene("B", "ncbigene:2"), make_gene("N")]
    remote = [
        make_gene("Z", "ncbigene:1", names=frozenset({"Z", "N"})),
        make_gene("Y", "ncbigene:2", names=frozenset({"Y", "N"})),
    ]

    assert by_repr(match_genes(local, remote)) == swapped(match_genes(remote, local))


def test_one_gene_under_several_words_is_one_gene_with_several_words() -> None:
    rows = [
        make_gene("CXCL8", "ncbigene:3576", words=frozenset({"IL-8"}), organism="9606"),
        make_gene("IL8", "ncbigene:3576", words=frozenset({"IL8"}), sources=frozenset({"alias"})),
    ]

    assert unite_genes(rows) == (
        make_gene(
            "CXCL8",
            "ncbigene:3576",
            names=frozenset({"CXCL8", "IL8"}),
            words=frozenset({"IL-8", "IL8"}),
            sources=frozenset({"alias"}),
        ),
    )


def test_identifiers_join_genes_through_others() -> None:
    chain_of_three = [
        make_gene("A", "ncbigene:1"),
        make_gene("B", "ncbigene:1", "ensembl:1"),
        make_gene("C", "ensembl:1"),
    ]

    (gene,) = unite_genes(chain_of_three)

    assert (gene.symbol, gene.names) == ("A", frozenset("ABC"))


def test_a_gene_can_be_listed_where_one_of_its_mentions_can() -> None:
    listed, unlisted = make_gene("MIR21", "mirbase:MI1"), make_gene("MIR21", listable=False)

    (gene,) = unite_genes([unlisted, listed])

    assert gene.listable


def test_the_organism_of_a_gene_is_known_where_all_mentions_agree() -> None:
    (same,) = unite_genes([make_gene(name, "ncbigene:1", organism="9606") for name in "AB"])
    (mixed,) = unite_genes(
        [make_gene("A", "ncbigene:1", organism="9606"), make_gene("B", "ncbigene:1")]
    )

    assert (same.organism, mixed.organism) == ("9606", "")
