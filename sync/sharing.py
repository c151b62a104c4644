"""Values that occur in many places, held once.

A set of one text takes 270 bytes, and the genes of most records and networks have sets in common.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

K = TypeVar("K")
V = TypeVar("V")
Text = TypeVar("Text", bound=str)

_SETS_HELD = 1 << 15


class Recent(dict[K, V]):
    """What was made of values, for those that were asked for last.

    When it holds ``most``, all are moved to ``_older``, and come back when they are asked for
    again: that forgets nearly what a cache with a full account of uses would, at half the time for
    a use.
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
    """Return the set that is held of all equal ones."""
    return cast("frozenset[Text]", _sets[texts])


_sets = Recent[frozenset[str], frozenset[str]](lambda texts: texts, _SETS_HELD)
