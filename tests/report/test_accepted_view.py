"""What was accepted, as every format for people shows it: apart, and never red."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from sync.model import Accepted, CheckResult, DifferenceKind, UnclaimedNetwork, Verdict
from sync.report.accepted_view import find_decisions, find_notices
from sync.report.document import Acceptance, AcceptedEntry, Report
from sync.report.render.formats import FORMATS
from tests.builders import (
    NETWORK,
    RUN,
    CollectionResults,
    build_report,
    make_difference,
    make_result,
)
from tests.report import samples

SOON, LATER = date(2027, 3, 1), date(2027, 6, 1)
REASON = "NDEx is right, the figure says so"
EXTRA = make_difference(DifferenceKind.GENE_EXTRA)


EXPIRED = AcceptedEntry("pfocr", "WP7", "", "gene_extra", "PDK1", "", REASON, date(2026, 1, 1), 12)
ACCEPTANCE = Acceptance(
    file="ndex-sync-accepted.toml",
    expired=(EXPIRED,),
    changed=(
        structs.replace(EXPIRED, record="WP8", kind="property", gene="", name="title", line=13),
    ),
    stale=(
        structs.replace(
            EXPIRED, record="", network=NETWORK, kind="remote_only", gene="", line=None
        ),
    ),
)


def accepted_record(record: str, until: date = SOON) -> CheckResult:
    return make_result(
        record,
        Verdict.ACCEPTED,
        accepted=(
            Accepted(reason=REASON, until=until, difference=EXTRA),
            Accepted(
                reason=REASON, until=until, difference=make_difference(DifferenceKind.PROPERTY)
            ),
        ),
    )


def report_of(*results: CheckResult) -> Report:
    orphan = UnclaimedNetwork(
        NETWORK, "An orphan", None, Accepted(reason="an old one", until=LATER)
    )
    return build_report([CollectionResults("pfocr", results, [orphan])], RUN, ACCEPTANCE)


REPORT = report_of(
    make_result("WP1"), accepted_record("WP2"), accepted_record("WP3"), accepted_record("WP4")
)


def rendered(name: str, report: Report = REPORT) -> str:
    return samples.rendered(FORMATS[name], report)


def test_decisions_are_counted_and_the_next_to_end_stands_first() -> None:
    assert [(each.summary, each.reason) for each in find_decisions(REPORT)] == [
        ("only on NDEx 3, property 3, in 3 records, until 2027-03-01", REASON),
        ("remote only 1, in 1 network, until 2027-06-01", "an old one"),
    ]


def test_entries_that_hold_no_more_say_what_to_do() -> None:
    assert [
        (each.line, each.name, each.text.partition(";")[0]) for each in find_notices(REPORT)
    ] == [
        (12, "WP7 gene_extra PDK1", "expired after 2026-01-01"),
        (13, "WP8 property title", "what was accepted has changed"),
        (None, f"{NETWORK} remote_only", "matches nothing any more"),
    ]


def test_nothing_accepted_is_a_cause_or_a_difference() -> None:
    assert REPORT.causes == ()
    assert REPORT.remote_only == ()
    [collection] = REPORT.collections
    assert collection.verdicts == {Verdict.IN_SYNC: 1, Verdict.ACCEPTED: 3}
    assert (collection.accepted_differences, collection.accepted_networks) == (6, 1)


@pytest.mark.parametrize("name", ["terminal", "markdown", "html"])
def test_a_report_to_read_shows_decisions_and_entries_to_look_at(name: str) -> None:
    text = " ".join(rendered(name).split())

    assert "1 of 4 records in sync, 3 accepted: nothing to do" in text
    assert "only on NDEx 3, property 3, in 3 records, until 2027-03-01" in text
    assert REASON in text
    assert "ndex-sync-accepted.toml:12" in text
    assert "WP8 property title" in text


@pytest.mark.parametrize("name", ["terminal", "markdown", "html"])
def test_a_report_without_any_of_it_does_not_speak_of_it(name: str) -> None:
    text = rendered(name, build_report([CollectionResults("pfocr", [make_result()])], RUN))

    assert "Accepted" not in text.partition("<script")[0]


def test_entries_to_look_at_are_annotated_on_their_line() -> None:
    lines = rendered("github").splitlines()

    assert lines[0].startswith("::notice file=ndex-sync-accepted.toml,line=12,title=accepted entry")
    assert [line.partition(" ")[0] for line in lines] == ["::notice"] * 4
    assert lines[-1].endswith("; accepted entries that no longer hold: 3")


def test_records_at_fault_are_annotated_before_entries() -> None:
    drifted = [make_result(f"WP{n}", Verdict.DRIFTED) for n in range(8)]
    lines = rendered("github", report_of(*drifted)).splitlines()

    assert [line.partition(" ")[0] for line in lines] == ["::warning"] * 8 + ["::notice"] * 4


def test_an_accepted_record_is_a_skipped_test() -> None:
    text = rendered("junit")

    assert text.count(f'<skipped message="accepted until 2027-03-01: {REASON}"/>') == 3
    assert 'tests="4" failures="0" errors="0" skipped="3"' in text


def test_drift_that_is_left_tells_how_much_of_it_is_accepted() -> None:
    partly = make_result(
        "WP2", Verdict.DRIFTED, accepted=(Accepted(reason=REASON, until=SOON, difference=EXTRA),)
    )

    assert "accepted            1 difference" in rendered("terminal", report_of(partly))
    assert "- accepted: 1 difference\n" in rendered("markdown", report_of(partly))
