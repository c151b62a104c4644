"""Epoch milliseconds: any number that a server states is a time or none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.dates import stated_time, time_of


@pytest.mark.parametrize(
    ("epoch_ms", "time"),
    [
        (1, datetime(1970, 1, 1, microsecond=1_000, tzinfo=UTC)),
        (1_597_449_600_000, datetime(2020, 8, 15, tzinfo=UTC)),
        (253_402_300_799_000, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (0, None),
        (-1, None),
        (253_402_300_799_001, None),
        (10**18, None),
        (2**63 - 1, None),
    ],
)
def test_a_server_may_state_any_number(epoch_ms: int, time: datetime | None) -> None:
    assert stated_time(epoch_ms) == time


@given(st.integers(1, 253_402_300_799_000))
def test_a_stated_time_tells_the_number_again(epoch_ms: int) -> None:
    time = stated_time(epoch_ms)
    assert time is not None
    assert (time - time_of(0)) // timedelta(milliseconds=1) == epoch_ms
