"""Keep the paths of a large collection's records in little memory."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import overload


class Paths(Sequence[str]):
    """Paths that a whole run keeps; a tuple of texts would take more than twice as much memory."""

    def __init__(self, paths: Iterable[str]) -> None:
        encoded = list(map(os.fsencode, paths))
        self._letters = b"".join(encoded)
        self._ends = array("Q", accumulate(map(len, encoded), initial=0))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[str]:
        return map(self._at, range(len(self)))

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        numbers = range(len(self))[index]
        return self._at(numbers) if isinstance(numbers, int) else tuple(map(self._at, numbers))

    def _at(self, number: int) -> str:
        return os.fsdecode(self._letters[self._ends[number] : self._ends[number + 1]])
