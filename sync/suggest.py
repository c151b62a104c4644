"""Say what a person may have meant by an unknown word, and what a wrong value must be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_MUST_BE = {
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "list_type": "must be a list in brackets",
    "string_too_short": "must not be empty",
    "string_type": "must be one text in quotes",
}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean 'push'?)`` for a word that is close to a known one, else ``""``."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    by_small = {each.lower(): each for each in known}
    close = get_close_matches(word.lower(), by_small, n=1, cutoff=0.7)
    return f" (did you mean {by_small[close[0]]!r}?)" if close else ""


def say_must_be(problem: ErrorDetails) -> str:
    """Return what pydantic says about a wrong value, in plain words and without the value."""
    said = problem["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return _MUST_BE.get(problem["type"], said)
