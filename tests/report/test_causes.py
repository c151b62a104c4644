"""Thousands of differences of a few kinds become a few causes with a count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from sync.dates import time_of
from sync.match.compare import describe_absent
from sync.model import (
    LOAD_FAILED,
    NO_CONTENT,
    NOT_LISTED,
    STILL_LOADING,
    UNREAD_MEMBER,
    Absent,
    CheckResult,
    Difference,
    DifferenceKind,
    GeneCounts,
    NetworkId,
    NetworkTimes,
    Revisions,
    Verdict,
)
from sync.report.causes import DETAILS, EXAMPLES, MAX_REASONS
from sync.report.document import Cause, Detail, LikelyCause
from sync.report.labels import DIFFERENCES, LIKELY, URGENCY, VERDICTS
from tests.builders import NETWORK, make_difference, make_report, make_result
from tests.report import samples
from tests.report.samples import REMOTE, every_kind


def causes_of(*results: CheckResult) -> tuple[Cause, ...]:
    return make_report(*results).causes


def drifted(
    *differences: Difference, record: str = "WP1", genes: tuple[int, int, int] = (5, 5, 5)
) -> CheckResult:
    return make_result(record, Verdict.DRIFTED, differences=differences, genes=GeneCounts(*genes))


def lacking(*names: str) -> list[Difference]:
    return [make_difference(DifferenceKind.PROPERTY, name=name, remote=None) for name in names]


@pytest.mark.parametrize(
    ("newer", "title", "text"),
    [
        (True, "a newer copy of the network that a record names", "a newer copy of"),
        (False, "a copy of a network that a record names", "a copy of"),
    ],
)
def test_copies_of_named_networks_are_causes_of_their_own(
    newer: bool, title: str, text: str
) -> None:
    copy = replace(REMOTE, instead=NetworkId("1" * 36), newer=newer)
    orphan, found = sorted(
        make_report(unclaimed=(REMOTE, copy)).causes, key=lambda cause: cause.title == title
    )

    assert (orphan.verdict, orphan.title) == (
        Verdict.REMOTE_ONLY,
        VERDICTS[Verdict.REMOTE_ONLY].meaning,
    )
    [example] = orphan.examples
    assert (example.text, example.id, example.path) == ("An orphan", "PMC9__f9", "")
    assert (found.title, found.count) == (title, 1)
    assert found.examples[0].text == f"An orphan; {text} {'1' * 36}, which PMC9__f9 names"


def test_every_verdict_has_words_and_a_place_in_the_order() -> None:
    assert set(VERDICTS) == set(Verdict)
    assert set(URGENCY) == {verdict for verdict in Verdict if not verdict.settled}
    assert set(DIFFERENCES) == set(DifferenceKind)
    assert set(LIKELY) == set(LikelyCause)


def test_every_verdict_but_in_sync_has_a_cause_most_important_first() -> None:
    verdicts = [cause.verdict for cause in every_kind().causes]

    assert list(dict.fromkeys(verdicts)) == list(URGENCY)


@pytest.mark.parametrize("kind", DifferenceKind)
def test_every_kind_of_difference_is_a_cause_with_advice(kind: DifferenceKind) -> None:
    [cause] = causes_of(drifted(make_difference(kind)))

    assert (cause.verdict, cause.count, bool(cause.title)) == (Verdict.DRIFTED, 1, True)
    assert cause.advice.endswith(".")


@pytest.mark.parametrize(
    ("kind", "facts", "title", "details"),
    [
        (DifferenceKind.GENE_RENAMED, {}, "symbols differ (NDEx → record)", ["IL8 → CXCL8"]),
        (
            DifferenceKind.GENE_REIDENTIFIED,
            {},
            "same symbol, other identifier (NDEx → record)",
            ["CXCL8 ncbigene:3577 → ncbigene:3576"],
        ),
        (DifferenceKind.GENE_ATTRIBUTE, {}, "gene attributes differ", ["word"]),
        (
            DifferenceKind.PROPERTY,
            {"remote": {"value": "chemokines in  Cancer."}},
            "a property differs in case, blanks or punctuation only",
            ["title"],
        ),
        (
            DifferenceKind.MEMBERSHIP,
            {},
            "the network is not in the collection's network set or folder",
            [],
        ),
    ],
)
def test_a_difference_is_told_by_its_pattern_and_shape(
    kind: DifferenceKind, facts: dict[str, object], title: str, details: list[str]
) -> None:
    [cause] = causes_of(drifted(make_difference(kind, **facts)))

    assert (cause.title, [detail.text for detail in cause.details]) == (title, details)


@pytest.mark.parametrize(
    ("genes", "title"),
    [
        ((5, 0, 0), "the network has no genes"),
        ((0, 5, 0), "the record has no genes that count"),
        ((5, 4, 0), "record and network share no gene"),
        ((5, 4, 1), "genes only in the record"),
    ],
)
def test_gene_lists_with_nothing_in_common_are_one_cause(
    genes: tuple[int, int, int], title: str
) -> None:
    first, *_ = causes_of(drifted(*EDITS[:2], genes=genes))

    assert (first.title, first.count) == (title, 1)


NAMED = make_difference(DifferenceKind.PROPERTY, name="name")
TITLE = make_difference(DifferenceKind.PROPERTY)
NONE, SOME = "the network has none of the record's properties", "the network lacks a property"


@pytest.mark.parametrize(
    ("differences", "title", "names"),
    [
        ([NAMED, *lacking("a", "b", "c")], NONE, ["a", "b", "c"]),
        (lacking("a", "b"), SOME, ["a", "b"]),
        ([*lacking("a", "b", "c"), TITLE], SOME, ["a", "b", "c"]),
    ],
    ids=["none is there", "few", "one is there"],
)
def test_a_network_without_any_property_is_a_cause_of_its_own(
    differences: list[Difference], title: str, names: list[str]
) -> None:
    first, *_ = causes_of(drifted(*differences))

    assert (first.title, [detail.text for detail in first.details]) == (title, names)


def test_identical_causes_collapse_with_a_count_and_their_shapes_are_ranked() -> None:
    names = ["title"] * 5 + ["reference"] * 7 + ["year"] * 5
    [cause] = causes_of(
        *(
            drifted(make_difference(DifferenceKind.PROPERTY, name=name), record=f"WP{index}")
            for index, name in enumerate(names)
        )
    )

    assert cause.count == 17
    assert cause.details == (Detail("reference", 7), Detail("title", 5), Detail("year", 5))
    assert [example.id for example in cause.examples] == [f"WP{i}" for i in range(EXAMPLES)]
    assert cause.examples[0].path == "_pathways/WP0.md"
    assert cause.examples[0].line == 17
    assert cause.examples[0].network == NETWORK


def test_a_shape_counts_records_and_not_its_mentions_in_one() -> None:
    word = make_difference(DifferenceKind.GENE_ATTRIBUTE)
    [cause] = causes_of(drifted(*(structs.replace(word, symbol=symbol) for symbol in "ABC")))

    assert cause.details == (Detail("word", 1),)


@pytest.mark.parametrize(
    ("one", "other", "title"),
    [
        (
            "no answer after 4 tries in 12.3 s",
            "no answer after 5 tries in 9.1 s",
            "no answer after … tries in … s",
        ),
        (
            f"GET /v3/networks/{NETWORK}: broken (500 NDEx_Exception)",
            "GET /v3/networks/ffffffff-8b66-11eb-9e72-0ac135e8bacf: broken (500 NDEx_Exception)",
            "GET /v3/networks/…: broken (500 NDEx_Exception)",
        ),
        (
            "_pathways/WP1.md: key 'ndex' twice, on lines 3 and 9",
            "_pathways/WP2.md: key 'title' twice, on lines 4 and 11",
            "…: key … twice, on lines … and …",
        ),
        ("its table is not WP1's", "its table is not WP2's", "its table is not …'s"),
    ],
    ids=["numbers", "networks", "files and quotes", "records"],
)
def test_reasons_that_differ_in_names_and_numbers_only_are_one(
    one: str, other: str, title: str
) -> None:
    [cause] = causes_of(
        make_result("WP1", Verdict.FAILED, messages=(one,)),
        make_result("WP2", Verdict.FAILED, messages=(other,)),
    )

    assert cause.title == title
    assert cause.count == 2
    assert cause.details == ()
    assert [example.text for example in cause.examples] == [one, other]


def test_an_example_quotes_all_that_speaks_for_its_verdict_once() -> None:
    candidates = ("ffffffff, says map.tsv:4", "eeeeeeee, says map.tsv:5")
    [cause] = causes_of(
        make_result("WP1", Verdict.AMBIGUOUS, messages=candidates),
        make_result("WP2", Verdict.AMBIGUOUS, messages=candidates),
        make_result("WP3", Verdict.AMBIGUOUS, messages=("dddddddd, by its name",)),
    )

    assert [example.text for example in cause.examples] == [
        "ffffffff, says map.tsv:4; eeeeeeee, says map.tsv:5",
        "",
        "dddddddd, by its name",
    ]


def test_http_statuses_of_failure_keep_reasons_apart() -> None:
    causes = causes_of(
        make_result("WP1", Verdict.FAILED, messages=("the server said 500",)),
        make_result("WP2", Verdict.FAILED, messages=("the server said 503",)),
        make_result("WP3", Verdict.FAILED, messages=("the server said 503",)),
    )

    assert [cause.title for cause in causes] == ["the server said 503", "the server said 500"]


@pytest.mark.parametrize("messages", [(), ("",), ("17",), ("WP1",)])
def test_a_reason_that_says_nothing_is_replaced_by_the_verdicts_meaning(
    messages: tuple[str, ...],
) -> None:
    [cause] = causes_of(make_result("WP1", Verdict.FAILED, messages=messages))

    assert cause.title == VERDICTS[Verdict.FAILED].meaning
    assert cause.examples[0].text == "".join(messages)


def test_genes_come_before_properties_however_many_those_are() -> None:
    trivial = make_difference(DifferenceKind.STATE)
    many = [drifted(trivial, record=f"WP{index}") for index in range(9)]

    assert [cause.count for cause in causes_of(*many, drifted(EDITS[0], record="WP10"))] == [1, 9]


def test_what_ndex_did_to_the_state_of_a_network_is_told_apart_from_what_is_configured() -> None:
    state = make_difference(DifferenceKind.STATE)
    hidden = structs.replace(state, name="visibility", local=None, remote={"value": "PRIVATE"})
    lost = structs.replace(state, name="search", local={"value": "ALL"}, remote={"value": "lost"})
    causes = causes_of(*map(drifted, (state, hidden, lost)))

    assert [cause.title.partition(" (")[0] for cause in causes] == [
        "NDEx hid the network when its search index failed after an upload",
        "the network's state is not as configured",
        "the search on NDEx has lost the network",
    ]
    assert [detail.text for cause in causes for detail in cause.details][1:] == [
        "visibility PRIVATE → PUBLIC",
        "search lost → ALL",
    ]


@pytest.mark.parametrize("begin", [NOT_LISTED, UNREAD_MEMBER])
def test_records_that_hang_on_the_list_are_advised_to_see_to_the_list(begin: str) -> None:
    [cause] = causes_of(make_result(verdict=Verdict.FAILED, messages=(f"{begin}: private",)))

    assert cause.advice.startswith("Only the collection's list shows")


def test_networks_in_ones_own_trash_are_a_cause_of_their_own() -> None:
    message = describe_absent(NETWORK, Absent(in_trash=True))
    trashed, gone = causes_of(
        make_result("WP1", Verdict.MISSING, messages=(message,)),
        make_result("WP2", Verdict.MISSING, messages=("NDEx does not have this network",)),
        make_result("WP3", Verdict.MISSING, messages=(message,)),
    )

    assert trashed.count == 2
    assert trashed.advice.startswith("Take it out of the trash")
    assert "POST /v3/files/trash/restore" in trashed.examples[0].text
    assert (gone.count, gone.title) == (1, VERDICTS[Verdict.MISSING].meaning)


@given(st.lists(st.sampled_from(samples.RECORD_VERDICTS), max_size=20))
def test_every_record_that_is_not_in_sync_has_a_cause_of_its_verdict(found: list[Verdict]) -> None:
    causes = causes_of(
        *(make_result(f"WP{n}", verdict, messages=("because",)) for n, verdict in enumerate(found))
    )

    assert sorted(cause.verdict for cause in causes for _ in range(cause.count)) == sorted(
        verdict for verdict in found if not verdict.settled
    )


@given(st.permutations([*range(12)]))
def test_the_order_of_the_records_does_not_change_counts_and_order(order: list[int]) -> None:
    results = [
        make_result(
            f"WP{index}", samples.RECORD_VERDICTS[index % 12], messages=(f"because {index}",)
        )
        for index in order
    ]

    assert [(c.verdict, c.title, c.count) for c in causes_of(*results)] == [
        (c.verdict, c.title, c.count) for c in causes_of(*sorted(results, key=lambda r: r.id))
    ]


DAY_MS = 86_400_000
MADE_MS = 1_597_500_000_000  # 2020-08-15


def dated(result: CheckResult, changed_after_days: float, made_ms: int = MADE_MS) -> CheckResult:
    changed_ms = made_ms + round(changed_after_days * DAY_MS)
    return replace(result, times=NetworkTimes(time_of(made_ms), time_of(changed_ms)))


EDITS = [
    make_difference(kind)
    for kind in (
        DifferenceKind.GENE_MISSING,
        DifferenceKind.GENE_EXTRA,
        DifferenceKind.GENE_REIDENTIFIED,
        DifferenceKind.PROPERTY,
    )
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.kind.value)
def test_whether_the_network_was_ever_changed_tells_where_the_edit_was(edit: Difference) -> None:
    causes = causes_of(
        *(dated(drifted(edit, record=f"WP{n}"), 0.9, MADE_MS + n * DAY_MS) for n in range(3)),
        *(dated(drifted(edit, record=f"WP{n}"), 400) for n in range(3, 5)),
        drifted(edit, record="WP5"),
    )

    assert [(cause.likely, cause.count, "; ".join(cause.evidence)) for cause in causes] == [
        (
            LikelyCause.EDITED_HERE,
            3,
            "3 networks made from 2020-08-15 to 2020-08-17, none changed more than a day later",
        ),
        (LikelyCause.EDITED_ON_NDEX, 2, f"2 networks made on 2020-08-15{CHANGED}"),
        (None, 1, ""),
    ]
    assert len({cause.title for cause in causes}) == 1
    assert causes[0].advice != causes[1].advice


CHANGED = (
    "; all changed more than a day later, the last on 2021-09-19; NDEx does not say what was"
    " changed"
)
HERE, THERE = LikelyCause.EDITED_HERE, LikelyCause.EDITED_ON_NDEX
COPY = LikelyCause.OTHER_COPY
REVISIONS: dict[str, tuple[tuple[Any, ...], float, LikelyCause]] = {
    "a later revision": ((142_399, None, 120_508, None), 0, HERE),
    "a later revision, changed there": ((142_399, None, 120_508, None), 400, HERE),
    "an earlier revision": ((100, date(2026, 7, 1), 150_000, date(2026, 6, 1)), 0, COPY),
    "the same revision": ((120_508, None, 120_508, None), 0, COPY),
    "edited before the upload": ((None, date(2019, 1, 1), None, None), 0, COPY),
    "before the release": ((None, date(2023, 1, 1), None, date(2025, 4, 7)), 0, COPY),
    "between release and upload": ((None, date(2020, 2, 1), None, date(2020, 1, 1)), 0, HERE),
    "on the day of the upload": ((None, date(2020, 8, 15), None, None), 0, HERE),
    "before the upload, changed there": ((None, date(2019, 1, 1), None, None), 400, THERE),
    "on both sides": ((None, date(2022, 1, 1), None, None), 400, THERE),
}


@pytest.mark.parametrize(("revisions", "days", "likely"), REVISIONS.values(), ids=REVISIONS)
def test_revisions_and_the_last_edit_tell_where_the_edit_was(
    revisions: tuple[Any, ...], days: float, likely: LikelyCause
) -> None:
    result = replace(dated(drifted(EDITS[0]), days), revisions=Revisions(*revisions))

    assert [cause.likely for cause in causes_of(result)] == [likely]


MADE = "1 network made on 2020-08-15"


@pytest.mark.parametrize(
    ("revisions", "days", "evidence"),
    [
        (
            (142_399, date(2026, 2, 5), 120_508, date(2021, 12, 13)),
            0,
            (
                f"{MADE}, none changed more than a day later",
                "1 network exported on 2021-12-13",
                "1 record last edited on 2026-02-05",
                "1 record of a later revision than the network was made from",
            ),
        ),
        (
            (100, None, 150_000, None),
            0,
            (MADE, "1 record of an earlier revision than the network was made from"),
        ),
        (
            (5, None, 5, None),
            0,
            (MADE, "1 record of the revision that the network was made from"),
        ),
    ],
)
def test_what_revisions_say_is_given_as_evidence(
    revisions: tuple[Any, ...], days: float, evidence: tuple[str, ...]
) -> None:
    result = replace(dated(drifted(EDITS[0]), days), revisions=Revisions(*revisions))

    assert [cause.evidence for cause in causes_of(result)] == [evidence]


@pytest.mark.parametrize("kind", [DifferenceKind.STATE, DifferenceKind.MEMBERSHIP])
def test_what_leaves_no_trace_in_the_times_has_no_cause_by_them(kind: DifferenceKind) -> None:
    [cause] = causes_of(dated(drifted(make_difference(kind)), 90))

    assert (cause.likely, cause.evidence) == (None, ())


def test_same_identifier_and_other_symbol_is_a_symbol_renamed_since_the_upload() -> None:
    renamed = make_difference(DifferenceKind.GENE_RENAMED)
    other = make_difference(
        DifferenceKind.GENE_RENAMED, local={"symbol": "AOPEP"}, remote={"symbol": "C9orf3"}
    )
    [cause] = causes_of(
        *(dated(drifted(renamed, record=f"WP{n}"), 0) for n in range(3)),
        dated(drifted(other, renamed, record="WP3"), 0),
    )

    assert cause.likely is LikelyCause.SYMBOLS_RENAMED
    assert cause.evidence == (
        "5 genes with the same identifier on both sides",
        "IL8 → CXCL8 alone in 4 records",
        "4 networks made on 2020-08-15",
    )


def sourced(symbol: str, local: str, remote: str) -> Difference:
    return make_difference(
        DifferenceKind.GENE_ATTRIBUTE,
        symbol=symbol,
        name="source",
        local={"source": local},
        remote={"source": remote},
    )


NEW, OLD = "ncbigene_symbol", "hgnc_symbol"
BOTH_FROM_OTHER_SOURCES = (
    sourced("A", NEW, OLD),
    sourced("B", f"famplex_relations | {NEW}", "bioentities_symbol"),
)
ONLY_HERE = make_difference(DifferenceKind.GENE_MISSING, symbol="C", local={"source": NEW})
ONLY_THERE = make_difference(DifferenceKind.GENE_EXTRA, symbol="D", remote={"source": OLD})


def test_a_record_whose_genes_all_come_from_other_sources_was_made_anew() -> None:
    [cause] = causes_of(
        dated(drifted(*BOTH_FROM_OTHER_SOURCES, ONLY_HERE, ONLY_THERE, genes=(3, 3, 2)), 400)
    )

    assert cause.likely is LikelyCause.RECORD_REMADE
    theirs, ours = "bioentities_symbol, hgnc_symbol", "famplex_relations, ncbigene_symbol"
    assert cause.evidence == (
        f"no source in common: {theirs} on NDEx, {ours} in the record",
        "1 gene only in the record, 1 only on NDEx",
        "1 network made on 2020-08-15",
    )
    assert [detail.text for detail in cause.details] == [
        "bioentities_symbol → famplex_relations | ncbigene_symbol",
        "hgnc_symbol → ncbigene_symbol",
    ]


@pytest.mark.parametrize(
    ("differences", "genes"),
    [
        pytest.param((*BOTH_FROM_OTHER_SOURCES, ONLY_HERE), (4, 3, 3), id="one shared is alike"),
        pytest.param((sourced("A", NEW, OLD), ONLY_HERE), (2, 1, 1), id="one gene says little"),
        pytest.param(
            (*BOTH_FROM_OTHER_SOURCES, sourced("E", OLD, NEW), ONLY_HERE),
            (4, 3, 3),
            id="a source in common",
        ),
        pytest.param(
            (*BOTH_FROM_OTHER_SOURCES, structs.replace(ONLY_THERE, remote={"source": NEW})),
            (2, 3, 2),
            id="a source in common with a gene of one side",
        ),
        pytest.param((ONLY_HERE, ONLY_THERE), (2, 2, 1), id="sources of shared genes agree"),
    ],
)
def test_a_record_is_not_called_made_anew_where_its_sources_do_not_say_so(
    differences: tuple[Difference, ...], genes: tuple[int, int, int]
) -> None:
    causes = causes_of(drifted(*differences, genes=genes))

    assert LikelyCause.RECORD_REMADE not in {cause.likely for cause in causes}


@pytest.mark.parametrize(
    ("reason", "likely"),
    [
        (f"{LOAD_FAILED}: bad CX", LikelyCause.UNFINISHED_ON_NDEX),
        (f"{STILL_LOADING}; check again later", LikelyCause.UNFINISHED_ON_NDEX),
        (f"{NO_CONTENT}; upload it again", LikelyCause.UNFINISHED_ON_NDEX),
        ("this is no CX2: it ends early", None),
    ],
)
def test_a_network_that_the_server_calls_failed_is_told_from_content_that_is_no_cx(
    reason: str, likely: LikelyCause | None
) -> None:
    [cause] = causes_of(make_result("WP1", Verdict.INVALID_NETWORK, messages=(reason,)))

    assert cause.likely is likely
    assert bool(cause.evidence) == (likely is not None)


def test_what_is_kept_does_not_grow_with_the_records() -> None:
    genes = [
        drifted(make_difference(symbol=f"GENE{n}"), record=f"WP{n}") for n in range(2 * DETAILS)
    ]
    reasons = [
        make_result(f"WP{n}", Verdict.FAILED, messages=(f"fault {chr(0x4E00 + n)}",))
        for n in range(MAX_REASONS + 50)
    ]

    *failed, drift = causes_of(*genes, *reasons)

    assert (len(drift.details), drift.more_details) == (DETAILS, DETAILS)
    assert len(failed) == MAX_REASONS + 1
    assert failed[0].title == VERDICTS[Verdict.FAILED].meaning
    assert failed[0].count == 50
