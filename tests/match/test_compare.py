"""From a record and an observation to a verdict, in both directions of every difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.dates import time_of
from sync.match.compare import DesiredState, compare, judge_unmapped
from sync.model import (
    HIDDEN_BY_INDEX,
    Absent,
    Broken,
    CheckResult,
    DifferenceKind,
    Gene,
    GeneCounts,
    NetworkTimes,
    Observation,
    Record,
    Refused,
    Unanswered,
    Verdict,
    Visibility,
)
from tests.nouns import FIGURE, NETWORK, PATHWAY, make_gene, make_properties, see

CXCL8 = make_gene("CXCL8", "ncbigene:3576", words=frozenset({"IL-8"}))
IL1B = make_gene("IL1B", "ncbigene:3553", organism="9606")
TNF = make_gene("TNF", "ncbigene:7124")
AOPEP, C9ORF3 = make_gene("AOPEP", "ncbigene:84909"), make_gene("C9orf3", "ncbigene:84909")


def spelled(*words: str, source: str = "") -> Gene:
    """CXCL8 as these words, found by a source."""
    sources = frozenset({source} if source else ())
    return make_gene("CXCL8", "ncbigene:3576", words=frozenset(words), sources=sources)


def check(record: Record, observation: Observation) -> CheckResult:
    return compare(record, NETWORK, observation)


def with_genes(record: Record, *genes: Gene) -> Record:
    return replace(record, genes=genes)


def kinds(result: CheckResult) -> list[tuple[str, str]]:
    return [(item.kind.value, item.symbol or item.name) for item in result.differences]


def test_same_genes_and_properties_are_in_sync() -> None:
    result = check(with_genes(FIGURE, CXCL8, IL1B), see(FIGURE, IL1B, CXCL8))

    assert result.verdict is Verdict.IN_SYNC
    assert result.differences == ()
    assert result.genes == GeneCounts(local=2, remote=2, shared=2)


def test_a_missing_and_an_extra_gene_are_named_with_their_identifiers() -> None:
    result = check(with_genes(FIGURE, CXCL8, IL1B), see(FIGURE, IL1B, TNF))

    assert result.verdict is Verdict.DRIFTED
    assert kinds(result) == [("gene_missing", "CXCL8"), ("gene_extra", "TNF")]
    missing, extra = result.differences
    assert (missing.ids, missing.local, missing.remote) == (
        ("ncbigene:3576",),
        {"word": "IL-8"},
        None,
    )
    assert (extra.ids, extra.local, extra.remote) == (("ncbigene:7124",), None, {})


GENE_DIFFERENCES = {
    "a drawn label beside the official symbol is no renaming": (
        make_gene("AIMP2", "ensembl:ENSG1", names=frozenset({"AIMP2", "P38"})),
        make_gene("P38", "ensembl:ENSG1"),
        [],
    ),
    "a line break in a label is no renaming": (
        make_gene("Collagen alpha", "ncbigene:1277"),
        make_gene("Collagen\nalpha", "ncbigene:1277"),
        [],
    ),
    "another identifier and another word": (
        make_gene("TNF", "ncbigene:7124", words=frozenset({"TNF-a"})),
        make_gene("TNF", "ncbigene:21926", words=frozenset({"TNFa"})),
        [("gene_reidentified", "TNF"), ("gene_attribute", "TNF")],
    ),
    "another word": (spelled("IL-8"), spelled("IL8"), [("gene_attribute", "CXCL8")]),
    "the same word with what cannot be seen in it": (
        spelled("IL-8"),
        spelled("\u200bIL-8\u00a0"),
        [],
    ),
    "one of several words, as one node can hold one only": (
        spelled("IL-8", "Chemokines"),
        spelled("IL-8"),
        [],
    ),
    "no word at all": (spelled("IL-8"), spelled(), []),
    "another source": (
        spelled(source="hgnc_symbol"),
        spelled(source="bioentities_symbol"),
        [("gene_attribute", "CXCL8")],
    ),
}


@pytest.mark.parametrize(
    ("local", "remote", "expected"), GENE_DIFFERENCES.values(), ids=GENE_DIFFERENCES
)
def test_gene_differences(local: Gene, remote: Gene, expected: list[tuple[str, str]]) -> None:
    assert kinds(check(with_genes(FIGURE, local), see(FIGURE, remote))) == expected


def test_a_renaming_shows_both_symbols_and_a_reidentified_gene_both_identifiers() -> None:
    [renamed] = check(with_genes(FIGURE, AOPEP), see(FIGURE, C9ORF3)).differences
    result = check(with_genes(FIGURE, TNF), see(FIGURE, make_gene("TNF", "ncbigene:21926")))
    [other] = result.differences

    assert (renamed.kind, other.kind) == ("gene_renamed", "gene_reidentified")
    assert (renamed.local, renamed.remote) == ({"symbol": "AOPEP"}, {"symbol": "C9orf3"})
    assert (other.local, other.remote) == ({"ids": "ncbigene:7124"}, {"ids": "ncbigene:21926"})
    assert result.genes == GeneCounts(local=1, remote=1, shared=0)


def test_a_drifted_record_names_the_genes_that_both_have_under_one_name() -> None:
    there = see(FIGURE, CXCL8, C9ORF3)

    assert check(with_genes(FIGURE, CXCL8, AOPEP), there).shared_genes == ("CXCL8",)
    assert check(with_genes(FIGURE, CXCL8), see(FIGURE, CXCL8)).shared_genes == ()


def test_genes_that_the_node_table_cannot_hold_are_extra_only_with_the_gpml_file() -> None:
    mirna = make_gene("MIR21", "mirbase:MI0000077", listable=False)
    record = with_genes(PATHWAY, TNF)
    result = check(record, see(PATHWAY, TNF, mirna))
    drawn = check(replace(record, lists_every_gene=True), see(PATHWAY, TNF, mirna))

    assert result.verdict is Verdict.IN_SYNC
    assert "not comparable" in result.messages[0]
    assert "MIR21" in result.messages[0]
    assert kinds(drawn) == [("gene_extra", "MIR21")]


def test_an_extra_gene_that_a_row_of_several_genes_lists_says_so() -> None:
    calm = make_gene("CALM", "ncbigene:801", "ncbigene:805")
    result = check(with_genes(FIGURE, calm), see(FIGURE, calm, make_gene("CALM1", "ncbigene:801")))

    [extra] = result.differences
    assert (extra.kind, extra.symbol) == (DifferenceKind.GENE_EXTRA, "CALM1")
    assert extra.local == {"family": "CALM"}
    assert "CALM1 is only on NDEx, but CALM in the record lists several genes" in result.messages[0]


def test_what_cannot_hold_it_is_not_said_to_list_an_extra_gene() -> None:
    mir = make_gene("MIR16", "mirbase:MI1", "mirbase:MI2")
    there = make_gene("MIR16-1", "mirbase:MI1", listable=False)
    result = check(with_genes(PATHWAY, mir), see(PATHWAY, mir, there))

    assert result.verdict is Verdict.IN_SYNC
    assert [message for message in result.messages if "only on NDEx" in message] == []


def test_a_network_node_of_several_genes_is_no_renaming_of_each() -> None:
    rows = make_gene("HDAC1", "ncbigene:3065"), make_gene("HDAC2", "ncbigene:3066")
    node = make_gene("class I HDACs", "ncbigene:3065", "ncbigene:3066")
    result = check(with_genes(FIGURE, *rows), see(FIGURE, node))

    assert result.differences == ()
    assert result.genes == GeneCounts(local=2, remote=2, shared=2)


@pytest.mark.parametrize(
    ("there", "note"),
    [
        (
            [make_gene("calmodulin", "uniprot:P0DP23")],
            "calmodulin (uniprot:P0DP23) could be one of several different genes",
        ),
        (
            [make_gene("CALM", "ncbigene:801", "ensembl:ENSG00000143933")],
            "CALM (ensembl:ENSG00000143933, ncbigene:801) contradicts itself",
        ),
    ],
    ids=["ambiguous", "contradictory"],
)
def test_a_mention_that_is_of_no_one_gene_is_named_in_a_note(there: list[Gene], note: str) -> None:
    calm1 = make_gene("CALM1", "ncbigene:801", "ensembl:ENSG00000198668", "uniprot:P0DP23")
    calm2 = make_gene("CALM2", "ncbigene:805", "ensembl:ENSG00000143933", "uniprot:P0DP23")
    result = check(with_genes(FIGURE, calm1, calm2), see(FIGURE, *there))

    assert [message for message in result.messages if note in message]


def test_a_mangled_symbol_is_told_where_both_sides_have_it() -> None:
    mangled = make_gene("2-Sep", "ncbigene:4735")
    result = check(with_genes(FIGURE, mangled), see(FIGURE, mangled))

    assert result.verdict is Verdict.IN_SYNC
    assert [message for message in result.messages if "a spreadsheet makes" in message] == [
        f"'2-Sep' in {side} (ncbigene:4735) is what a spreadsheet makes of a symbol"
        for side in ("the record", "NDEx")
    ]


def test_a_property_shows_old_and_new_value_and_none_where_it_is_not_set() -> None:
    properties = make_properties(FIGURE, publicationYear="2014", pmcId=None)
    unset, changed = check(FIGURE, see(FIGURE, properties=properties)).differences

    assert (unset.name, unset.local, unset.remote) == ("pmcId", {"value": "PMC1"}, None)
    assert (changed.local, changed.remote) == ({"value": "2015"}, {"value": "2014"})


@pytest.mark.parametrize(
    ("member", "expected"),
    [(True, []), (None, []), (False, [("membership", "member")])],
    ids=["in the set", "not known", "not in the set"],
)
def test_membership(member: bool | None, expected: list[tuple[str, str]]) -> None:
    assert kinds(check(FIGURE, see(FIGURE, member=member))) == expected


def test_without_knowing_the_membership_nothing_is_called_in_sync() -> None:
    doubted = replace(see(FIGURE), doubt="the set could not be listed")
    drifted = replace(see(FIGURE, TNF), doubt="the set could not be listed")

    assert check(FIGURE, doubted).verdict is Verdict.FAILED
    assert check(FIGURE, doubted).messages == ("the set could not be listed",)
    assert check(FIGURE, drifted).verdict is Verdict.DRIFTED
    assert "the set could not be listed" in check(FIGURE, drifted).messages
    assert check(FIGURE, drifted).doubt == "the set could not be listed"


def test_drift_tells_when_the_network_was_made_and_changed() -> None:
    drifted = check(FIGURE, see(FIGURE, TNF, created_ms=7, modified_ms=9))

    assert drifted.times == NetworkTimes(time_of(7), time_of(9))
    assert check(FIGURE, see(FIGURE, created_ms=7, modified_ms=9)).times is None


@pytest.mark.parametrize("changed_ms", [0, -1, 10**20])
def test_a_time_that_no_calendar_has_leaves_the_times_out(changed_ms: int) -> None:
    assert check(FIGURE, see(FIGURE, TNF, created_ms=7, modified_ms=changed_ms)).times is None


def test_state_is_compared_where_the_configuration_asks_for_it() -> None:
    desired = DesiredState(visibility=Visibility.PUBLIC, read_only=True)
    seen = see(FIGURE, visibility=Visibility.PRIVATE, read_only=False)

    assert kinds(compare(FIGURE, NETWORK, seen, desired)) == [
        ("state", "visibility"),
        ("state", "read_only"),
    ]
    assert kinds(compare(FIGURE, NETWORK, see(FIGURE), desired)) == []
    assert kinds(compare(FIGURE, NETWORK, seen)) == []


def test_a_network_that_the_search_has_lost_is_named() -> None:
    """A metadata write at index level META or ALL leaves it incomplete for good (contract 3.5)."""
    lost = see(FIGURE, completed=False, valid=True, index_level="ALL")
    [difference] = check(FIGURE, lost).differences

    assert (difference.kind, difference.name) == (DifferenceKind.STATE, "search")
    assert (difference.local, difference.remote) == ({"value": "ALL"}, {"value": "lost"})


@pytest.mark.parametrize(
    "changes",
    [{"index_level": "NONE"}, {"completed": True}, {"valid": False}, {"error_message": "no Solr"}],
    ids=lambda changes: next(iter(changes)),
)
def test_what_only_looks_like_lost_by_the_search_is_not(changes: dict[str, object]) -> None:
    facts = {"completed": False, "valid": True, "index_level": "ALL", **changes}
    seen = see(FIGURE)
    summary = replace(seen.summary, **facts)  # type: ignore[arg-type]

    assert check(FIGURE, replace(seen, summary=summary)).verdict is Verdict.IN_SYNC


HIDDEN = replace(see(FIGURE, visibility=Visibility.PRIVATE, read_only=False), index_failed=True)


def test_a_network_that_a_failed_index_hid_is_named_whatever_is_configured() -> None:
    hidden = check(FIGURE, HIDDEN)
    [difference] = hidden.differences

    assert (difference.name, difference.local) == ("visibility", None)
    assert difference.remote == {"value": "PRIVATE"}
    assert hidden.messages[0] == HIDDEN_BY_INDEX
    configured = compare(FIGURE, NETWORK, HIDDEN, DesiredState(visibility=Visibility.PUBLIC))
    assert [each.local for each in configured.differences] == [{"value": "PUBLIC"}]
    assert HIDDEN_BY_INDEX not in configured.messages


def test_a_network_that_is_meant_to_be_private_or_is_shown_again_is_not_hidden() -> None:
    private = DesiredState(visibility=Visibility.PRIVATE)

    assert compare(FIGURE, NETWORK, HIDDEN, private).verdict is Verdict.IN_SYNC
    assert check(FIGURE, replace(see(FIGURE), index_failed=True)).verdict is Verdict.IN_SYNC


OTHER_OBSERVATIONS: dict[str, tuple[Observation, Verdict, str]] = {
    "absent": (Absent(), Verdict.MISSING, "does not have this network"),
    "in the trash": (Absent(in_trash=True), Verdict.MISSING, "POST /v3/files/trash/restore"),
    "refused": (Refused("it is private"), Verdict.UNREADABLE, "it is private"),
    "broken": (Broken("load failed"), Verdict.INVALID_NETWORK, "load failed"),
    "unanswered": (Unanswered("timed out"), Verdict.FAILED, "timed out"),
}


@pytest.mark.parametrize(
    ("observation", "verdict", "message"), OTHER_OBSERVATIONS.values(), ids=OTHER_OBSERVATIONS
)
def test_what_could_not_be_read_is_a_verdict_with_its_reason(
    observation: Observation, verdict: Verdict, message: str
) -> None:
    record = replace(FIGURE, notes=("two rows left out",))
    result = check(record, observation)

    assert result.verdict is verdict
    assert message in result.messages[0]
    assert result.messages[-1] == "two rows left out"
    assert (result.network, result.path, result.line) == (NETWORK, FIGURE.path, FIGURE.line)
    assert result.genes is None


def test_a_network_that_claims_another_record_is_mismatched_and_not_compared() -> None:
    properties = make_properties(FIGURE, pfocrId="PMC2__f2.jpg")
    result = check(with_genes(FIGURE, TNF), see(FIGURE, properties=properties))

    assert result.verdict is Verdict.MISMATCHED
    assert result.differences == ()
    assert result.claims == "PMC2__f2"
    assert "PMC2__f2" in result.messages[0]


@pytest.mark.parametrize("observation", [see(PATHWAY, TNF, name="another"), Absent()])
@pytest.mark.parametrize("genes", [(), (make_gene("TNF", "ncbigene:280943"),)])
def test_a_pathway_of_an_organism_that_does_not_count_is_not_compared(
    genes: tuple[Gene, ...], observation: Observation
) -> None:
    fields = {"organism": "Bos taurus"}
    bovine = replace(PATHWAY, fields=fields, other_organisms=genes, of_other_organism=True)
    result = check(bovine, observation)

    assert (result.verdict, result.genes, result.differences) == (Verdict.NOT_COMPARED, None, ())
    assert result.messages == ("its organism, Bos taurus, is not compared",)


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        (FIGURE, Verdict.UNMAPPED),
        (replace(PATHWAY, of_other_organism=True), Verdict.NOT_COMPARED),
        (replace(FIGURE, of_other_organism=True), Verdict.NOT_COMPARED),
    ],
)
def test_no_network_is_missed_of_a_record_of_another_organism(
    record: Record, verdict: Verdict
) -> None:
    assert judge_unmapped(record, "nowhere to look").verdict is verdict


def test_a_figure_without_human_genes_has_its_networks_genes_called_extra() -> None:
    fly = replace(
        FIGURE, other_organisms=(make_gene("Tor", "ncbigene:47396"),), of_other_organism=True
    )

    assert kinds(check(fly, see(FIGURE, TNF))) == [("gene_extra", "TNF")]


def test_a_record_whose_genes_are_unknown_is_not_compared() -> None:
    result = check(replace(FIGURE, genes_unknown="no gene table: add it"), see(FIGURE, TNF))

    assert result.verdict is Verdict.INVALID_RECORD
    assert result.differences == ()
    assert result.messages == ("no gene table: add it",)


def test_a_network_that_does_not_say_which_nodes_are_genes_is_invalid_and_lacks_nothing() -> None:
    seen = see(FIGURE)
    network = replace(seen.network, genes=(), genes_unknown="its nodes have no names")

    result = check(FIGURE, replace(seen, network=network))

    assert (result.verdict, result.differences) == (Verdict.INVALID_NETWORK, ())
    assert result.genes is None
    assert result.messages[0] == "its nodes have no names"
