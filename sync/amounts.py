"""Write counts, shares and durations as people read them."""

from __future__ import annotations

from datetime import timedelta


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return a count with its noun: ``1 record``, ``2,000 records``, ``2 retries``."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def percent(share: float) -> str:
    """Return a share of 0 to 1 with one decimal, ``<0.1%`` for what would round to zero."""
    return "<0.1%" if 0 < share < 0.001 else f"{share:.1%}"


def duration(time: timedelta) -> str:
    """Return a duration for people: ``4.2 s``, ``3 min 12 s``, ``2 h 05 min``."""
    seconds = time.total_seconds()
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"
