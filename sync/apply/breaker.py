"""The circuit breaker: a server that keeps failing is left alone."""

from __future__ import annotations

from weakref import WeakSet

from sync.errors import ServerBroken, ServerError, Throttled, Unreachable

FAILURES_IN_A_ROW = 10
"""So many failures of the server, none of its calls answered between them, end the run."""


class FailureCount:
    """Counts failures of one sort of call in a row, over all actions of a run."""

    def __init__(self) -> None:
        self.in_a_row = 0
        self._counted: WeakSet[ServerError] = WeakSet()

    def note_answer(self) -> None:
        """Note that the server answered as it should."""
        self.in_a_row = 0

    def note_error(self, error: ServerError) -> None:
        """Note how a call failed; a refusal with a reason is an answer.

        A call that several actions wait for counts once.
        """
        if error in self._counted:
            return
        self._counted.add(error)
        if isinstance(error, Unreachable | ServerBroken | Throttled):
            self.in_a_row += 1
        else:
            self.note_answer()


class Breaker:
    """Opens when reads or writes fail too often in a row; the one does not excuse the other."""

    def __init__(self, limit: int = FAILURES_IN_A_ROW) -> None:
        self._limit = limit
        self.reads = FailureCount()
        self.writes = FailureCount()

    @property
    def is_open(self) -> bool:
        """Whether nothing more is to be asked of the server."""
        return max(self.reads.in_a_row, self.writes.in_a_row) >= self._limit
