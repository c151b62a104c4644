"""The exit status of a report (design: Exit status)."""

from __future__ import annotations

import pytest

from sync.model import Verdict
from sync.report.exit_status import exit_status
from tests.builders import make_report, make_result
from tests.report.samples import REMOTE

INCOMPLETE = {
    Verdict.FAILED,
    Verdict.INVALID_RECORD,
    Verdict.INVALID_NETWORK,
    Verdict.UNREADABLE,
}


@pytest.mark.parametrize("verdict", [each for each in Verdict if each is not Verdict.REMOTE_ONLY])
def test_one_record_among_others_in_sync_decides(verdict: Verdict) -> None:
    report = make_report(make_result("WP1"), make_result("WP2", verdict), make_result("WP3"))
    settled = verdict in {Verdict.IN_SYNC, Verdict.ACCEPTED, Verdict.NOT_COMPARED}
    expected = 3 if verdict in INCOMPLETE else 0 if settled else 1

    assert exit_status(report) == expected


def test_an_empty_report_is_in_sync() -> None:
    assert exit_status(make_report()) == 0


def test_a_network_that_no_record_claims_is_a_difference() -> None:
    assert exit_status(make_report(make_result(), unclaimed=(REMOTE,))) == 1


def test_an_interrupted_run_is_incomplete_even_where_all_is_in_sync() -> None:
    assert exit_status(make_report(make_result(), complete=False)) == 3


def test_incomplete_wins_over_differences() -> None:
    report = make_report(make_result("WP1", Verdict.DRIFTED), make_result("WP2", Verdict.FAILED))

    assert exit_status(report) == 3
