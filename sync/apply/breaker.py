"""The circuit breaker: a server that keeps failing is left alone."""

from __future__ import annotations

from sync.errors import ServerBroken, ServerError, Throttled, Unreachable

FAILURES_IN_A_ROW = 10
"""So many failures of the server, none of its calls answered between them, end the run."""


class Breaker:
    """Counts the server's failures in a row, over all actions of a run."""

    def __init__(self, limit: int = FAILURES_IN_A_ROW) -> None:
        self._limit = limit
        self._failures = 0

    @property
    def is_open(self) -> bool:
        """Whether nothing more is to be asked of the server."""
        return self._failures >= self._limit

    def note_answer(self) -> None:
        """Note that the server answered as it should, or refused for a reason."""
        if not self.is_open:
            self._failures = 0

    def note_error(self, error: ServerError) -> None:
        """Note how a call failed; a refusal with a reason is an answer."""
        if isinstance(error, Unreachable | ServerBroken | Throttled):
            self._failures += 1
        else:
            self.note_answer()
