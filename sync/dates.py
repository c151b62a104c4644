"""Convert epoch milliseconds to calendar times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS: Final = 253_402_300_799_000  # the end of the year 9999


def time_of(epoch_ms: int) -> datetime:
    """Return a time of our own clock, in UTC."""
    return _EPOCH + timedelta(milliseconds=epoch_ms)


def stated_time(epoch_ms: int) -> datetime | None:
    """Return a time that a server states, in UTC; None for 0, before 1970 and after 9999.

    A server can state any number.
    """
    return time_of(epoch_ms) if 0 < epoch_ms <= _LATEST_MS else None
