"""What is decided on one record: every verdict, every reason to leave it alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from sync.cx.property_list import same_list, same_set
from sync.match.compare import describe_absent
from sync.model import (
    HIDDEN_BY_INDEX,
    Absent,
    CheckResult,
    Curie,
    Difference,
    DifferenceKind,
    Gene,
    Layout,
    Property,
    Record,
    RecordId,
    UnclaimedNetwork,
    Verdict,
    Visibility,
)
from sync.plan.actions import (
    Action,
    CreateNetwork,
    DeleteNetwork,
    PlannedDrawing,
    PlannedGene,
    PropertyChange,
    Skipped,
    UpdateNetwork,
)
from sync.plan.candidates import Candidate, ContentFacts, Draft, PushPolicy, Subject, Surplus
from sync.plan.decide import Decisions, arrange, decide_record
from sync.plan.decide_update import finish_update
from sync.plan.properties import merge_properties
from tests.builders import NETWORK, make_difference, make_result
from tests.nouns import BARE_SUMMARY

RECORD = Record(
    id=RecordId("PMC1__f1"),
    layout=Layout.PFOCR,
    path="_figures/PMC1__f1.md",
    line=3,
    network=None,
    fields={"figtitle": "Title"},
    genes=(Gene("CXCL8", frozenset({Curie("ncbigene:3576")}), organism="9606"),),
)
SUMMARY = replace(
    BARE_SUMMARY,
    id=NETWORK,
    name="Title",
    owner="curator",
    owner_id="u",
    properties=(Property("figureTitle", "Figure 6"),),
)
POLICY = PushPolicy(account="curator", subjects=frozenset(Subject), prune=True, listed=True)
READ = ContentFacts("sha256:1")


def result(verdict: Verdict, **facts: object) -> CheckResult:
    return make_result(RECORD.id, verdict, path=RECORD.path, **facts)


def decide(
    verdict: Verdict = Verdict.DRIFTED,
    policy: PushPolicy = POLICY,
    record: Record = RECORD,
    summary: Any = None,
    content: ContentFacts = READ,
    **facts: Any,
) -> Decisions:
    """Decide on one record; its network is seen where that verdict needs it."""
    looked = replace(SUMMARY, **(summary or {})) if verdict is Verdict.DRIFTED else None
    return decide_all([Candidate(result(verdict, **facts), record, looked)], policy, content)


def decide_all(
    candidates: Iterable[Candidate], policy: PushPolicy = POLICY, content: ContentFacts = READ
) -> Decisions:
    """Decide on records whose networks have one content."""
    decided = []
    for candidate in candidates:
        made: list[Action | Skipped] = []
        for each in decide_record(candidate, policy):
            made += finish_update(each, content, policy) if isinstance(each, Draft) else [each]
        decided.append((candidate.result.id, made))
    return arrange(decided, [], policy)


def reason(decisions: Decisions) -> str:
    assert decisions.actions == ()
    [skipped] = decisions.skipped
    return skipped.reason


@pytest.mark.parametrize(
    "verdict",
    sorted(
        {verdict for verdict in Verdict if not verdict.settled}
        - {Verdict.DRIFTED, Verdict.UNMAPPED, Verdict.REMOTE_ONLY}
    ),
)
def test_a_bad_verdict_is_left_alone_and_says_why(verdict: Verdict) -> None:
    decided = decide(verdict)

    assert reason(decided)
    assert decided.skipped[0].unknown is (verdict is Verdict.FAILED)
    assert decide(Verdict.IN_SYNC) == Decisions()


def test_only_the_kinds_that_are_asked_for_are_decided_on() -> None:
    both = (
        make_difference(DifferenceKind.GENE_MISSING, symbol="CXCL8"),
        make_difference(DifferenceKind.PROPERTY, name="figureTitle"),
    )

    def only(*kinds: DifferenceKind | Verdict) -> PushPolicy:
        return replace(POLICY, kinds=frozenset(kinds))

    [update] = decide(policy=only(DifferenceKind.GENE_MISSING), differences=both).actions
    assert isinstance(update, UpdateNetwork)
    assert (len(update.genes), update.properties) == (1, ())
    for other in (DifferenceKind.STATE, Verdict.UNMAPPED):
        assert decide(policy=only(other), differences=both) == Decisions()
    assert decide(Verdict.MISSING, policy=only(DifferenceKind.STATE)) == Decisions()
    assert reason(decide(Verdict.MISSING, policy=only(Verdict.MISSING)))


def test_a_content_is_redrawn_only_where_all_of_its_differences_are_wanted() -> None:
    differences = (
        make_difference(DifferenceKind.NODE_MISSING),
        make_difference(DifferenceKind.GENE_EXTRA, symbol="TNF"),
    )
    drawing = PlannedDrawing("WP1.gpml", "d1", "keep")
    policy = replace(POLICY, subjects=frozenset({Subject.CONTENT}))
    facts: dict[str, Any] = {"differences": differences, "whole": True}

    def redrawn(*kinds: DifferenceKind, content: ContentFacts = READ, **more: Any) -> Decisions:
        chosen = replace(policy, kinds=frozenset(kinds))
        content = replace(content, drawing=drawing)
        return decide(policy=chosen, content=content, **{**facts, **more})

    [update] = redrawn().actions
    assert isinstance(update, UpdateNetwork)
    assert (update.drawing, update.drawn, update.genes) == (
        drawing,
        differences[:1],
        differences[1:],
    )
    assert redrawn(DifferenceKind.NODE_MISSING, DifferenceKind.GENE_EXTRA).actions
    assert not redrawn(DifferenceKind.NODE_MISSING).actions
    assert not redrawn(whole=False).actions
    assert "shows all" in reason(redrawn(content=replace(READ, unchanged=True)))
    assert "no drawing" in reason(redrawn(content=replace(READ, problem="no drawing")))


def test_a_drifted_record_is_updated_by_its_differences() -> None:
    gene, title = make_difference(), make_difference(DifferenceKind.PROPERTY, name="figureTitle")

    [action] = decide(differences=(gene, title)).actions

    assert isinstance(action, UpdateNetwork)
    assert action.genes == (gene,)
    assert action.properties == (PropertyChange("figureTitle", "Figure 6", "Chemokines in cancer"),)
    assert action.basis.modified_ms == 2
    assert action.reason == "its genes differ and its properties differ"


EXTRA = make_difference(DifferenceKind.GENE_EXTRA, symbol="TNF")
ANCHORED = ContentFacts("d", lost_edges=3, anchored=(EXTRA,))
HIDDEN = make_difference(DifferenceKind.STATE, name="visibility", local=None)
IN_TRASH = describe_absent(SUMMARY.id, Absent(in_trash=True))


def unmapped(policy: PushPolicy = POLICY, **facts: Any) -> dict[str, object]:
    """Return how a record without a network is decided on."""
    record = replace(RECORD, **facts)
    return {"verdict": Verdict.UNMAPPED, "policy": policy, "record": record}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"summary": {"doi": "Pending"}}, "DOI"),
        ({"summary": {"certified": True}}, "certified"),
        ({"summary": {"owner": "other"}}, "belongs to other"),
        ({"summary": {"properties": (Property("a", "1"), Property("a", "2"))}}, "2 times"),
        ({"content": ContentFacts(None)}, "not read as CX2"),
        ({"content": ContentFacts("d", problem="no such gene")}, "no such gene"),
        (
            {"policy": replace(POLICY, subjects=frozenset())},
            "push in the configuration does not include",
        ),
        ({"content": ANCHORED, "differences": (EXTRA,)}, "stay (TNF)"),
        ({"differences": (HIDDEN,), "messages": (HIDDEN_BY_INDEX,)}, HIDDEN_BY_INDEX),
        ({"verdict": Verdict.MISSING, "messages": (IN_TRASH,)}, IN_TRASH),
        ({"verdict": Verdict.MISSING, "messages": ("gone",)}, "remove the UUID"),
        (unmapped(replace(POLICY, listed=False)), "cannot be listed"),
        (
            unmapped(replace(POLICY, subjects=frozenset({Subject.GENES}))),
            "push in the configuration does not include",
        ),
        (unmapped(layout=Layout.WIKIPATHWAYS), "no drawing"),
        (unmapped(genes=()), "no gene"),
        (unmapped(genes_unknown="no table"), "no table"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_would_do_harm_is_not_planned(facts: dict[str, Any], words: str) -> None:
    assert words in reason(decide(**facts))


def test_edges_are_lost_where_that_is_allowed() -> None:
    policy = replace(POLICY, allow_edge_loss=True)

    decided = decide(policy=policy, content=ANCHORED, differences=(EXTRA,))

    [action] = decided.actions
    assert isinstance(action, UpdateNetwork)
    assert (action.genes, action.lost_edges, decided.skipped) == ((EXTRA,), 3, ())


def test_a_surplus_gene_that_holds_edges_is_left_by_itself() -> None:
    title = make_difference(DifferenceKind.PROPERTY, name="figureTitle")
    missing = make_difference(symbol="IL6")

    decided = decide(content=ANCHORED, differences=(EXTRA, missing, title))

    [action], [left] = decided.actions, decided.skipped
    assert isinstance(action, UpdateNetwork)
    assert (action.genes, action.lost_edges, len(action.properties)) == ((missing,), 0, 1)
    assert left.reason == (
        "extra genes with edges stay (TNF): removing them costs 3 edges; "
        "allow_edge_loss = true in [collection.limits] allows that"
    )


@pytest.mark.parametrize(
    ("left", "reason"),
    [
        (
            make_difference(DifferenceKind.GENE_EXTRA, symbol="AKT2", local={"family": "AKT"}),
            "extra genes that a row of the record lists among others stay (AKT2)",
        ),
        (
            make_difference(DifferenceKind.GENE_RENAMED, symbol="2-Sep"),
            "symbols that a spreadsheet turned into dates or numbers are not pushed (2-Sep)",
        ),
        (
            make_difference(symbol="43891"),
            "symbols that a spreadsheet turned into dates or numbers are not pushed (43891)",
        ),
    ],
)
def test_a_gene_that_is_never_pushed_is_named(left: Difference, reason: str) -> None:
    missing = make_difference(symbol="IL6")

    decided = decide(differences=(left, missing))

    [action] = decided.actions
    assert isinstance(action, UpdateNetwork)
    assert action.genes == (missing,)
    assert [each.reason for each in decided.skipped] == [reason]
    assert decide(differences=(left,)).actions == ()


@pytest.mark.parametrize("verdict", [Verdict.DRIFTED, Verdict.UNMAPPED])
def test_a_name_that_the_server_cannot_hold_is_not_planned(verdict: Verdict) -> None:
    name = make_difference(DifferenceKind.PROPERTY, name="name", local={"value": "x" * 501})
    record = replace(RECORD, fields={"figtitle": "x" * 501})

    said = reason(decide(verdict, record=record, differences=(name,)))

    assert said == "its properties cannot be written: the name is longer than 500 characters"


def test_a_list_is_judged_as_it_would_be_written() -> None:
    bad = (Property("figureTitle", "Figure 6", "integer"), Property("year", None))
    title = make_difference(DifferenceKind.PROPERTY, name="figureTitle")

    assert decide(summary={"properties": bad}, differences=(title,)).actions
    assert "not of type integer" in reason(decide(summary={"properties": bad}))


def test_an_unmapped_record_gets_a_network() -> None:
    [action] = decide(Verdict.UNMAPPED).actions

    assert isinstance(action, CreateNetwork)
    assert action.genes == (PlannedGene("CXCL8", (Curie("ncbigene:3576"),)),)
    assert list(action.properties) == [
        "name",
        "pfocrId",
        "figureTitle",
        "organism",
        "methods",
        "networkType",
        "rights",
    ]
    assert (action.visibility, action.read_only) == (Visibility.PRIVATE, False)


def test_figures_without_a_table_have_one_reason_whatever_the_table_is_called() -> None:
    told = {
        reason(decide(Verdict.UNMAPPED, record=replace(RECORD, genes=(), genes_unknown=unknown)))
        for unknown in ("no gene table: a.tsv is not there", "no gene table: b.tsv is not there")
    }

    assert told == {"its genes are not known: no gene table"}


@pytest.mark.parametrize("ending", ["", ".jpg"])
def test_two_files_of_one_record_make_no_network(ending: str) -> None:
    """An id with the ending of its image is the same one: both networks would claim it."""
    other = replace(RECORD, id=RecordId(f"{RECORD.id}{ending}"))
    twice = [
        Candidate(replace(result(Verdict.UNMAPPED), id=each.id), each) for each in (RECORD, other)
    ]

    decided = decide_all(twice)

    assert decided.actions == ()
    assert [each.record for each in decided.skipped] == [RECORD.id, other.id]


def surplus(**facts: Any) -> Surplus:
    return Surplus(UnclaimedNetwork(NETWORK, "Title", None), replace(SUMMARY, **facts), "d")


def test_an_unclaimed_network_is_deleted() -> None:
    [action] = arrange([], [surplus()], POLICY).actions

    assert isinstance(action, DeleteNetwork)
    assert action.network == NETWORK


@pytest.mark.parametrize(
    ("policy", "facts", "skipped"),
    [
        (replace(POLICY, prune=False), {}, 0),
        (replace(POLICY, listed=False), {}, 1),
        (POLICY, {"doi": "10.1/1"}, 1),
        (POLICY, {"owner": "other"}, 1),
    ],
    ids=["not asked for", "not listed", "with a DOI", "of somebody else"],
)
def test_a_network_is_not_deleted(policy: PushPolicy, facts: dict[str, Any], skipped: int) -> None:
    decided = arrange([], [surplus(**facts)], policy)

    assert decided.actions == ()
    assert len(decided.skipped) == skipped


THEIRS = Property("score", "5", "integer")


def test_a_merge_keeps_all_that_is_not_ours_in_its_place() -> None:
    stored = (Property("figure_title", "old"), THEIRS, Property("year", "2015"))
    changes = (
        PropertyChange("figureTitle", "old", "new"),
        PropertyChange("name", "old", "new"),
        PropertyChange("pmcId", None, "PMC1"),
    )

    assert merge_properties(stored, changes) == (
        Property("figure_title", "new"),
        THEIRS,
        Property("year", "2015"),
        Property("pmcId", "PMC1"),
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Property("a", "5", "double"), Property("a", "5.0", "float"), True),
        (Property("a", "1e10", "double"), Property("a", "1.0E10", "double"), True),
        (Property("a", '["1"]', "list_of_integer"), Property("a", "[1]", "list_of_integer"), True),
        (Property("a", "True", "boolean"), Property("a", "true", "boolean"), True),
        (Property("a", "5", "integer"), Property("a", "5", "string"), False),
        (Property("a", "5.0"), Property("a", "5"), False),
        (Property("a", "x", "integer"), Property("a", "x", "integer"), True),
        (Property("a", "x", "integer"), Property("a", "y", "integer"), False),
    ],
    ids=str,
)
def test_values_are_compared_by_type(one: Property, other: Property, same: bool) -> None:
    assert same_list([one], [other]) is same
    assert same_set([one, THEIRS], [THEIRS, other]) is same
    assert not same_list([one, THEIRS], [THEIRS, other])
