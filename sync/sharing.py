"""Keep values that occur in many places only once.

A set of one text takes 270 bytes, and the genes of most records and networks share sets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

K = TypeVar("K")
V = TypeVar("V")
Text = TypeVar("Text", bound=str)

_SETS_HELD = 1 << 15


class Recent(dict[K, V]):
    """Results made from values, for the values that were used last.

    When it holds ``most``, all are moved to ``_older``, and come back when they are used again.
    That forgets almost the same ones as a full least-recently-used cache, at half the time for each
    use.
    """

    def __init__(self, make: Callable[[K], V], most: int) -> None:
        self._make = make
        self._most = most
        self._older: dict[K, V] = {}

    def __missing__(self, key: K) -> V:
        found = self._older.get(key)
        made = self._make(key) if found is None else found
        if len(self) >= self._most:
            self._older = dict(self)
            self.clear()
        self[key] = made
        return made


def share(texts: frozenset[Text]) -> frozenset[Text]:
    """Return the one set that is kept for all equal ones."""
    return cast("frozenset[Text]", _sets[texts])


_sets = Recent[frozenset[str], frozenset[str]](lambda texts: texts, _SETS_HELD)
