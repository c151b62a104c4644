"""Identifiers fold to one CURIE, and two lists of genes match by the rules of the design."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, permutations, product
from random import Random

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sync.match.gene_groups import group_genes, group_mentions, unite_genes
from sync.match.genes import GeneMatching, GenePair, match_genes, pair_equal
from sync.match.mentions import evidence_of, fold_all, fold_names
from sync.model import Gene
from tests.nouns import make_gene
from tests.strategies import GENE_LISTS, SAID, Said


@given(GENE_LISTS, st.randoms(use_true_random=False))
def test_the_order_of_mentions_does_not_matter_to_uniting(
    genes: list[Gene], random: Random
) -> None:
    shuffled = genes.copy()
    random.shuffle(shuffled)

    assert unite_genes(shuffled) == unite_genes(genes)


@given(GENE_LISTS)
def test_uniting_loses_and_invents_nothing(genes: list[Gene]) -> None:
    united = unite_genes(genes)

    for facts in ("ids", "names"):
        assert set().union(*(getattr(gene, facts) for gene in united)) == set().union(
            *(getattr(gene, facts) for gene in genes)
        )
    for mention in genes:
        hosts = [gene for gene in united if mention.ids <= gene.ids and mention.names <= gene.names]
        assert any(
            mention.words <= host.words and mention.sources <= host.sources for host in hosts
        )
    assert len(united) <= len(genes)


@given(GENE_LISTS)
def test_only_an_identifier_of_the_gene_unites_mentions_that_disagree(genes: list[Gene]) -> None:
    for united, places in group_mentions(genes):
        mentions = [genes[place] for place in places]
        held: list[set[str]] = []
        for ids in (set(evidence_of(mention).stable) for mention in mentions):
            apart = [group for group in held if group.isdisjoint(ids)]
            held = [*apart, ids.union(*(group for group in held if group not in apart))]
        chained = len([group for group in held if group]) <= 1
        assert chained or not any(
            evidence_of(one).contradicts(evidence_of(other))
            for one, other in combinations(mentions, 2)
        ), united


@given(GENE_LISTS, GENE_LISTS, st.randoms(use_true_random=False))
def test_the_order_of_genes_does_not_matter_to_matching(
    local: list[Gene], remote: list[Gene], random: Random
) -> None:
    matching = match_genes(local, remote)
    random.shuffle(local)
    random.shuffle(remote)

    assert match_genes(local, remote) == matching


@given(GENE_LISTS, GENE_LISTS)
def test_saying_a_gene_twice_changes_nothing(local: list[Gene], remote: list[Gene]) -> None:
    assert match_genes([*local, *local], remote) == match_genes(local, remote)


@given(GENE_LISTS)
def test_a_list_matches_itself(genes: list[Gene]) -> None:
    matching = match_genes(genes, genes)

    assert (matching.missing, matching.extra, matching.reidentified) == ((), (), ())
    assert all(pair.local == pair.remote for pair in matching.shared)


@given(GENE_LISTS, st.randoms(use_true_random=False))
def test_what_is_equal_at_once_is_what_matching_finds_shared(
    genes: list[Gene], random: Random
) -> None:
    shuffled = random.sample(genes, len(genes))
    others = pair_equal(genes, shuffled)
    assume(others is not None)
    matching = match_genes(genes, shuffled)
    pairs = [GenePair(one, other) for one, other in zip(genes, others or (), strict=True)]
    assert sorted(matching.shared, key=repr) == sorted(pairs, key=repr)
    assert matching == GeneMatching(matching.shared, (), (), ())


@given(GENE_LISTS, GENE_LISTS)
@example(
    [make_gene("A", "ncbigene:1"), make_gene("B", "ncbigene:2"), make_gene("N")],
    [  # what has no identifier joins the same pair from either side
        make_gene("Z", "ncbigene:1", names=frozenset({"Z", "N"})),
        make_gene("Y", "ncbigene:2", names=frozenset({"Y", "N"})),
    ],
)
def test_swapping_the_sides_swaps_missing_and_extra(local: list[Gene], remote: list[Gene]) -> None:
    there, back = match_genes(local, remote), match_genes(remote, local)

    assert (there.missing, there.extra) == (back.extra, back.missing)
    for pairs, turned in ((there.shared, back.shared), (there.reidentified, back.reidentified)):
        assert {(pair.local, pair.remote) for pair in pairs} == {
            (pair.remote, pair.local) for pair in turned
        }


@given(GENE_LISTS, GENE_LISTS)
@example(
    [make_gene("TNF", "ncbigene:1")],
    [
        make_gene("TNF", "ncbigene:1"),
        make_gene("TNF", "ncbigene:1", "ensembl:2"),  # lies between two genes, and so lists both
        make_gene("TNF", "ncbigene:2", "ensembl:2"),
        make_gene("TNF", "ncbigene:2"),
    ],
)
def test_only_what_lists_several_genes_or_is_called_like_that_may_be_in_no_class(
    local: list[Gene], remote: list[Gene]
) -> None:
    matching = match_genes(local, remote)
    families = group_genes(local, remote).families
    listing = [gene for family in families for gene in (*family.local, *family.remote)]

    pairs = [*matching.shared, *matching.reidentified]
    ours = [*(pair.local for pair in pairs), *matching.missing]
    theirs = [*(pair.remote for pair in pairs), *matching.extra]

    for genes, classed in ((local, ours), (remote, theirs)):
        for gene in genes:
            assert (
                (families and not evidence_of(gene).gene_ids)
                or gene in listing
                or any(gene.ids <= each.ids for each in matching.contradictory)
                or any(gene.ids <= each.ids and gene.names <= each.names for each in classed)
            )


@given(SAID)
def test_a_network_that_says_what_the_record_says_is_in_sync(said: tuple[Said, ...]) -> None:
    matching = match_genes(*both_sides(said))

    assert (matching.missing, matching.extra, matching.reidentified) == ((), (), ())
    assert len(matching.shared) == len(said)


@given(SAID)
def test_one_gene_that_is_changed_is_found_and_nothing_else(said: tuple[Said, ...]) -> None:
    local, remote = both_sides(said)
    for each in said:
        without = match_genes(local, [gene for gene in remote if gene not in each.remote])
        assert (without.missing, without.extra, without.reidentified) == ((each.local,), (), ())

        beside = match_genes([gene for gene in local if gene != each.local], remote)
        assert (beside.missing, beside.reidentified) == ((), ())
        assert beside.extra == unite_genes(each.remote)

        renamed = [Gene("RENAMED", gene.ids) if gene in each.remote else gene for gene in remote]
        matching = match_genes(local, renamed)
        assert (matching.missing, matching.extra, matching.reidentified) == ((), (), ())
        [pair] = [pair for pair in matching.shared if pair.local == each.local]
        assert pair.remote.names == {"RENAMED"}


def both_sides(said: Iterable[Said]) -> tuple[list[Gene], list[Gene]]:
    genes = list(said)
    return [each.local for each in genes], [gene for each in genes for gene in each.remote]


@given(GENE_LISTS, GENE_LISTS)
def test_reidentified_genes_share_a_label_and_disagree(
    local: list[Gene], remote: list[Gene]
) -> None:
    for pair in match_genes(local, remote).reidentified:
        assert pair.local.names & pair.remote.names
        assert evidence_of(pair.local).disagrees(evidence_of(pair.remote))


def make_genes(*rows: str) -> list[Gene]:
    """Make genes of ``name id id …``; a blank in a name is written ``_``."""
    split = [row.split(" ") for row in rows]
    return [make_gene(name.replace("_", " "), *ids) for name, *ids in split]


CALM1 = "CALM1 ncbigene:801 ensembl:ENSG00000198668 hgnc.symbol:CALM1 uniprot:P0DP23"
CALM2 = "CALM2 ncbigene:805 ensembl:ENSG00000143933 hgnc.symbol:CALM2 uniprot:P0DP23"
CALM3 = "CALM3 ncbigene:808 ensembl:ENSG00000160014 hgnc.symbol:CALM3 uniprot:P0DP23"
CALM = "CALM ncbigene:801 ncbigene:805 ncbigene:808"
TLR4 = "TLR4 ncbigene:7099 ensembl:ENSG00000136869"
CD14 = "CD14 ncbigene:929 ensembl:ENSG00000170458"

UNITED = {
    "a gene-level id in common": (["A ncbigene:1", "B ncbigene:1 ensembl:1"], ["A|B"]),
    "a stable id in common, whatever the symbols": (
        ["A ncbigene:1 hgnc.symbol:A", "B ncbigene:1 hgnc.symbol:B"],
        ["A|B"],
    ),
    "a symbol in common": (["A hgnc.symbol:A", "B hgnc.symbol:A ncbigene:1"], ["A|B"]),
    "a symbol in common and other stable ids": (
        ["A hgnc.symbol:A ncbigene:1", "B hgnc.symbol:A ncbigene:2"],
        ["A", "B"],
    ),
    "a product in common": (["A uniprot:P1", "B uniprot:P1 ncbigene:1"], ["A|B"]),
    "a product in common and other genes": ([CALM1, CALM2, CALM3], ["CALM1", "CALM2", "CALM3"]),
    "a product in common and other symbols": (
        ["A uniprot:P1 hgnc.symbol:A", "B uniprot:P1 hgnc.symbol:B"],
        ["A", "B"],
    ),
    "a label in common": (["A kegg.genes:4790", "A ensembl:ENSG00000109320"], ["A"]),
    "a label in common and other products": (["A uniprot:P1", "A uniprot:P2"], ["A"]),
    "a label in common and other genes": (["A ncbigene:1", "A ncbigene:2"], ["A", "A"]),
    "a label in common but for what cannot be seen": (
        ["TGF_beta", "TGF\u00a0beta ncbigene:7040", "\u200bTGF_beta kegg.genes:7040"],
        ["TGF beta|TGF\u00a0beta|\u200bTGF beta"],
    ),
    "labels that differ in case": (["Tor", "tor"], ["Tor", "tor"]),
    "a product of two genes joins neither": (
        [CALM1, CALM2, "calmodulin uniprot:P0DP23"],
        ["CALM1", "CALM2", "calmodulin"],
    ),
    "a product of two genes joins the one of its label": (
        [CALM1, CALM2, "CALM1 uniprot:P0DP23"],
        ["CALM1", "CALM2"],
    ),
    "a label of two genes joins neither": (
        ["A", "A ncbigene:1", "A ncbigene:2"],
        ["A", "A", "A"],
    ),
    "a mention between two that disagree joins neither": (
        ["A ncbigene:1 ensembl:1", "M ncbigene:1 ensembl:2", "B ncbigene:2 ensembl:2"],
        ["A", "B", "M"],
    ),
    "two genes by their labels, though a wrong product is in between": (
        ["A ncbigene:1", "A ncbiprotein:1", "B ncbiprotein:1", "B ncbigene:2"],
        ["A", "B"],
    ),
    "a family unites nothing": ([CALM, CALM1, CALM2], ["CALM", "CALM1", "CALM2"]),
    "a family drawn twice": ([CALM, CALM.replace("CALM", "CaM")], ["CALM|CaM"]),
    "what bears a family's name and no id": ([CALM, CALM1, "CALM"], ["CALM", "CALM1"]),
}


@pytest.mark.parametrize(("rows", "expected"), UNITED.values(), ids=UNITED)
def test_which_mentions_are_one_gene(rows: list[str], expected: list[str]) -> None:
    for mentions in permutations(make_genes(*rows)):
        united = unite_genes(mentions)

        assert sorted("|".join(sorted(gene.names)) for gene in united) == sorted(expected)


TNF, TNFA = "TNF ncbigene:7124", "TNFA ncbigene:7124"
TNF_2 = "TNF ncbigene:7125"
CLASSES = {
    "same": ([TNF], [TNF], "shared"),
    "other symbol": ([TNF], [TNFA], "shared"),
    "no common namespace": ([TNF], ["TNF ensembl:ENSG00000232810"], "shared"),
    "other id": ([TNF], [TNF_2], "reidentified"),
    "other id and one more": ([TNF], [f"{TNF_2} ensembl:E1"], "reidentified"),
    "id missing there": ([TNF], ["TNF"], "shared"),
    "id missing here": (["TNF"], [TNF], "shared"),
    "case and ids": (["Tor ncbigene:47396"], ["tor ncbigene:35717"], "missing extra"),
    "case": (["Tor"], ["tor"], "missing extra"),
    "second id lacking there": ([f"{TNF} ncbigene:7125"], [TNF], "shared"),
    "second id lacking here": ([TNF], [f"{TNF} ncbigene:7125"], "shared"),
    "two rows, one gene": ([TNF, TNFA], [TNF], "shared"),
    "repeated without id": ([TNF, "TNF"], [TNF], "shared"),
    "repeated without id there": ([TNF], [TNF, "TNF"], "shared"),
    "second name without id there": ([TNF], [TNFA, "TNF"], "shared"),
    "second name without id here": ([TNFA, "TNF"], [TNF], "shared"),
    "namesake missing": ([TNF, TNF_2], [TNF], "shared missing"),
    "namesake extra": ([TNF], [TNF, TNF_2], "shared extra"),
    "extra": ([], [TNF], "extra"),
    "missing": ([TNF], [], "missing"),
    "nothing": ([], [], ""),
}


@pytest.mark.parametrize(("rows", "nodes", "classes"), CLASSES.values(), ids=CLASSES)
def test_matching_follows_the_design(rows: list[str], nodes: list[str], classes: str) -> None:
    assert classes_of(match_genes(make_genes(*rows), make_genes(*nodes))) == classes


def classes_of(matching: GeneMatching) -> str:
    names = ("shared", "reidentified", "missing", "extra")
    return " ".join(name for name in names for _ in getattr(matching, name))


MATCHED = {
    "genes of one product, one there": (
        [CALM1, CALM2, CALM3],
        ["CALM1 ensembl:ENSG00000198668 uniprot:P0DP23"],
        "missing CALM2, missing CALM3",
    ),
    "a product that could be any": (
        [CALM1, CALM2],
        ["calmodulin uniprot:P0DP23"],
        "missing CALM1, missing CALM2, extra calmodulin, ambiguous calmodulin",
    ),
    "a symbol that changed": (
        ["CCN2 hgnc.symbol:CCN2 uniprot:P29279"],
        ["CTGF hgnc.symbol:CTGF uniprot:P29279"],
        "renamed CTGF to CCN2",
    ),
    "another symbol for one label": (
        ["p53 hgnc.symbol:TP53"],
        ["p53 hgnc.symbol:TRP53"],
        "reidentified p53",
    ),
    "one label for two genes, and the network has another": (
        ["A ncbigene:1", "A ncbigene:2"],
        ["A ncbigene:3"],
        "missing A, reidentified A",
    ),
    "a family row and rows of its genes": (
        [CALM, CALM1, CALM2, CALM3, TLR4],
        ["CALM1 ncbigene:801", "TLR4 ncbigene:7099"],
        "missing CALM2, missing CALM3",
    ),
    "a family row and a node of each gene": (
        [CALM],
        ["CALM1 ncbigene:801", "CALM2 ncbigene:805"],
        "",
    ),
    "a node of a family and a row of each gene": ([CALM1, CALM2], [CALM], ""),
    "a family row of which nothing is there": ([CALM, TLR4], [TLR4], "missing CALM"),
    "a family on both sides, and one of its genes": (
        [CALM],
        [CALM, "CALM1 ncbigene:801"],
        "extra CALM1, listed CALM1 by CALM",
    ),
    "families that list a common gene": (
        ["PI3K ncbigene:5290 ncbigene:5291"],
        ["p110 ncbigene:5291 ncbigene:5293"],
        "renamed p110 to PI3K",
    ),
    "a family by its label": (["HDAC1/HDAC2 ncbigene:3065 ncbigene:3066"], ["HDAC1/HDAC2"], ""),
    "a family by label and product, beside a gene of that product": (
        ["H4C5 ncbigene:8367 uniprot:P62805", "H4 ncbigene:8367 ncbigene:8359 uniprot:P62805"],
        ["H4 uniprot:P62805"],
        "missing H4C5",
    ),
    "a wrong second id": (
        ["TLR4 ncbigene:7099 ncbigene:929", CD14],
        ["TLR4 ncbigene:7099"],
        "missing CD14",
    ),
    "a wrong second id that another id contradicts": (
        [f"{TLR4} ncbigene:929", CD14],
        ["TLR4 ncbigene:7099", "CD14 ncbigene:929"],
        "contradictory TLR4",
    ),
    "a wrong second id that is another's only one in the network": (
        ["C ensembl:ENSG1 ncbigene:1", "D ensembl:ENSG2"],
        ["C ensembl:ENSG1", "D ensembl:ENSG2 ncbigene:1"],
        "",
    ),
    "a wrong second id that is another's only one in the record": (
        ["C ensembl:ENSG1 ncbigene:2", "D ensembl:ENSG2"],
        ["C ensembl:ENSG1 ncbigene:1", "D ensembl:ENSG2 ncbigene:2"],
        "reidentified C, contradictory C",
    ),
    "ids of two genes on one node": (
        [TLR4, CD14],
        ["TLR4 ncbigene:7099 ensembl:ENSG00000170458"],
        "missing CD14, reidentified TLR4, contradictory TLR4",
    ),
}


@pytest.mark.parametrize(("rows", "nodes", "expected"), MATCHED.values(), ids=MATCHED)
def test_what_is_found_of_two_lists(rows: list[str], nodes: list[str], expected: str) -> None:
    local, remote = make_genes(*rows), make_genes(*nodes)

    for one, other in product((local, local[::-1]), (remote, remote[::-1])):
        assert ", ".join(describe(match_genes(one, other))) == expected


def describe(matching: GeneMatching) -> Iterator[str]:
    yield from (f"missing {gene.symbol}" for gene in matching.missing)
    yield from (f"extra {gene.symbol}" for gene in matching.extra)
    for pair in matching.shared:
        if not pair.partial and pair.local.names.isdisjoint(pair.remote.names):
            yield f"renamed {pair.remote.symbol} to {pair.local.symbol}"
    yield from (f"reidentified {pair.local.symbol}" for pair in matching.reidentified)
    yield from (f"listed {pair.remote.symbol} by {pair.local.symbol}" for pair in matching.listed)
    yield from (f"ambiguous {gene.symbol}" for gene in matching.ambiguous)
    yield from (f"contradictory {gene.symbol}" for gene in matching.contradictory)


def test_one_gene_under_several_words_is_one_gene_with_several_words() -> None:
    rows = [
        make_gene("CXCL8", "ncbigene:3576", words=frozenset({"IL-8"}), listable=False),
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


def test_the_organism_of_a_gene_is_known_where_all_mentions_agree() -> None:
    (same,) = unite_genes([make_gene(name, "ncbigene:1", organism="9606") for name in "AB"])
    (mixed,) = unite_genes(
        [make_gene("A", "ncbigene:1", organism="9606"), make_gene("B", "ncbigene:1")]
    )

    assert (same.organism, mixed.organism) == ("9606", "")


@given(st.lists(st.frozensets(st.text("ab \t\n\u00a0\u200b\u0301\ufb01e", max_size=3), max_size=2)))
def test_the_names_of_many_genes_are_folded_as_those_of_each(names: list[frozenset[str]]) -> None:
    assert [*fold_all(names)] == [*map(fold_names, names)]
