"""Counts, shares and durations as people read them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.amounts import duration, percent, plural


@pytest.mark.parametrize(
    ("seconds", "said_so"),
    [
        (0.04, "0.0 s"),
        (4.24, "4.2 s"),
        (59.97, "1 min 00 s"),
        (192.5, "3 min 12 s"),
        (7500, "2 h 05 min"),
    ],
)
def test_a_length_of_time_is_said_as_a_person_would(seconds: float, said_so: str) -> None:
    assert duration(timedelta(seconds=seconds)) == said_so


def test_counts_and_shares_are_said_as_a_person_would() -> None:
    assert [plural(n, "record") for n in (0, 1, 2000)] == ["0 records", "1 record", "2,000 records"]
    assert plural(2, "retry", "retries") == "2 retries"
    assert [percent(x) for x in (0, 0.0001, 0.0833, 1)] == ["0.0%", "<0.1%", "8.3%", "100.0%"]
