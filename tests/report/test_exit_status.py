"""The exit status of a report (design: Exit status)."""

from __future__ import annotations

import pytest

from sync.model import Verdict
from sync.report.document import Report
from sync.report.exit_status import exit_status
from tests.builders import make_report, make_result
from tests.report import samples
from tests.report.samples import REMOTE

INCOMPLETE = {
    Verdict.FAILED,
    Verdict.INVALID_RECORD,
    Verdict.INVALID_NETWORK,
    Verdict.UNREADABLE,
}


@pytest.mark.parametrize("verdict", samples.RECORD_VERDICTS)
def test_one_record_among_others_in_sync_decides(verdict: Verdict) -> None:
    report = make_report(make_result("WP1"), make_result("WP2", verdict), make_result("WP3"))
    settled = verdict in {Verdict.IN_SYNC, Verdict.ACCEPTED, Verdict.NOT_COMPARED}
    expected = 3 if verdict in INCOMPLETE else 0 if settled else 1

    assert exit_status(report) == expected


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (make_report(), 0),
        (make_report(make_result(), unclaimed=(REMOTE,)), 1),
        (make_report(make_result(), complete=False), 3),
        (make_report(make_result(verdict=Verdict.DRIFTED), make_result("W", Verdict.FAILED)), 3),
    ],
    ids=["nothing", "a network left over", "interrupted", "incomplete and different"],
)
def test_what_is_incomplete_wins_over_differences(report: Report, expected: int) -> None:
    assert exit_status(report) == expected
