"""What a report says of the run as such, in every format for people."""

from __future__ import annotations

import pytest

from sync.report.document import Concurrency
from sync.report.headline import run_facts
from tests.builders import make_report

QUIET: dict[str, object] = {
    "concurrency": Concurrency(32, 32, 0),
    "held_s": 0.4,
    "protocols": ("HTTP/1.1",),
}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, []),
        (QUIET, []),
        ({"concurrency": Concurrency(32, 8, 3)}, ["slowed down 3 times, to 8 at once"]),
        ({"concurrency": Concurrency(2, 1, 1)}, ["slowed down once, to 1 at once"]),
        ({"rate_per_s": 5.0}, ["at most 5 requests a second"]),
        ({"rate_per_s": 1.0}, ["at most 1 request a second"]),
        ({"rate_per_s": 0.5}, ["at most 0.5 requests a second"]),
        (
            {"rate_per_s": 2.5, "rated_s": 65.0, "held_s": 120.0},
            [
                "at most 2.5 requests a second, 1 min 05 s waited for that",
                "held back by the server for 2 min 00 s",
            ],
        ),
    ],
)
def test_how_a_run_held_itself_back_is_said_where_it_did(
    facts: dict[str, object], said: list[str]
) -> None:
    report = make_report(**facts)  # type: ignore[arg-type]

    assert list(run_facts(report.run, report.http)[4:]) == said


def test_retries_are_counted_beside_the_requests() -> None:
    report = make_report(retries=1)

    assert run_facts(report.run, report.http)[2] == "2,005 requests (1 retry)"
