"""What changed between two reports."""

from __future__ import annotations

import orjson
import pytest

from sync.model import DifferenceKind, NetworkId, UnclaimedNetwork, Verdict
from sync.report.diff import Comparison, compare_reports
from sync.report.document import Report
from sync.report.render.diff import MAX_SHOWN
from sync.report.render.formats import COMPARISON_FORMATS
from tests.builders import NETWORK, make_difference, make_report, make_result
from tests.nouns import OTHER_NETWORK
from tests.report import samples
from tests.report.render.test_markdown import OURS, read

DRIFTED = make_result("WP1", Verdict.DRIFTED)
IN_SYNC = make_result("WP1")
FAILED = make_result("WP1", Verdict.FAILED)
NOT_COMPARED = make_result("WP1", Verdict.NOT_COMPARED)
REWORDED = make_result("WP1", Verdict.DRIFTED, messages=("in other words",))
AMBIGUOUS = make_result("WP1", Verdict.AMBIGUOUS, candidates=(NETWORK, OTHER_NETWORK))
FEWER = make_result("WP1", Verdict.AMBIGUOUS, candidates=(NETWORK,))


def shown(name: str, comparison: Comparison) -> str:
    return samples.rendered(COMPARISON_FORMATS[name], comparison)


CHANGES = {
    "now drifted": (make_report(IN_SYNC), make_report(DRIFTED), "new"),
    "not known before": (make_report(), make_report(DRIFTED), "new"),
    "in sync again": (make_report(DRIFTED), make_report(IN_SYNC), "solved"),
    "no longer compared": (make_report(DRIFTED), make_report(NOT_COMPARED), "changed"),
    "compared again": (make_report(NOT_COMPARED), make_report(DRIFTED), "new"),
    "other verdict": (
        make_report(DRIFTED),
        make_report(FAILED),
        "changed",
    ),
    "other candidates": (make_report(AMBIGUOUS), make_report(FEWER), "changed"),
    "still drifted": (make_report(DRIFTED), make_report(DRIFTED), None),
    "said in other words": (make_report(DRIFTED), make_report(REWORDED), None),
    "first seen in sync": (make_report(), make_report(IN_SYNC), None),
    "not seen again": (make_report(DRIFTED), make_report(), None),
}


@pytest.mark.parametrize(("before", "after", "change"), CHANGES.values(), ids=CHANGES)
def test_a_record_is_new_solved_changed_or_nothing(
    before: Report, after: Report, change: str | None
) -> None:
    comparison = compare_reports(before, after)

    assert [each.change for each in comparison.changes] == [change] * (change is not None)
    assert comparison.has_news == (change in {"new", "changed"})


def test_a_record_not_seen_again_is_counted_and_never_called_solved() -> None:
    comparison = compare_reports(make_report(DRIFTED, make_result("WP2")), make_report())

    assert (comparison.only_before, comparison.counts["solved"]) == (2, 0)
    assert "2 records only in the earlier report: removed, or not selected" in shown(
        "terminal", comparison
    )


def test_a_changed_record_tells_which_differences_came_and_went() -> None:
    renamed = make_difference(DifferenceKind.GENE_RENAMED)
    missing = make_difference()
    title = make_difference(DifferenceKind.PROPERTY)
    before = make_result("WP1", Verdict.DRIFTED, differences=(missing, title))
    after = make_result("WP1", Verdict.DRIFTED, differences=(renamed, title))

    (change,) = compare_reports(make_report(before), make_report(after)).changes

    assert [each.kind for each in change.appeared] == [DifferenceKind.GENE_RENAMED]
    assert [each.kind for each in change.gone] == [DifferenceKind.GENE_MISSING]


def test_equal_ids_are_told_apart_by_their_order_and_collections() -> None:
    report = make_report(IN_SYNC, DRIFTED)

    comparison = compare_reports(report, report)

    assert (comparison.unchanged, comparison.changes) == (2, ())


def test_networks_without_record_come_and_go() -> None:
    other = UnclaimedNetwork(NetworkId("0" * 36), "Another", None)
    comparison = compare_reports(
        make_report(unclaimed=(samples.REMOTE,)), make_report(unclaimed=(other,))
    )

    assert [each.name for each in comparison.unclaimed_new] == ["Another"]
    assert [each.name for each in comparison.unclaimed_gone] == ["An orphan"]
    assert comparison.has_news
    for name in COMPARISON_FORMATS:
        assert "Another" in shown(name, comparison)
        assert "An orphan" in shown(name, comparison)


def test_the_terminal_reads_like_this() -> None:
    before = make_report(DRIFTED, make_result("WP2", Verdict.DRIFTED), make_result("WP3"))
    after = make_report(
        IN_SYNC, make_result("WP2", Verdict.DRIFTED), make_result("WP3", Verdict.DRIFTED)
    )

    assert shown("terminal", compare_reports(before, after)) == (
        "before: 2026-08-22 10:00 UTC · https://www.ndexbio.org · 3 records\n"
        "after: 2026-08-22 10:00 UTC · https://www.ndexbio.org · 3 records\n"
        "\n"
        "new: 1 record\n"
        "  WP3  in sync → drifted  _pathways/WP3.md:17\n"
        "    + only in the record: CXCL8\n"
        "\n"
        "solved: 1 record\n"
        "  WP1  drifted → in sync  _pathways/WP1.md:17\n"
        "\n"
        "1 new, 0 changed, 1 solved, 1 unchanged\n"
    )


def test_long_lists_are_counted() -> None:
    comparison = compare_reports(make_report(complete=False), samples.drift(MAX_SHOWN + 20))

    for name in ("terminal", "markdown"):
        assert "and 20 more" in shown(name, comparison)
        assert "… 1 more" in shown(name, comparison)
        assert "interrupted" in shown(name, comparison)


def test_the_json_holds_every_change() -> None:
    comparison = compare_reports(samples.drift(3), samples.every_kind())
    document = orjson.loads(shown("json", comparison))

    assert list(document) == list(Comparison.__struct_fields__)
    assert [(each["id"], each["change"]) for each in document["changes"]] == [
        (each.id, each.change) for each in comparison.changes
    ]
    assert document["before"]["verdicts"] == comparison.before.verdicts


def test_hostile_texts_are_shown_as_text() -> None:
    comparison = compare_reports(make_report(), samples.hostile())
    terminal = shown("terminal", comparison)
    assert "\x1b" not in terminal
    assert "\x07" not in terminal
    assert read(shown("markdown", comparison)).kinds <= OURS
