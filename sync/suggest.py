"""Suggest what a person may have meant by an unknown word."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean 'push'?)`` for a word that is close to a known one, else ``""``."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    by_small = {each.lower(): each for each in known}
    close = get_close_matches(word.lower(), by_small, n=1, cutoff=0.7)
    return f" (did you mean {by_small[close[0]]!r}?)" if close else ""
